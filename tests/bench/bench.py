"""Measures the daemon with a million watch reports, on a PostgreSQL and a Kafka of its own.

    python3 tests/bench/bench.py                          # what `make bench` runs
    python3 tests/bench/bench.py --daemon OLD --daemon NEW --rounds 3   # builds, taken in turn

CPU time is what the kernel counted for the daemon, for PostgreSQL with all its backends and for the
broker, from the daemon's start until everything is committed and relayed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.run import Run, Scale, measure, prepared  # noqa: E402
from installation import BUILD, ROOT  # noqa: E402
from servers import Kafka, PostgreSQL, running, temporary_directory  # noqa: E402

# A small server's settings; fsync and synchronous_commit stay on.
POSTGRESQL = {"shared_buffers": "256MB", "max_wal_size": "2GB", "checkpoint_timeout": "15min"}
COLUMNS = (
    ("daemon", "daemon_cpu_s_per_million", 8),
    ("postgres", "postgresql_cpu_s_per_million", 9),
    ("kafka", "kafka_cpu_s_per_million", 7),
    ("CPU s/M", "cpu_s_per_million", 8),
    ("reports/s", "rate", 10),
    ("wall s", "wall_s", 7),
    ("commits", "commits", 8),
    ("RSS MiB", "rss_mib", 8),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--trainees", type=int, default=10_000)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--batch", type=int, default=0, help="batch.records; 0: the default")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--daemon", type=Path, action="append", help="a build to be measured (repeat to compare)"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench" / "results.json")
    options = parser.parse_args()

    rows = []
    print(f"{'':24}" + "".join(f"{title:>{width}}" for title, _, width in COLUMNS))
    for name, run in runs(options):
        row = run.row(name)
        rows.append(row)
        print(f"{name:24}" + "".join(f"{row[key]:>{width}}" for _, key, width in COLUMNS), flush=True)
    report_medians(rows)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"most memory in each third of the reports, MiB: {rows[-1]['rss_mib_by_third']}")
    print(f"figures: {options.out}")
    return 0


def runs(options: argparse.Namespace) -> Iterator[tuple[str, Run]]:
    """Each build once a round, on the same servers; each run has a database of its own."""
    programs = [path.resolve() for path in options.daemon or [BUILD / "xueshid"]]
    scale = Scale(options.reports, options.trainees, options.partitions)
    settings = {"workers": options.workers}
    if options.batch:
        settings["batch"] = {"records": options.batch}
    with temporary_directory() as directory:
        servers = running(
            PostgreSQL(directory / "postgresql", POSTGRESQL), Kafka(directory / "kafka")
        )
        with servers as (pg, kafka):
            for turn in range(options.rounds):
                for number, program in enumerate(programs):
                    place = directory / f"run-{turn}-{number}"
                    installation = prepared(place, pg, kafka, scale, settings)
                    try:
                        yield name_of(program, programs), measure(installation, scale, program)
                    finally:
                        installation.tear_down()


def name_of(program: Path, programs: list[Path]) -> str:
    return "watch reports" if len(programs) == 1 else str(program)[-24:]


def report_medians(rows: list[dict]) -> None:
    """Builds against the first one, when there are several."""
    names = list(dict.fromkeys(row["what"] for row in rows))
    if len(names) < 2:
        return
    for title, key, _ in COLUMNS[:5]:
        medians = [median(row[key] for row in rows if row["what"] == name) for name in names]
        ratios = ", ".join(f"{value / medians[0]:.3f}" for value in medians[1:] if medians[0])
        print(f"{title:>10}: medians {medians}, to the first {ratios}")


if __name__ == "__main__":
    sys.exit(main())
