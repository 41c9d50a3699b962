"""A programme year in a minute: real servers, the daemon, a generated year, and what came of it.

    python3 tests/demo/demo.py                  # ends by itself, leaves nothing behind
    python3 tests/demo/demo.py --keep           # leaves everything running until Ctrl-C
    python3 tests/demo/demo.py --kill 3         # kill -9 to the daemon, three times meanwhile

Exit status 1 if the certificates in Kafka, those in PostgreSQL and those that the generator says
are due are not the same.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from generator.publish import Publisher  # noqa: E402
from generator.records import Record  # noqa: E402
from generator.year import Year, generate  # noqa: E402
from installation import BUILD, PROGRAMME_2023, Installation  # noqa: E402
from servers import Kafka, PostgreSQL, running, temporary_directory  # noqa: E402

PARTITIONS = 4
CHUNK = 2000  # records published at a time
LAG_MAX = 12000  # publishing waits while more are not folded yet, so that the year stays in step
TELL_EVERY_S = 2.0
IDLE_S = 120
ZONE = timezone(timedelta(hours=8))
UNFINISHED = ("exhausted", "nearly", "speeding", "gives_up", "no_survey", "never_pays")


START = time.monotonic()


def say(text: str = "") -> None:
    print(text, flush=True)


def stage(text: str) -> None:
    """What is done next, with the seconds since the start."""
    say(f"[{time.monotonic() - START:3.0f} s] {text}")


class Progress:
    """One line that is rewritten on a terminal, and comes every two seconds elsewhere."""

    def __init__(self) -> None:
        self.start = self.told = time.monotonic()
        self.folded = 0

    def tell(self, day_ms: int, published: int, folded: int, certificates: int) -> None:
        now = time.monotonic()
        if now - self.told < (0.2 if sys.stdout.isatty() else TELL_EVERY_S):
            return
        rate = (folded - self.folded) / (now - self.told)
        self.told, self.folded = now, folded
        day = datetime.fromtimestamp(day_ms / 1000, ZONE)
        line = (
            f"  {day:%Y-%m-%d}  published {published:7}  folded {folded:7}"
            f"  lag {published - folded:6}  {rate:6.0f}/s  certificates {certificates:4}"
        )
        print(f"\r{line}" if sys.stdout.isatty() else line, end="", flush=True)
        if not sys.stdout.isatty():
            say()

    def end(self) -> None:
        if sys.stdout.isatty():
            say()


class Demo:
    def __init__(self, installation: Installation, year: Year, kills: int):
        self.installation = installation
        self.year = year
        self.records = year.log.records()
        step = len(self.records) // (kills + 1)
        self.kill_at = [step * (number + 1) for number in range(kills)]

    def fold_year(self) -> None:
        """Publishes the year in the order of its days while the daemon follows; waits till idle."""
        progress = Progress()
        publisher = Publisher(self.installation.kafka.bootstrap_servers, self.installation.prefix)
        for begin in range(0, len(self.records), CHUNK):
            chunk = self.records[begin : begin + CHUNK]
            publisher.send(chunk)
            publisher.flush()
            self.follow(progress, chunk[-1], begin + len(chunk), LAG_MAX)
        self.follow(progress, self.records[-1], len(self.records), 0)
        progress.end()
        seconds = time.monotonic() - progress.start
        self.installation.wait_idle(IDLE_S)
        say(
            f"  {len(self.records)} records in {seconds:.0f} s: "
            f"{len(self.records) / seconds:.0f} a second from publisher to COMMIT"
        )

    def follow(self, progress: Progress, last: Record, published: int, lag: int) -> None:
        """Until no more than `lag` of the records published are not folded."""

        def near() -> bool:
            folded, certificates = self.installation.query(
                "SELECT (SELECT sum(next_offset) FROM xueshi.position)::bigint,"
                " (SELECT count(*) FROM xueshi.certificate WHERE stands)"
            )[0]
            progress.tell(last.timestamp_ms, published, folded, certificates)
            self.kill_if_due(folded)
            return published - folded <= lag

        self.installation.wait_for(near, "the daemon follows", IDLE_S)

    def kill_if_due(self, folded: int) -> None:
        if self.kill_at and folded >= self.kill_at[0]:
            self.kill_at.pop(0)
            daemon = self.installation.daemon()
            daemon.kill()
            say(f"  kill -9 after {folded} records; started again")
            daemon.launch()


# What came of it.


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def table(title: str, counts: Counter[str]) -> None:
    say(f"\n{title}")
    for name, count in counts.most_common():
        say(f"  {count:8}  {name}")


def tell_outcomes(installation: Installation) -> None:
    names = ("applied", "duplicate", "held", "rejected", "gaps")
    sums = ", ".join(f"sum({name})::bigint" for name in names)
    row = installation.query(f"SELECT {sums} FROM xueshi.position")[0]
    counts = Counter(dict(zip(names, row)))
    counts["held until its precondition came, then judged"] = counts.pop("held")
    counts.pop("gaps", None)
    table("Records, by outcome when they were read:", counts)
    letters = json.loads(installation.ctl("rejected", "list", "--json").stdout)
    table("Refused, to the dead letters:", Counter(letter["reason"] for letter in letters))


def tell_people(dump: list[dict[str, Any]]) -> None:
    enrollments = [line for line in dump if line["kind"] == "enrollment"]
    table("Enrollments:", Counter(line["state"] for line in enrollments))
    years = [line for line in dump if line["kind"] == "year"]
    say(f"  {sum(line['complete'] for line in years)} trainees' years are complete (90 hours)")


def tell_money(dump: list[dict[str, Any]]) -> None:
    payments = [line for line in dump if line["kind"] == "payment"]
    for line in dump:
        payments += line.get("payments", [])
    paid = sum(payment["amount_fen"] for payment in payments)
    say(f"\nMoney: {yuan(paid)} settled in {len(payments)} transactions; owed back:")
    owed: Counter[str] = Counter()
    for payment in payments:
        if payment["owed"]:
            owed[payment["owed"]] += payment["amount_fen"]
    for reason, amount in owed.most_common():
        count = sum(payment["owed"] == reason for payment in payments)
        say(f"  {count:8}  {reason}, {yuan(amount)}")


def yuan(fen: int) -> str:
    return f"{fen / 100:,.2f} yuan"


def standing_in_kafka(installation: Installation) -> tuple[dict[str, str], Counter[str]]:
    """Number and digest of the certificates that stand, by the events alone; and what happened."""
    standing: dict[str, str] = {}
    events: Counter[str] = Counter()
    for record in installation.read("xueshi.certificate"):
        data = json.loads(record.value or b"")
        if record.header("ce_type") == "xueshi.certificate.issued.v1":
            standing[data["certificate_no"]] = data["evidence"]["digest"]
            events["issued" if data["version"] == 1 else "issued in a further version"] += 1
        else:
            del standing[data["certificate_no"]]
            events[f"revoked: {data['reason']}"] += 1
    return standing, events


def check(installation: Installation, year: Year) -> bool:
    """Certificates: Kafka = PostgreSQL = generator; refusals: as the generator says."""
    in_kafka, events = standing_in_kafka(installation)
    rows = installation.query(
        "SELECT certificate_no, encode(digest, 'hex') FROM xueshi.certificate WHERE stands"
    )
    due = {line["certificate_no"]: line["digest"] for line in year.expected() if line["stands"]}
    table("Certificates, by event:", events)
    same = in_kafka == dict(rows) == due
    refused = places(json.loads(installation.ctl("rejected", "list", "--json").stdout))
    expected = places(year.refusals())
    say(
        f"\n{'OK' if same else 'NOT THE SAME'}: certificates that stand, by number and digest:"
        f" {len(in_kafka)} in Kafka, {len(rows)} in PostgreSQL, {len(due)} due by the generator"
    )
    for number in sorted(set(due) ^ set(in_kafka) | set(due) ^ set(dict(rows)))[:5]:
        say(f"  {number}: due {number in due}, Kafka {number in in_kafka}")
    say(
        f"{'OK' if refused == expected else 'NOT THE SAME'}: {len(refused)} records refused,"
        f" {len(expected)} by the generator, each for its reason"
    )
    return same and refused == expected


def places(refusals: list[dict[str, Any]]) -> set[tuple]:
    names = ("topic", "partition", "offset", "reason")
    return {tuple(refusal[name] for name in names) for refusal in refusals}


def explain_one(installation: Installation, year: Year) -> None:
    """Somebody who did not get there, in the tool's words."""
    someone = next(
        (t for story in UNFINISHED for t in year.trainees if t.story == story), None
    )
    if someone is None:
        return
    say(f"\n$ xueshictl explain {someone.id}")
    for line in installation.ctl("explain", someone.id).stdout.splitlines():
        say(f"  {line}")


