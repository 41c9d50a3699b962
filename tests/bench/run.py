"""One measured run: an installation of its own, its trainees let in beforehand, the reports in the
log before the daemon starts."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from generator import catalogue as catalogues
from generator.configuration import merged
from installation import Daemon, Installation
from servers import Kafka, PostgreSQL

from .evening import admissions, reports, write_catalogue
from .measure import MemorySampler, cpu_s, memory_mib

DEADLINE_S = 1800.0
POLL_S = 0.05
SEED = "bench"


@dataclass(frozen=True)
class Scale:
    reports: int
    trainees: int
    partitions: int = 4
    sample_s: float = 0.5  # between looks at the daemon's memory


@dataclass
class Run:
    """Costs are CPU seconds; `outcomes`: offsets passed while measured, by what became of them."""

    scale: Scale
    wall_s: float  # from the daemon's start
    work_s: float  # from the first commit seen
    daemon_s: float
    postgresql_s: float
    kafka_s: float
    commits: int
    rss_mib: list[float]  # the most in each third of the reports
    hwm_mib: float
    outcomes: dict[str, int]

    def per_million(self, seconds: float) -> float:
        return seconds * 1e6 / self.scale.reports

    @property
    def cpu_s(self) -> float:
        return self.daemon_s + self.postgresql_s + self.kafka_s

    def row(self, what: str) -> dict[str, Any]:
        """As results.json has it; what this run does not measure is null."""
        return {
            "what": what,
            "cpu_s_per_million": round(self.per_million(self.cpu_s), 2),
            "rate": round(self.scale.reports / self.work_s),
            "rss_mib": round(self.hwm_mib, 1),
            "p50_ms": None,
            "p99_ms": None,
            "reports": self.scale.reports,
            "daemon_cpu_s_per_million": round(self.per_million(self.daemon_s), 2),
            "postgresql_cpu_s_per_million": round(self.per_million(self.postgresql_s), 2),
            "kafka_cpu_s_per_million": round(self.per_million(self.kafka_s), 2),
            "wall_s": round(self.wall_s, 2),
            "commits": self.commits,
            "rss_mib_by_third": [round(most, 1) for most in self.rss_mib],
            **self.outcomes,
        }


OUTCOMES = ("applied", "duplicate", "held", "rejected", "gaps")
PASSED = "SELECT sum(next_offset)::bigint FROM xueshi.position"
RELAYED = "SELECT NOT EXISTS (SELECT FROM xueshi.outbox)"
COUNTS = (
    "SELECT (SELECT count(*) FROM xueshi.journal), "
    + ", ".join(f"sum({outcome})::bigint" for outcome in OUTCOMES)
    + " FROM xueshi.position"
)


def prepared(
    directory: Path,
    pg: PostgreSQL,
    kafka: Kafka,
    scale: Scale,
    settings: Mapping[str, Any] | None = None,
) -> Installation:
    """An installation whose trainees are active and whose reports wait in the log."""
    directory.mkdir(parents=True)
    path = directory / "bench-2023.conf"
    write_catalogue(path)
    installation = Installation(
        directory / "installation",
        pg,
        kafka,
        catalogue=path,
        partitions=scale.partitions,
        seed=SEED,
        settings=merged({"kafka": {"timestamps": "create"}}, settings or {}),
    )
    installation.set_up()
    catalogue = catalogues.load(path)
    installation.publish(
        admissions(catalogue, installation.keys, scale.trainees, scale.partitions)
    )
    installation.start()
    installation.wait_idle(300)
    installation.stop()
    installation.publish(reports(catalogue, scale.trainees, scale.reports))
    # What autovacuum and the checkpointer would have done long before such an evening.
    pg.execute("VACUUM ANALYZE", installation.database)
    pg.execute("CHECKPOINT")
    return installation


def measure(installation: Installation, scale: Scale, program: Path | None = None) -> Run:
    """Starts the daemon (of another build, if given) and watches it until all is done."""
    daemon = installation.daemon()
    daemon.program = program or daemon.program
    servers = (installation.pg, installation.kafka)
    connection = psycopg2.connect(installation.pg.conninfo_for("postgres", installation.database))
    with contextlib.closing(connection):
        connection.autocommit = True
        cursor = connection.cursor()
        before = _row(cursor, COUNTS)
        used = [cpu_s(server.process.pid) for server in servers]
        started = time.monotonic()
        daemon.launch()
        sampler = MemorySampler(daemon.process.pid, scale.sample_s)
        sampler.start()
        try:
            first = _watch(cursor, daemon, scale, sampler)
        finally:
            sampler.finish()
        ended = time.monotonic()
        spent = [cpu_s(server.process.pid) - was for server, was in zip(servers, used)]
        daemon_s, hwm_mib = cpu_s(daemon.process.pid), memory_mib(daemon.process.pid, "VmHWM")
        commits, *outcomes = (now - was for now, was in zip(_row(cursor, COUNTS), before))
    installation.stop()
    return Run(
        scale,
        wall_s=ended - started,
        work_s=ended - first,
        daemon_s=daemon_s,
        postgresql_s=spent[0],
        kafka_s=spent[1],
        commits=int(commits),
        rss_mib=sampler.thirds(scale.reports),
        hwm_mib=hwm_mib,
        outcomes=dict(zip(OUTCOMES, map(int, outcomes))),
    )


def _watch(cursor, daemon: Daemon, scale: Scale, sampler: MemorySampler) -> float:
    """Until everything is consumed and relayed; when the first commit was seen."""
    begun = _row(cursor, PASSED)[0]
    end = time.monotonic() + DEADLINE_S
    first = 0.0
    while sampler.done < scale.reports or not _row(cursor, RELAYED)[0]:
        if daemon.process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"{sampler.done} reports passed, then:\n{daemon.log_tail()}")
        sampler.done = _row(cursor, PASSED)[0] - begun
        first = first or (time.monotonic() if sampler.done else 0.0)
        time.sleep(POLL_S)
    return first


def _row(cursor, query: str) -> tuple:
    cursor.execute(query)
    return cursor.fetchone()
