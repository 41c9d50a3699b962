"""What processes use: CPU time as the kernel counts it, and resident memory over time."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

from servers.process import process_tree

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
MIB = 1024.0  # of the KiB in /proc


def cpu_s(pid: int) -> float:
    """User and system time of a process and its children: living, and ended and waited for."""
    total = 0
    for member in process_tree(pid):
        try:
            with open(f"/proc/{member}/stat", encoding="latin-1") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except FileNotFoundError:
            continue  # ended just now: counted with its parent's children next time
        total += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    return total / TICKS_PER_S


def memory_mib(pid: int, name: str) -> float:
    """VmRSS or VmHWM of a process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / MIB
    raise KeyError(name)


@dataclass(frozen=True)
class Sample:
    at: float  # monotonic
    rss_mib: float
    done: int  # records passed by then


class MemorySampler(threading.Thread):
    """Notes VmRSS every `interval_s` until `finish`; `done` is what the owner last told."""

    def __init__(self, pid: int, interval_s: float):
        super().__init__(daemon=True)
        self.pid = pid
        self.interval_s = interval_s
        self.done = 0
        self.samples: list[Sample] = []
        self._finished = threading.Event()

    def run(self) -> None:
        while not self._finished.is_set():
            rss = memory_mib(self.pid, "VmRSS")
            self.samples.append(Sample(time.monotonic(), rss, self.done))
            self._finished.wait(self.interval_s)

    def finish(self) -> None:
        self._finished.set()
        self.join()

    def thirds(self, total: int) -> list[float]:
        """The most memory while each third of `total` records was passed, in MiB."""
        most = [0.0, 0.0, 0.0]
        for sample in self.samples:
            third = min(2, 3 * sample.done // total)
            most[third] = max(most[third], sample.rss_mib)
        return most
