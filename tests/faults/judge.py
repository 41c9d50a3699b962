"""Whether an installation that has converged is what its log says, and says each thing once."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

from generator.records import write_log
from installation import BUILD, Installation

OUTPUTS = ("xueshi.payment-request", "xueshi.notification", "xueshi.progress", "xueshi.certificate")

# Journal ranges of a partition are contiguous and disjoint, with epochs that never fall: a
# linear-time proof that each offset was folded once (S10, S14).
BROKEN_RANGES = """
SELECT topic, partition, from_offset FROM (
    SELECT topic, partition, from_offset, epoch,
           coalesce(lag(next_offset) OVER w, 0) AS expected, lag(epoch) OVER w AS before
    FROM xueshi.journal_range WINDOW w AS (PARTITION BY topic, partition ORDER BY from_offset)
) r WHERE from_offset <> expected OR epoch < before
"""
# Journal and position tell the same end.
OTHER_ENDS = """
SELECT p.topic, p.partition FROM xueshi.position p LEFT JOIN
    (SELECT topic, partition, max(next_offset) AS last FROM xueshi.journal_range GROUP BY 1, 2) r
    USING (topic, partition)
WHERE p.next_offset <> coalesce(r.last, 0)
"""
# S1: a certificate stands only on what is demanded; S2: at most one is a key of the table.
UNFOUNDED = """
SELECT c.certificate_no FROM xueshi.certificate c LEFT JOIN xueshi.enrollment e
    ON e.trainee_id = c.trainee_id AND e.enrollment_id = c.enrollment_id
WHERE c.stands AND (e.state IS DISTINCT FROM 2 OR NOT e.paid OR NOT e.approved OR e.missing <> 0)
"""
STATEMENTS = {
    "ranges of the journal with a hole, an overlap or an older epoch": BROKEN_RANGES,
    "positions that are not the journal's end": OTHER_ENDS,
    "certificates that stand on nothing": UNFOUNDED,
    "rows left in the outbox": "SELECT number, seq FROM xueshi.outbox",
}


def dump_by_the_rules(installation: Installation, year) -> str:
    log = installation.directory / "log.jsonl"
    with open(log, "w", encoding="utf-8") as out:
        write_log(year.log.records(), installation.partitions, out)
    command = [BUILD / "fold-log", "-c", installation.configuration, log]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout


def published(installation: Installation) -> Iterator[str]:
    """Kafka against the journal, both ways: in number, and each event once."""
    ids = [
        dict(record.headers)["ce_id"]
        for topic in OUTPUTS
        for record in installation.read(topic)
    ]
    letters = len(installation.read("xueshi.dead-letter"))
    events, refused = installation.query(
        "SELECT (SELECT coalesce(sum(events), 0) FROM xueshi.journal)::bigint,"
        " (SELECT count(*) FROM xueshi.dead_letter)"
    )[0]
    if len(ids) != len(set(ids)):
        yield f"{len(ids) - len(set(ids))} events were published twice"
    if len(set(ids)) != events:
        yield f"{len(set(ids))} events in Kafka, {events} in the journal"
    if letters != refused:
        yield f"{letters} dead letters in Kafka, {refused} in PostgreSQL"


def violations(installation: Installation, year) -> list[str]:
    found = []
    if installation.dump() != dump_by_the_rules(installation, year):
        found.append("the dump is not what the rules say of the log")
    passed = installation.query("SELECT sum(next_offset)::bigint FROM xueshi.position")[0][0]
    if passed != len(year.log.records()):
        found.append(f"{passed} offsets passed of {len(year.log.records())} records")
    for what, statement in STATEMENTS.items():
        rows = installation.query(statement)
        if rows:
            found.append(f"{what}: {rows[:3]}")
    return found + list(published(installation))
