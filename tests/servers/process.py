"""A server as a child process: started, watched, stopped, killed, paused.

A server never outlives us: it is stopped at the end of `with`, and the kernel ends it when the
thread that started it dies (prctl(PR_SET_PDEATHSIG), set by setpriv). So start servers from a
thread that lives as long as they shall, usually the main one.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

START_DEADLINE_S = 60.0
STOP_DEADLINE_S = 30.0
POLL_S = 0.02


class ServerError(Exception):
    """A server did not start, or did not stop; the message ends with the tail of its log."""


def wait_for(condition: Callable[[], bool], what: str, deadline_s: float) -> None:
    """Polls until `condition` holds; TimeoutError naming `what` if it does not in time."""
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {deadline_s:g} s")
        time.sleep(POLL_S)


def free_port() -> int:
    """A loopback port that is free now, below the range that the kernel hands out by itself."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def process_tree(pid: int) -> list[int]:
    """`pid` and all its descendants, parents first."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        with contextlib.suppress(OSError), open(f"/proc/{entry}/stat", encoding="latin-1") as stat:
            parent = int(stat.read().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry))
    tree = [pid]
    for member in tree:
        tree.extend(children.get(member, []))
    return tree


class Server:
    """One server process. Subclasses say how to prepare, launch and greet it."""

    name = "server"
    stop_signal = signal.SIGTERM

    def __init__(self, directory: os.PathLike[str] | str):
        self.directory = Path(directory).absolute()
        self.log_path = self.directory / "log"
        self.process: subprocess.Popen[bytes] | None = None

    # What a subclass defines.

    def prepare(self) -> None:
        """Makes the directory ready once; may run in any thread, must not start the server."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """The command line of the server."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether the server takes requests."""
        raise NotImplementedError

    def greet(self) -> None:
        """Runs each time once the server answers."""

    # What the user calls.

    def start(self) -> None:
        self.prepare()
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Starts the process without waiting until it answers."""
        assert self.process is None, f"{self.name} runs already"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        try:
            wait_for(self._answers_or_died, f"{self.name} starts", START_DEADLINE_S)
        except TimeoutError as error:
            raise ServerError(f"{error}\n{self.log_tail()}") from None
        self.greet()

    def stop(self) -> None:
        """An orderly stop; SIGKILL and ServerError if it takes too long. Nothing if not running."""
        if self.process is None:
            return
        self.resume()
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerError(
                f"{self.name} did not stop in {STOP_DEADLINE_S:g} s\n{self.log_tail()}"
            ) from None
        self.process = None

    def kill(self) -> None:
        """SIGKILL to the server and its children, as if the machine had lost power under it."""
        if self.process is None:
            return
        members = process_tree(self.process.pid)
        self._signal(signal.SIGKILL, members)
        self.process.wait()
        self.process = None
        wait_for(
            lambda: not any(os.path.exists(f"/proc/{pid}") for pid in members),
            f"{self.name} is gone",
            STOP_DEADLINE_S,
        )

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """SIGSTOP to the server and its children: connected, silent."""
        assert self.process is not None
        self._signal(signal.SIGSTOP, process_tree(self.process.pid))

    def resume(self) -> None:
        assert self.process is not None
        self._signal(signal.SIGCONT, process_tree(self.process.pid))

    def log_tail(self, lines: int = 40) -> str:
        try:
            text = self.log_path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _answers_or_died(self) -> bool:
        assert self.process is not None
        status = self.process.poll()
        if status is not None:
            self.process = None
            raise ServerError(f"{self.name} ended with {status}\n{self.log_tail()}")
        return self.answers()

    @staticmethod
    def _signal(number: signal.Signals, pids: Sequence[int]) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def start_all(*servers: Server) -> None:
    """Starts several servers side by side; stops all of them if one fails."""
    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda server: server.prepare(), servers))
        for server in servers:
            server.launch()
        for server in servers:
            server.wait_ready()
    except BaseException:
        for server in servers:
            server.kill()
        raise


S = TypeVar("S", bound=Server)


@contextlib.contextmanager
def running(*servers: S) -> Iterator[tuple[S, ...]]:
    """Several servers for the length of a `with` block."""
    start_all(*servers)
    with contextlib.ExitStack() as stack:
        for server in servers:
            stack.callback(server.stop)
        yield servers


@contextlib.contextmanager
def temporary_directory() -> Iterator[Path]:
    """A directory that goes at the end, and that PostgreSQL's own user can pass through."""
    path = Path(tempfile.mkdtemp(prefix="xueshi-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
