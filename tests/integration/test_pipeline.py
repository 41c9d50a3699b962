"""A generated year through Kafka, the daemon and PostgreSQL comes to what the rules say of its log:
the in-memory fold of the same records is the reference (fold.md section 1)."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import subprocess

import pytest

from generator.records import INPUT_TOPICS, write_log
from generator.year import generate
from installation import BUILD


def folded(installation, year, *options: str) -> str:
    """The canonical dump of the year's log by the rules alone."""
    log = installation.directory / "log.jsonl"
    with open(log, "w", encoding="utf-8") as out:
        write_log(year.log.records(), installation.partitions, out)
    command = [BUILD / "fold-log", "-c", installation.configuration, *options, log]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def set_up(make_installation, trainees: int, batch: int, workers: int, seed: str, **settings):
    installation = make_installation(
        settings={
            "kafka": {"timestamps": "create"},
            "workers": workers,
            "batch": {"records": batch, "wait_ms": 5},
            **settings,
        }
    )
    year = generate(
        installation.catalogue, seed, trainees, installation.partitions, 600, keys=installation.keys
    )
    return installation, year


def accounted(installation) -> tuple[int, int]:
    """Offsets passed, and what each of them was."""
    return installation.query(
        "SELECT sum(next_offset)::bigint,"
        " sum(applied + duplicate + held + rejected + gaps)::bigint FROM xueshi.position"
    )[0]


def check_published(installation) -> None:
    """Kafka holds, in number and order, what the journal says was published: once."""
    published = sum(len(installation.read(topic)) for topic in OUTPUTS)
    journal, letters = installation.query(
        "SELECT (SELECT sum(events) FROM xueshi.journal)::bigint,"
        " (SELECT count(*) FROM xueshi.dead_letter)"
    )[0]
    assert published == journal
    assert len(installation.read("xueshi.dead-letter")) == letters
    ids = [dict(r.headers)["ce_id"] for topic in OUTPUTS for r in installation.read(topic)]
    assert len(ids) == len(set(ids))


OUTPUTS = ("xueshi.payment-request", "xueshi.notification", "xueshi.progress", "xueshi.certificate")


@pytest.mark.parametrize(
    ("batch", "workers", "trainees"), [(1, 1, 8), (7, 2, 20), (1000, 4, 60), (10000, 1, 60)]
)
def test_a_year_comes_to_what_the_rules_say(make_installation, batch, workers, trainees):
    installation, year = set_up(make_installation, trainees, batch, workers, f"year-{batch}")
    records = installation.publish(year.log.records())
    installation.start()
    installation.wait_idle(120)
    assert installation.dump() == folded(installation, year)
    assert accounted(installation) == (records, records)
    check_published(installation)
    assert installation.query("SELECT count(*) FROM xueshi.outbox") == [(0,)]
    installation.stop()


def along_the_journal(installation, year) -> str:
    """The full dump by the rules alone, of the same commits in the same order."""
    records = {(r.topic, r.partition, r.offset): r for r in year.log.records()}
    ranges = installation.query(
        "SELECT number, topic, partition, from_offset, next_offset FROM xueshi.journal_range"
        " ORDER BY number, topic, partition"
    )
    log = installation.directory / "journal.jsonl"
    with open(log, "w", encoding="utf-8") as out:
        write_log([], installation.partitions, out)
        for _, commit in itertools.groupby(ranges, key=lambda row: row[0]):
            lines = io.StringIO()
            passed = [
                records[INPUT_TOPICS[topic], partition, offset]
                for _, topic, partition, first, following in commit
                for offset in range(first, following)
            ]
            write_log(passed, installation.partitions, lines)
            out.write(lines.getvalue().partition("\n")[2] + '{"commit":true}\n')
    command = [BUILD / "fold-log", "-c", installation.configuration, "--full", log]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout


@pytest.mark.parametrize("batch", [1, 13, 700])
def test_the_story_is_that_of_the_journal(make_installation, batch):
    """One worker, so that each closing stands right behind the commit that passed it; then versions,
    revisions and the digests of what was published follow from the journal, byte for byte."""
    installation, year = set_up(make_installation, 10 if batch == 1 else 40, batch, 1, f"s{batch}")
    installation.publish(year.log.records())
    installation.start()
    installation.wait_idle(120)
    assert installation.dump(full=True) == along_the_journal(installation, year)


