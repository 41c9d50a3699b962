#!/usr/bin/env python3
"""Faults under load: what dies, when, and in which order is drawn from a seed; then everything heals,
must converge, and is judged against the rules' own answer for the log that Kafka holds.

    make faults T=600 SEED=7        # or: python3 tests/faults/campaign.py --seconds 600 --seed 7

Rounds follow each other until the time is over; each has a database and topics of its own, a generated
year, and two daemons. Figures go to build/faults/results.json. Exit status 1 when anything was
violated, or when a kind of fault that was to be injected never was: such a run proves nothing.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults import judge  # noqa: E402
from generator.year import generate  # noqa: E402
from installation import ROOT, Installation  # noqa: E402
from servers import Kafka, PostgreSQL, running, temporary_directory  # noqa: E402

INSTANCES = ("a", "b")
RESULTS = ROOT / "build" / "faults" / "results.json"
SETTINGS = {
    "kafka": {
        "timestamps": "create",
        "properties": ["session.timeout.ms=6000", "heartbeat.interval.ms=1000"],
    },
    "workers": 2,
    "batch": {"records": 50, "wait_ms": 5},
    "log": {"level": "warn"},
}


class Round:
    """One installation under load and faults."""

    def __init__(self, installation: Installation, rng: random.Random, counts: collections.Counter):
        self.installation = installation
        self.rng = rng
        self.counts = counts

    def daemon(self):
        return self.installation.daemons[self.rng.choice(INSTANCES)]

    def kill_daemon(self) -> None:
        daemon = self.daemon()
        daemon.kill()
        daemon.launch()

    def stop_daemon(self) -> None:
        """Paused, as by a debugger or a frozen machine, until others have taken over or not."""
        daemon = self.daemon()
        daemon.pause()
        time.sleep(self.rng.choice((0.2, 1.0, 8.0)))  # the fault itself, not a synchronisation
        daemon.resume()

    def restart_daemon(self) -> None:
        daemon = self.daemon()
        daemon.stop()
        daemon.launch()

    def end_backends(self) -> None:
        self.installation.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
            " datname = current_database() AND usename = 'xueshi_app_login' AND random() < 0.7"
        )

    def kill_postgresql(self) -> None:
        self.installation.pg.kill()
        self.installation.pg.start()

    def restart_postgresql(self) -> None:
        self.installation.pg.restart()

    def kill_kafka(self) -> None:
        self.installation.kafka.kill()
        self.installation.kafka.start()

    def restart_kafka(self) -> None:
        self.installation.kafka.restart()

    def faults(self) -> dict[str, tuple[int, Callable[[], None]]]:
        """Name, weight and what it does. The servers take seconds to come back: they are rarer."""
        return {
            "kill_daemon": (30, self.kill_daemon),
            "stop_daemon": (8, self.stop_daemon),
            "restart_daemon": (6, self.restart_daemon),
            "end_backends": (20, self.end_backends),
            "kill_postgresql": (6, self.kill_postgresql),
            "restart_postgresql": (3, self.restart_postgresql),
            "kill_kafka": (3, self.kill_kafka),
            "restart_kafka": (3, self.restart_kafka),
        }

    def plan(self, injections: int) -> list[str]:
        """Each fault once, the rest by weight, in an order by chance."""
        faults = self.faults()
        weights = [weight for weight, _ in faults.values()]
        more = max(0, injections - len(faults))
        plan = list(faults) + self.rng.choices(list(faults), weights, k=more)
        self.rng.shuffle(plan)
        return plan

    def inject(self, name: str) -> None:
        self.faults()[name][1]()
        self.counts[name] += 1


def run_round(installation: Installation, seed: str, injections: int, counts) -> list[str]:
    """The violations found; [] is what should come."""
    rng = random.Random(seed)
    year = generate(
        installation.catalogue, seed, 40, installation.partitions, 600, keys=installation.keys
    )
    records = year.log.records()
    for instance in INSTANCES:
        installation.daemon(instance).launch()
    under = Round(installation, rng, counts)
    plan = under.plan(injections)
    for part, fault in enumerate(plan):
        begin, end = part * len(records) // len(plan), (part + 1) * len(records) // len(plan)
        installation.publish(records[begin:end])
        under.inject(fault)
    began = time.monotonic()
    installation.wait_idle(180)
    dead = [name for name, daemon in installation.daemons.items() if daemon.process.poll() is not None]
    if dead:
        return [f"{', '.join(dead)} gave up for good{installation.log_tails()}"]
    counts["recovery_ms_max"] = max(
        counts["recovery_ms_max"], round(1000 * (time.monotonic() - began))
    )
    counts["records"] += len(records)
    return judge.violations(installation, year)


def missing(counts: collections.Counter, wanted: dict) -> list[str]:
    return [name for name in wanted if not counts[name]]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--injections", type=int, default=25, help="faults in each round")
    options = parser.parse_args()
    counts: collections.Counter = collections.Counter()
    found: list[str] = []
    end = time.monotonic() + options.seconds

    with temporary_directory() as directory:
        with running(PostgreSQL(directory / "pg"), Kafka(directory / "kafka")) as (pg, kafka):
            while time.monotonic() < end and not found:
                seed = f"{options.seed}-{counts['rounds']}"
                installation = Installation(directory / seed, pg, kafka, settings=SETTINGS)
                installation.set_up()
                try:
                    found = run_round(installation, seed, options.injections, counts)
                except AssertionError as error:
                    found = [str(error)]
                finally:
                    installation.tear_down()
                counts["rounds"] += 1
                print(f"round {seed}: {dict(counts)}", file=sys.stderr, flush=True)
    never = missing(counts, Round.faults(Round.__new__(Round)))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({**counts, "violations": len(found), "seed": options.seed}) + "\n")
    for line in found:
        print(f"VIOLATION (seed {options.seed}): {line}")
    if never:
        print(f"never injected, so this run proves too little: {', '.join(never)}")
    print(json.dumps({**counts, "violations": len(found)}))
    return 1 if found or never else 0


if __name__ == "__main__":
    sys.exit(main())
