"""A bounded share of the campaign, and the judge judged: each planted violation is found."""

from __future__ import annotations

import collections

import pytest

from faults import judge
from faults.campaign import SETTINGS, run_round
from generator.year import generate


def test_a_round_of_every_fault_violates_nothing(make_installation):
    installation = make_installation(settings=SETTINGS)
    counts: collections.Counter = collections.Counter()
    assert run_round(installation, "ci", 12, counts) == []
    assert counts["records"] and counts["kill_daemon"]


@pytest.fixture(scope="module")
def converged(make_installation):
    installation = make_installation(settings=SETTINGS)
    year = generate(
        installation.catalogue, "judge", 20, installation.partitions, 600, keys=installation.keys
    )
    installation.publish(year.log.records())
    installation.start()
    installation.wait_idle(60)
    installation.stop()
    assert judge.violations(installation, year) == []
    return installation, year


PLANTED = {
    "the dump": "UPDATE xueshi.year_record SET public_hours = public_hours + 1"
    " WHERE trainee_id = (SELECT min(trainee_id) FROM xueshi.year_record)",
    "hole, an overlap or an older epoch": "INSERT INTO xueshi.journal_range"
    " SELECT topic, partition, next_offset - 1, next_offset, epoch, number"
    " FROM xueshi.journal_range ORDER BY next_offset DESC LIMIT 1",
    "not the journal's end": "INSERT INTO xueshi.journal_range"
    " SELECT topic, partition, next_offset, next_offset + 1, epoch, number"
    " FROM xueshi.journal_range ORDER BY next_offset DESC LIMIT 1",
    "stand on nothing": "UPDATE xueshi.enrollment SET paid = false WHERE (trainee_id,"
    " enrollment_id) IN (SELECT trainee_id, enrollment_id FROM xueshi.certificate WHERE stands)",
    "left in the outbox": "INSERT INTO xueshi.outbox VALUES (1, 0, 6, 'k', '', '{}')",
    "events in Kafka": "INSERT INTO xueshi.journal (number, kind, events, digest)"
    " VALUES (-1, 'batch', 1, sha256(''))",
    "dead letters in Kafka": "INSERT INTO xueshi.dead_letter"
    " VALUES (0, 0, -1, 1, 'malformed', '', NULL, NULL, NULL, '')",
}


@pytest.mark.parametrize("what", PLANTED)
def test_the_judge_finds_what_is_planted(converged, what):
    """Each defect in a copy of the database."""
    installation, year = converged
    copy = installation.database + "_copy"
    original = installation.database
    installation.pg.execute(f"CREATE DATABASE {copy} TEMPLATE {original}", "postgres")
    conninfo = installation.settings["postgresql"]["conninfo"]
    installation.database = copy
    installation.settings["postgresql"]["conninfo"] = conninfo.replace(original, copy)
    installation.write_configuration()
    try:
        installation.query(PLANTED[what])
        assert any(what in line for line in judge.violations(installation, year))
    finally:
        installation.database = original
        installation.settings["postgresql"]["conninfo"] = conninfo
        installation.write_configuration()
        installation.pg.drop_database(copy)
