"""The servers keep what they acknowledged through kill -9, and end with whoever started them."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from generator.publish import publish, read_topic
from generator.records import Record
from confluent_kafka.admin import AdminClient, NewTopic
from servers import Kafka, PostgreSQL, running, temporary_directory
from servers.process import process_tree, wait_for

COMMAND = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def pair():
    # Servers of its own: others must not see theirs killed.
    with temporary_directory() as directory:
        with running(PostgreSQL(directory / "pg"), Kafka(directory / "kafka")) as both:
            yield both


def test_postgresql_keeps_commits_through_kill(pair):
    pg = pair[0]
    pg.execute("CREATE TABLE kept AS SELECT 42 AS number")
    pg.kill()
    with pytest.raises(psycopg2.OperationalError):
        pg.execute("SELECT 1")
    pg.start()
    assert pg.execute("SELECT number FROM kept") == [(42,)]
    assert pg.execute("SHOW fsync") == [("on",)]


@pytest.mark.parametrize("login", ["xueshi_app_login", "xueshi_reader_login", "migrator_login"])
def test_logins_reach_postgresql_on_tcp_by_password(pair, login):
    pg = pair[0]
    psycopg2.connect(pg.conninfo_for(login, tcp=True)).close()
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(pg.conninfo_for(login, tcp=True).replace(pg.password, "x")).close()


def test_kafka_keeps_records_through_kill_and_restart(pair):
    kafka = pair[1]
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    admin.create_topics([NewTopic("kept", 2, 1)])["kept"].result()
    publish(kafka.bootstrap_servers, [Record("kept", b"k", b"1", [("h", None)], 1)])
    kafka.kill()
    assert not kafka.answers()
    kafka.start()
    kafka.restart()
    (record,) = read_topic(kafka.bootstrap_servers, "kept")
    assert (record.key, record.value, record.headers) == (b"k", b"1", [("h", None)])


def test_paused_servers_are_silent_then_answer(pair):
    kafka = pair[1]
    kafka.pause()
    try:
        assert not kafka.answers()
    finally:
        kafka.resume()
    wait_for(kafka.answers, "Kafka answers", 30)


def test_servers_end_with_a_killed_parent():
    # Its own directory: a killed parent cannot tidy up.
    with temporary_directory() as directory:
        parent = subprocess.Popen(
            [sys.executable, str(COMMAND), "--dir", str(directory)], stdout=subprocess.PIPE
        )
        for line in parent.stdout:
            if b"KAFKA" in line:
                break
        family = process_tree(parent.pid)
        assert len(family) > 2
        parent.kill()
        parent.wait()
        wait_for(
            lambda: not any(os.path.exists(f"/proc/{pid}") for pid in family), "all are gone", 30
        )
