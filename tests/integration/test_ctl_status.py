"""xueshictl position, lag, status and the lists: what it reads from PostgreSQL and the log."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time

import pytest
from confluent_kafka import Producer
from tool import TOOL, Site

INPUTS = ["xueshi.enrollment", "xueshi.payment", "xueshi.watch-time", "xueshi.exam"]
PLACE = "topic, partition, record_offset"


@pytest.fixture
def deployed(site: Site) -> Site:
    """With schema and topics of one partition, each with one record."""
    site.ok("db", "migrate")
    site.ok("topics", "create", "--partitions", "1")
    site.ok("tick", "--as-of", "2023-06-01T00:00:00Z")
    return site


def take_over(site: Site, next_offset: int, tick_stamp: str = "2023-06-01T00:00Z") -> None:
    """As if a daemon had folded every partition up to there."""
    site.execute(
        "INSERT INTO xueshi.partition_count SELECT topic, 1 FROM generate_series(0, 3) topic"
    )
    site.execute(
        "INSERT INTO xueshi.position (topic, partition, epoch, owner, next_offset, applied,"
        f" tick_stamp) SELECT topic, 0, 1, 'a', {next_offset}, {next_offset}, '{tick_stamp}'"
        " FROM generate_series(0, 3) topic"
    )


def test_what_is_unknown_is_absent(deployed: Site) -> None:
    assert deployed.json("position", "show") == []
    rows = deployed.json("lag")
    assert [row["topic"] for row in rows] == [deployed.prefix + name for name in INPUTS]
    assert all(row["lag"] is None and row["next_offset"] is None for row in rows)
    assert all(row["end"] == 1 for row in rows)
    status = deployed.json("status")
    assert status["idle"] is False and status["lag"] is None


def test_positions_and_lag_are_those_of_the_log(deployed: Site) -> None:
    take_over(deployed, 0)
    assert [row["lag"] for row in deployed.json("lag")] == [1, 1, 1, 1]
    deployed.execute("UPDATE xueshi.position SET next_offset = 3, applied = 1, gaps = 2")
    # PostgreSQL ahead of the log: never negative.
    assert [row["lag"] for row in deployed.json("lag")] == [0, 0, 0, 0]
    row = deployed.json("position", "show")[2]
    assert row["topic"] == deployed.prefix + "xueshi.watch-time"
    assert (row["next_offset"], row["applied"], row["gaps"], row["epoch"]) == (3, 1, 2, 1)
    assert (row["owner"], row["tick_stamp"]) == ("a", "2023-06-01T00:00:00Z")


def test_idle_is_consumed_relayed_and_closed(deployed: Site) -> None:
    take_over(deployed, 0)
    assert deployed.json("status")["why"] == "records are not folded yet"
    deployed.execute("UPDATE xueshi.position SET next_offset = 1, applied = 1")
    assert deployed.json("status")["idle"] is True
    deployed.execute("INSERT INTO xueshi.outbox VALUES (1, 0, 6, NULL, '', NULL)")
    status = deployed.json("status")
    assert (status["idle"], status["outbox"]) == (False, 1)
    assert status["why"] == "events are not relayed yet"
    deployed.execute("DELETE FROM xueshi.outbox")
    # Six days before the first term ends: the reminder of seven days is owed.
    deployed.execute("UPDATE xueshi.position SET tick_stamp = '2023-08-09T12:00Z'")
    status = deployed.json("status")
    assert (status["idle"], status["owed"]) == (False, "reminder 2023-1")
    deployed.execute("UPDATE xueshi.clock SET passed = '2023-08-09T00:00Z'")
    assert deployed.json("status")["idle"] is True
    deployed.execute("UPDATE xueshi.position SET tick_stamp = '2023-11-20T00:00Z'")
    deployed.execute("UPDATE xueshi.clock SET passed = '2023-11-10T00:00Z'")
    assert deployed.json("status")["owed"] == "closing 2023-2"


def test_wait_idle_ends_when_it_is_idle(deployed: Site) -> None:
    take_over(deployed, 0)
    begin = time.monotonic()
    done = deployed.ctl("status", "--wait-idle", "1")
    assert done.returncode == 1
    assert 1 <= time.monotonic() - begin < 20
    assert "not idle in time: records are not folded yet" in done.stderr

    fold = "UPDATE xueshi.position SET next_offset = 1, applied = 1"
    later = threading.Timer(0.5, lambda: deployed.execute(fold))
    later.start()
    done = deployed.ctl("status", "--wait-idle", "60", "--json")
    later.join()
    assert done.returncode == 0, done
    assert '"idle":true' in done.stdout


def test_watch_goes_on_until_nobody_reads(deployed: Site) -> None:
    watching = subprocess.Popen(
        [TOOL, "-c", deployed.config, "status", "--watch", "--json"], stdout=subprocess.PIPE
    )
    assert json.loads(watching.stdout.readline())["why"] == "a partition has no position yet"
    take_over(deployed, 1)
    while not json.loads(watching.stdout.readline())["idle"]:
        pass
    watching.stdout.close()
    assert watching.wait(30) == -signal.SIGPIPE


def test_wait_idle_outlives_a_server_that_is_away_but_says_so(deployed: Site) -> None:
    deployed.configure(conninfo="host=127.0.0.1 port=1 dbname=x")
    done = deployed.ctl("status", "--wait-idle", "1")
    assert (done.returncode, done.stdout) == (4, "")


def test_control_records_are_part_of_the_end(deployed: Site) -> None:
    producer = Producer(
        {"bootstrap.servers": deployed.bootstrap_servers, "transactional.id": deployed.prefix}
    )
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(deployed.prefix + "xueshi.exam", b"x", partition=0)
    producer.commit_transaction(30)
    # The tick, the record and the marker of the commit.
    assert [row["end"] for row in deployed.json("lag")] == [1, 1, 1, 3]


def test_held_and_rejected_records_are_listed(deployed: Site) -> None:
    deployed.execute(
        f"INSERT INTO xueshi.held (subject, {PLACE}, stamp, original)"
        " VALUES ('t1', 2, 0, 7, '2023-07-01T00:00Z', 'sealed')"
    )
    assert deployed.json("held", "list") == [
        {
            "topic": deployed.prefix + "xueshi.watch-time",
            "partition": 0,
            "offset": 7,
            "stamp": "2023-07-01T00:00:00Z",
            "subject": "t1",
        }
    ]
    deployed.execute(
        f"INSERT INTO xueshi.dead_letter ({PLACE}, number, reason, message, event_type,"
        " trainee_id, original) VALUES"
        " (3, 0, 4, 1, 'conflict', 'attempt_id is known with other content',"
        " 'xueshi.exam.submitted.v1', 't1', 'sealed'),"
        " (1, 0, 9, 2, 'malformed', E'with\\ttab and \\x1b[31mcolour', NULL, NULL, 'sealed')"
    )
    rows = deployed.json("rejected", "list")
    assert [(row["topic"], row["offset"], row["reason"]) for row in rows] == [
        (deployed.prefix + "xueshi.exam", 4, "conflict"),
        (deployed.prefix + "xueshi.payment", 9, "malformed"),
    ]
    for topic in ("xueshi.exam", deployed.prefix + "xueshi.exam"):
        assert deployed.json("rejected", "show", topic, "0", "4") == rows[0]
    assert "sealed" not in deployed.ok("rejected", "list") + deployed.ok("held", "list")
    assert "\x1b" not in deployed.ok("rejected", "list")
    assert all(line.count("\t") == 8 for line in deployed.ok("rejected", "list").splitlines())
    done = deployed.ctl("rejected", "show", "xueshi.exam", "0", "5")
    assert (done.returncode, done.stdout) == (1, "")


def test_r29_certificates_keep_their_revoked_versions(deployed: Site) -> None:
    first, second = "2023-DXGX-AAAAAAAAAAAA-A", "2023-DXGX-BBBBBBBBBBBB-B"
    deployed.execute(
        "INSERT INTO xueshi.certificate VALUES"
        f" ('t1', 'demo-2023', '{first}', false, true, 'e1', '2023-07-02T00:00Z',"
        "  sha256('a'), sha256('b')),"
        f" ('t2', 'demo-2023', '{second}', true, false, NULL, NULL, NULL, NULL)"
    )
    deployed.execute(
        "INSERT INTO xueshi.certificate_version VALUES"
        " ('t1', 'demo-2023', 1, sha256('a'), '2023-07-01T00:00Z', '2023-07-01T12:00Z'),"
        " ('t1', 'demo-2023', 2, sha256('b'), '2023-07-02T00:00Z', NULL),"
        " ('t1', 'demo-2023', 3, sha256('c'), '2023-07-02T00:00Z', NULL)"
    )
    rows = deployed.json("certificate", "list")
    assert [(row["certificate_no"], row["version"], row["state"]) for row in rows] == [
        (first, 3, "stands"),
        (second, None, "ordered away"),
    ]
    for name in (first, "t1"):
        rows = deployed.json("certificate", "show", name)
        assert [row["state"] for row in rows] == ["revoked", "replaced", "stands"]
        assert rows[0]["revoked_at"] == "2023-07-01T12:00:00Z"
    done = deployed.ctl("certificate", "show", "t9")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no certificate of t9" in done.stderr