def tell_more(installation: Installation) -> None:
    reader = installation.pg.conninfo_for("xueshi_reader_login", installation.database)
    number = installation.query(
        "SELECT certificate_no FROM xueshi.certificate WHERE stands ORDER BY 1 LIMIT 1"
    )
    ctl = f"{BUILD / 'xueshictl'} -c {installation.configuration}"
    say("\nTo look further:")
    say(f"  {ctl} status")
    say(f"  {ctl} certificate show {number[0][0] if number else 'NUMBER'}")
    say(f"  {ctl} rejected list")
    say(f'  psql "{reader}" -c "SELECT state, count(*) FROM xueshi.enrollment GROUP BY 1"')
    say(f"  kcat -b {installation.kafka.bootstrap_servers} -C -e -t xueshi.certificate")


def run(options: argparse.Namespace, directory: Path, pg: PostgreSQL, kafka: Kafka) -> bool:
    installation = Installation(
        directory / "xueshid",
        pg,
        kafka,
        catalogue=options.catalogue,
        partitions=PARTITIONS,
        seed=options.seed,
        unique=False,
    )
    installation.set_up()
    stage(f"Generating the year of {options.trainees} trainees (seed {options.seed})")
    year = generate(
        installation.catalogue, options.seed, options.trainees, PARTITIONS, keys=installation.keys
    )
    demo = Demo(installation, year, options.kill)
    try:
        stage(f"Starting xueshid; publishing {len(demo.records)} records, day by day")
        installation.start()
        demo.fold_year()
        stage("Looking at what came of it")
        dump = installation.dump()
        tell_outcomes(installation)
        tell_people(lines(dump))
        tell_money(lines(dump))
        explain_one(installation, year)
        same = check(installation, year)
        lag = json.loads(installation.ctl("status", "--json").stdout)["lag"]
        say(f"OK: lag {lag}" if lag == 0 else f"NOT FOLDED: lag {lag}")
        tell_more(installation)
        if options.dump:
            options.dump.write_text(dump, encoding="utf-8")
        if options.keep:
            say("\nEverything runs until Ctrl-C.")
            signal.pause()
        installation.stop()
        return same and lag == 0
    finally:
        installation.tear_down()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trainees", type=int, default=1000)
    parser.add_argument("--seed", default="2023")
    parser.add_argument("--catalogue", type=Path, default=PROGRAMME_2023)
    parser.add_argument("--kill", type=int, default=0, metavar="N", help="kill -9 N times")
    parser.add_argument("--keep", action="store_true", help="leave everything running until Ctrl-C")
    parser.add_argument("--dump", type=Path, help="write the canonical dump here")
    options = parser.parse_args()

    interrupted = []

    def interrupt(*_: object) -> None:
        interrupted.append(True)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        with temporary_directory() as directory:
            stage("Starting PostgreSQL 15 and Apache Kafka 4.3.1")
            servers = PostgreSQL(directory / "postgresql"), Kafka(directory / "kafka")
            with running(*servers) as (pg, kafka):
                same = run(options, directory, pg, kafka)
    except (KeyboardInterrupt, Exception):
        # Inside confluent_kafka's C code an interrupt comes out as another exception.
        if not interrupted:
            raise
        say("\nStopped.")
        return 0 if options.keep else 130
    say()
    stage("Done; the servers are stopped.")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