def test_certificates_in_kafka_are_those_in_the_database(make_installation):
    installation, year = set_up(make_installation, 40, 500, 2, "certificates")
    installation.publish(year.log.records())
    installation.start()
    installation.wait_idle(120)
    standing: dict[str, str] = {}
    for record in installation.read("xueshi.certificate"):
        data = json.loads(record.value)
        if dict(record.headers)["ce_type"] == b"xueshi.certificate.issued.v1":
            standing[data["certificate_no"]] = data["evidence"]["digest"]
        else:
            del standing[data["certificate_no"]]
    rows = installation.query(
        "SELECT certificate_no, encode(digest, 'hex') FROM xueshi.certificate WHERE stands"
    )
    assert standing and dict(rows) == standing
    due = {line["certificate_no"]: line["digest"] for line in year.expected() if line["stands"]}
    assert due == standing


def test_r29_status_lists_in_kafka_are_those_of_the_tool(make_installation):
    """Whoever serves what came last for each id serves what the database says."""
    installation, year = set_up(make_installation, 40, 500, 2, "lists")
    installation.publish(year.log.records())
    installation.start()
    installation.wait_idle(120)
    served: dict[str, dict] = {}
    for record in installation.read("xueshi.certificate"):
        data = json.loads(record.value)
        served |= {one["id"]: one for one in data["status_lists"]}
        if "credential" in data:
            status = data["credential"]["credentialStatus"]
            assert status["statusListCredential"] == data["status_lists"][0]["id"]
            assert data["credential"]["credentialSubject"]["name"] == data["holder"]["name"]
    rows = installation.query(
        "SELECT certificate_no, version::text"
        " FROM xueshi.certificate JOIN xueshi.certificate_version USING (trainee_id, programme_id)"
    )
    assert rows and len(rows) == len(served)
    for number, version in rows:
        shown = json.loads(installation.ctl("status-list", "show", number, version).stdout)
        assert shown == served[shown["id"]]


def test_three_kills_change_nothing(make_installation):
    installation, year = set_up(make_installation, 60, 200, 2, "kills")
    records = year.log.records()
    daemon = installation.start()
    for third in range(3):
        part = records[third * len(records) // 3 : (third + 1) * len(records) // 3]
        installation.publish(part)
        before = accounted(installation)[0]
        installation.wait_for(
            lambda before=before: accounted(installation)[0] > before, "progress before the kill"
        )
        daemon.kill()
        daemon.start()
    installation.wait_idle(120)
    assert installation.dump() == folded(installation, year)
    assert accounted(installation) == (len(records), len(records))
    check_published(installation)


def test_personal_secrets_are_sealed(make_installation):
    installation, year = set_up(make_installation, 10, 1000, 1, "secrets")
    installation.publish(year.log.records())
    installation.start()
    installation.wait_idle(120)
    dump = subprocess.run(
        ["pg_dump", "--data-only", installation.pg.conninfo_for("postgres", installation.database)],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    people = [
        json.loads(record.value)
        for record in year.log.records()
        if dict(record.headers).get("ce_type") == b"xueshi.enrollment.submitted.v1"
    ]
    assert people
    for person in people:
        for secret in (person.get("id_number"), person.get("mobile")):
            if secret and len(secret) > 10:
                assert secret.encode() not in dump
                assert hashlib.sha256(secret.encode()).hexdigest().encode() not in dump


def test_without_an_issuer_certificates_go_out_unsigned(make_installation):
    """The same certificates, without what an issuer signs; said once at the start."""
    installation, year = set_up(make_installation, 40, 500, 2, "unsigned", issuer={"keys": ()})
    installation.publish(year.log.records())
    installation.start()
    installation.wait_idle(120)
    values = [json.loads(record.value) for record in installation.read("xueshi.certificate")]
    assert any("holder" in value for value in values)
    signed = {"credential", "credential_jwt", "status_lists"}
    assert not any(signed & value.keys() for value in values)
    assert installation.dump() == folded(installation, year)
    assert installation.log_tails().count("no issuer is configured") == 1
