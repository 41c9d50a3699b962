"""The daemon lives through what heals, stops at what does not, and is fenced when it must be:
nothing is lost, doubled or changed (architecture.md, promises 1, 2 and 6)."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import psycopg2
import pytest
from confluent_kafka.admin import AdminClient

from generator.year import generate
from installation import BUILD
from servers.process import wait_for
from test_pipeline import accounted, check_published, folded

# A short session timeout: these tests wait for takeovers.
QUICK = ["session.timeout.ms=6000", "heartbeat.interval.ms=1000"]
CREATE = {
    "kafka": {"timestamps": "create", "properties": QUICK},
    "workers": 2,
    "batch": {"records": 100, "wait_ms": 5},
}


def begin(make_installation, trainees: int, seed: str, **settings):
    installation = make_installation(settings={**CREATE, **settings})
    year = generate(
        installation.catalogue, seed, trainees, installation.partitions, 600, keys=installation.keys
    )
    return installation, year


def halves(year):
    records = year.log.records()
    return records[: len(records) // 2], records[len(records) // 2 :]


def finish(installation, year) -> None:
    installation.wait_idle(120)
    assert installation.dump() == folded(installation, year)
    total = len(year.log.records())
    assert accounted(installation) == (total, total)
    check_published(installation)


def passed_something(installation):
    before = accounted(installation)[0]
    return lambda: accounted(installation)[0] > before


def test_postgresql_restarts(make_installation, pg):
    installation, year = begin(make_installation, 40, "pg-restart")
    installation.start()
    for part in halves(year):
        installation.publish(part)
        installation.wait_for(passed_something(installation), "progress")
        pg.restart()
    finish(installation, year)


def test_postgresql_is_killed(make_installation, pg):
    installation, year = begin(make_installation, 40, "pg-kill")
    installation.start()
    for part in halves(year):
        installation.publish(part)
        installation.wait_for(passed_something(installation), "progress")
        pg.kill()
        pg.start()
    finish(installation, year)


def test_backends_are_terminated(make_installation):
    installation, year = begin(make_installation, 40, "backends")
    installation.start()
    records = year.log.records()
    installation.publish(records)
    terminated = 0
    while accounted(installation)[0] < len(records) and terminated < 200:
        terminated += installation.query(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'xueshi_app_login'"
        )[0][0]
        installation.wait_for(passed_something(installation), "progress after the termination")
    assert terminated
    finish(installation, year)


def test_kafka_restarts(make_installation, kafka):
    installation, year = begin(make_installation, 40, "kafka-restart")
    installation.start()
    for part in halves(year):
        installation.publish(part)
        installation.wait_for(passed_something(installation), "progress")
        kafka.restart()
    finish(installation, year)


def test_the_daemon_waits_for_postgresql_at_its_start(make_installation, pg):
    installation, year = begin(make_installation, 10, "late-pg")
    installation.publish(year.log.records())
    daemon = installation.daemon()
    pg.stop()
    process = subprocess.Popen(daemon.command(), stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "trying again" in line)
        assert "PostgreSQL is away" in line
        assert process.poll() is None
        pg.start()
        finish(installation, year)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_a_rebalance_while_postgresql_is_away(make_installation, pg):
    """Partitions that were paused for the outage and taken away meanwhile are read again."""
    installation, year = begin(make_installation, 40, "outage", workers=1)
    first, second = halves(year)
    daemon = installation.start("a")
    installation.publish(first)
    installation.wait_for(passed_something(installation), "progress")
    pg.stop()
    installation.publish(second)
    wait_for(lambda: "trying again" in daemon.log_tail(), "it waits for PostgreSQL", 60)
    daemon.pause()
    time.sleep(8)  # the fault itself: longer than the session timeout
    daemon.resume()
    wait_for(lambda: "partitions given back" in daemon.log_tail(400), "it lost them", 60)
    pg.start()
    finish(installation, year)


def owners(installation) -> set[str]:
    return {row[0] for row in installation.query("SELECT owner FROM xueshi.position")}


def test_a_second_instance_shares_the_work_and_takes_it_over(make_installation):
    installation, year = begin(make_installation, 40, "two", workers=1)
    first, second = halves(year)
    installation.start("a")
    installation.publish(first)
    installation.start("b")
    installation.wait_for(lambda: owners(installation) == {"a", "b"}, "both own partitions")
    installation.publish(second)
    installation.wait_for(passed_something(installation), "progress")
    installation.daemons["a"].kill()
    installation.wait_for(lambda: owners(installation) == {"b"}, "the second takes over", 90)
    finish(installation, year)


def test_a_stopped_owner_that_wakes_up_changes_nothing(make_installation):
    installation, year = begin(make_installation, 40, "zombie", workers=1)
    first, second = halves(year)
    installation.start("a")
    installation.publish(first)
    installation.wait_for(passed_something(installation), "progress")
    installation.daemons["a"].pause()
    installation.start("b")
    installation.wait_for(lambda: owners(installation) == {"b"}, "the second takes over", 60)
    installation.publish(second)
    installation.wait_for(passed_something(installation), "progress of the second")
    installation.daemons["a"].resume()
    finish(installation, year)


def test_an_older_epoch_cannot_move_a_position(installation):
    installation.query("INSERT INTO xueshi.position (topic, partition, epoch) VALUES (0, 0, 2)")
    with pytest.raises(psycopg2.Error) as caught:
        installation.query(
            "WITH moved AS (UPDATE xueshi.position SET next_offset = 5, applied = 5"
            " WHERE topic = 0 AND partition = 0 AND epoch = 1 RETURNING 1)"
            " SELECT xueshi.fence(count(*), 1) FROM moved"
        )
    assert caught.value.pgcode == "XU001"


def test_what_postgresql_refuses_is_isolated(make_installation):
    """A row that the database refuses, for a reason that no check of ours knows, goes to the dead
    letters; everything else of its batch is folded."""
    installation, year = begin(make_installation, 20, "halving")
    records = year.log.records()
    submitted = [
        json.loads(record.value)
        for record in records
        if dict(record.headers).get("ce_type") == b"xueshi.enrollment.submitted.v1"
        and record.value.startswith(b"{")
    ]
    victim = submitted[0]["trainee_id"]
    installation.query(
        "ALTER TABLE xueshi.enrollment ADD CONSTRAINT test CHECK (trainee_id <> %s)", (victim,)
    )
    installation.publish(records)
    installation.start()
    installation.wait_idle(120)
    refused = installation.query(
        "SELECT reason, message FROM xueshi.dead_letter WHERE trainee_id IS NULL"
        " AND message LIKE '%23514%'"
    )
    assert refused and {reason for reason, _ in refused} == {"invalid_field"}
    enrolled = {row[0] for row in installation.query("SELECT trainee_id FROM xueshi.enrollment")}
    assert len(enrolled) > 10 and victim not in enrolled
    assert accounted(installation) == (len(records), len(records))


def ended(installation, settings=None) -> tuple[int, str]:
    daemon = installation.daemon("a", settings)
    result = subprocess.run(
        daemon.command(), capture_output=True, text=True, timeout=60, check=False
    )
    return result.returncode, result.stderr


def test_stamps_of_the_other_kind_stop_the_daemon(make_installation):
    installation, year = begin(make_installation, 2, "stamps", kafka={"timestamps": "log-append"})
    installation.publish(year.log.records()[:5])
    status, said = ended(installation, {"kafka": {"timestamps": "create"}})
    assert status == 78 and "LogAppendTime" in said


def test_another_partition_count_stops_the_daemon(make_installation):
    installation, _ = begin(make_installation, 2, "counts")
    installation.start()
    installation.stop()
    installation.query("UPDATE xueshi.partition_count SET count = 3 WHERE topic = 2")
    status, said = ended(installation)
    assert status == 78 and "xueshi.watch-time has 4 partitions, and had 3" in said


def test_synchronous_commit_off_stops_the_daemon(make_installation):
    installation, _ = begin(make_installation, 2, "asynchronous")
    installation.query(f"ALTER DATABASE {installation.database} SET synchronous_commit = off")
    status, said = ended(installation)
    assert status == 78 and "synchronous_commit is off" in said


def test_a_missing_schema_stops_the_daemon(make_installation):
    installation, _ = begin(make_installation, 2, "schema")
    installation.write_configuration({"postgresql": {"schema": "elsewhere"}}, "xueshid-a.conf")
    command = [str(BUILD / "xueshid"), "-c", str(installation.directory / "xueshid-a.conf")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 78 and "xueshictl db migrate" in result.stderr


def test_a_topic_made_anew_stops_the_daemon(make_installation, kafka):
    """The position is beyond the new log's end: nothing is skipped or read again in silence."""
    installation, year = begin(make_installation, 5, "anew")
    installation.publish(year.log.records())
    installation.start()
    installation.wait_idle(60)
    installation.stop()
    topic = installation.prefix + "xueshi.watch-time"
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    admin.delete_topics([topic])[topic].result(timeout=30)
    installation.wait_for(
        lambda: topic not in admin.list_topics(timeout=10).topics, "the topic's deletion"
    )
    installation.ctl("topics", "create", "--partitions", str(installation.partitions))
    status, said = ended(installation)
    assert status == 78
    assert "the position of xueshi.watch-time partition" in said
