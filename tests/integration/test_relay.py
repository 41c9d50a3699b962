"""The relay with a real PostgreSQL and Kafka: what is put into the outbox comes out once, in order,
whatever is killed, stopped or restarted meanwhile. Needs no daemon: rows are put in by SQL."""

from __future__ import annotations

import contextlib
import json
import os
import random
import struct
import subprocess
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import psycopg2.extras
import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from generator.publish import publish, read_topic
from generator.records import Record
from servers import Kafka, PostgreSQL, Server
from servers.process import wait_for

TOP = Path(__file__).resolve().parents[2]
PROGRAM = TOP / "build" / os.environ.get("MODE", "release") / "relay-run"
OUTPUT_TOPICS = (
    "xueshi.payment-request",
    "xueshi.notification",
    "xueshi.progress",
    "xueshi.certificate",
    "xueshi.dead-letter",
)
FIRST_OUTPUT = 4  # the number of payment-request in the table outbox
DEAD_LETTER = 8
MARKERS = "xueshi.relay"
PATIENCE_S = 60.0
LEASE_S = 10.0


@dataclass(frozen=True)
class Event:
    """A row of the outbox."""

    number: int
    seq: int
    topic: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]

    @property
    def packed_headers(self) -> bytes:
        packed = b""
        for name, value in self.headers:
            packed += struct.pack(">i", len(name)) + name.encode()
            packed += struct.pack(">i", -1) if value is None else struct.pack(">i", len(value)) + value
        return packed


def events_of(number: int, count: int) -> list[Event]:
    """An entry: its place is in each event's value."""
    return [
        Event(
            number,
            seq,
            FIRST_OUTPUT + seq % 5,
            f"t-{(number + seq) % 17}".encode(),
            json.dumps({"number": number, "seq": seq}).encode(),
            (("ce_id", f"{number}-{seq}".encode()), ("ce_type", b"test")),
        )
        for seq in range(count)
    ]


class Relay(Server):
    """The relay by itself. `answers` once it leads."""

    name = "relay"

    def __init__(self, rig: Rig, instance: str, properties: tuple[str, ...] = ()):
        super().__init__(rig.directory)
        self.log_path = self.directory / f"relay-{instance}.log"
        self.arguments = [
            *(rig.kafka.bootstrap_servers, rig.prefix, f"{rig.prefix}xueshid"),
            *(rig.pg.conninfo_for("xueshi_app_login", rig.database), "xueshi", instance),
            *properties,
        ]
        self.read_from = 0

    def prepare(self) -> None:
        self.read_from = self.log_path.stat().st_size if self.log_path.exists() else 0

    def launch(self) -> None:
        self.prepare()
        super().launch()

    def command(self) -> list[str]:
        # AddressSanitizer keeps what was freed: not so much that it hides how little is in use.
        sanitizer = "ASAN_OPTIONS=quarantine_size_mb=1"
        return ["setpriv", "--pdeathsig", "KILL", "env", sanitizer, str(PROGRAM), *self.arguments]

    def answers(self) -> bool:
        return "relay leads" in self.said()

    def said(self) -> str:
        """What it logged since it was started."""
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            log.seek(self.read_from)
            return log.read()

    def stop(self) -> None:
        process = self.process
        super().stop()
        assert process is None or process.returncode == 0, self.log_tail()

    def end(self) -> int:
        """Waits for it to end by itself."""
        assert self.process is not None
        status = self.process.wait(PATIENCE_S)
        self.process = None
        return status


@dataclass
class Rig:
    """A database with the schema, topics of its own, and what was put into the outbox."""

    directory: Path
    pg: PostgreSQL
    kafka: Kafka
    database: str = field(default_factory=lambda: f"r{uuid.uuid4().hex[:12]}")
    put_in: dict[int, list[Event]] = field(default_factory=dict)
    relays: list[Relay] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        return f"{self.database}."

    def set_up(self) -> None:
        self.pg.create_database(self.database)
        for part in ("roles", "log", "dossier", "rights"):
            subprocess.run(
                [
                    *("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-v", "schema=xueshi"),
                    *("-f", str(TOP / "schemas" / "deploy" / f"{part}.sql")),
                    self.pg.conninfo_for("postgres", self.database),
                ],
                check=True,
                env={"PATH": "/usr/bin:/bin", "PGOPTIONS": "-c client_min_messages=warning"},
            )
        topics = [NewTopic(self.prefix + topic, 3, 1) for topic in OUTPUT_TOPICS]
        compacted = {"cleanup.policy": "compact"}
        topics.append(NewTopic(self.prefix + MARKERS, 1, 1, config=compacted))
        admin = AdminClient({"bootstrap.servers": self.kafka.bootstrap_servers})
        for future in admin.create_topics(topics).values():
            future.result()

    def tear_down(self) -> None:
        for relay in self.relays:
            relay.kill()
        self.pg.drop_database(self.database)

    def relay(self, instance: str = "a", *properties: str) -> Relay:
        self.relays.append(Relay(self, instance, properties))
        return self.relays[-1]

    def connect(self) -> contextlib.closing:
        conninfo = self.pg.conninfo_for("postgres", self.database)
        return contextlib.closing(psycopg2.connect(f"{conninfo} options='-c search_path=xueshi'"))

    def count(self, what: str = "outbox") -> int:
        return self.pg.execute(f"SELECT count(*) FROM xueshi.{what}", self.database)[0][0]

    def insert(self, cursor, events: list[Event]) -> None:
        """One journal entry and its rows, in the cursor's transaction."""
        cursor.execute(
            "INSERT INTO journal (number, kind) VALUES (%s, 'batch')", (events[0].number,)
        )
        psycopg2.extras.execute_values(
            cursor,
            "INSERT INTO outbox (number, seq, topic, key, headers, value) VALUES %s",
            [(e.number, e.seq, e.topic, e.key, e.packed_headers, e.value) for e in events],
            page_size=1000,
        )

    def put(self, *entries: list[Event]) -> None:
        with self.connect() as connection:
            for events in entries:
                with connection, connection.cursor() as cursor:
                    self.insert(cursor, events)
                self.put_in[events[0].number] = events

    def drain(self, seconds: float = PATIENCE_S) -> None:
        try:
            wait_for(lambda: self.count() == 0, "the outbox is empty", seconds)
        except TimeoutError as error:
            raise AssertionError(f"{error}{self.log_tails()}") from None

    def log_tails(self) -> str:
        return "".join(f"\n--- {relay.log_path.name}\n{relay.log_tail()}" for relay in self.relays)

    def cut_off(self) -> None:
        """Ends the relays' sessions: else the server goes on with a pipeline that it has got."""
        sessions = (
            "FROM pg_stat_activity WHERE usename = 'xueshi_app_login'"
            " AND datname = current_database()"
        )
        self.pg.execute(f"SELECT pg_terminate_backend(pid) {sessions}", self.database)
        count = f"SELECT count(*) {sessions}"
        wait_for(
            lambda: self.pg.execute(count, self.database)[0][0] == 0, "no session", PATIENCE_S
        )

    def read(self, topic: str) -> list[Record]:
        return read_topic(self.kafka.bootstrap_servers, self.prefix + topic)

    def markers(self) -> list[dict]:
        return [json.loads(record.value or b"null") for record in self.read(MARKERS)]

    def check_published(self, in_order: bool = True) -> None:
        """Everything that was put in came out once, unchanged, and each partition is in order."""
        expected = {
            (e.number, e.seq): e for events in self.put_in.values() for e in events
        }
        seen: dict[tuple[int, int], Event] = {}
        for index, topic in enumerate(OUTPUT_TOPICS):
            last: dict[int | None, tuple[int, int]] = {}
            for record in self.read(topic):
                place = _place(record)
                assert place not in seen, f"{place} was published twice{self.log_tails()}"
                if in_order:
                    assert place > last.get(record.partition, (-1, -1)), f"{place} comes too late"
                last[record.partition] = place
                headers = tuple((name, value) for name, value in record.headers)
                seen[place] = Event(
                    *place, FIRST_OUTPUT + index, record.key, record.value, headers
                )
        missing = expected.keys() - seen.keys()
        assert not missing, f"never published: {sorted(missing)[:10]}{self.log_tails()}"
        assert seen == expected
        markers = self.markers()
        assert [m["transaction"] for m in markers] == list(range(1, len(markers) + 1))
        named = [number for marker in markers for number in _numbers(marker)]
        assert sorted(named) == sorted(self.put_in)


def _place(record: Record) -> tuple[int, int]:
    number, seq = dict(record.headers)["ce_id"].decode().split("-")
    return int(number), int(seq)


def _numbers(marker: dict) -> list[int]:
    return [n for r in marker["entries"] for n in range(r["from"], r["to"] + 1)]


class Load:
    """Puts entries in, one after another, for the length of a `with` block; survives restarts."""

    def __init__(self, rig: Rig, first: int, size: int = 40):
        self.rig, self.number, self.size = rig, first, size
        self.ended = threading.Event()
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run)

    def __enter__(self) -> Load:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        if self.failure:
            raise self.failure

    def wait_for_entries(self, count: int) -> None:
        """Until so many more were put in."""
        end = self.number + count
        wait_for(lambda: self.number >= end or not self.thread.is_alive(), "entries", PATIENCE_S)

    def _run(self) -> None:
        dice = random.Random(self.number)
        try:
            while not self.ended.is_set():
                events = events_of(self.number, dice.randint(1, self.size))
                wait_for(lambda entry=events: self._try(entry), "PostgreSQL answers", PATIENCE_S)
                self.rig.put_in[self.number] = events
                self.number += 1
        except BaseException as error:
            self.failure = error

    def _try(self, events: list[Event]) -> bool:
        """Whether the entry is there; a commit in doubt is decided by looking."""
        number = events[0].number
        try:
            with self.rig.connect() as connection, connection, connection.cursor() as cursor:
                cursor.execute("SELECT FROM journal WHERE number = %s", (number,))
                if cursor.fetchone() is None:
                    self.rig.insert(cursor, events)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            return False
        return True


@pytest.fixture
def rig(tmp_path: Path, pg: PostgreSQL, kafka: Kafka) -> Iterator[Rig]:
    made = Rig(tmp_path, pg, kafka)
    made.set_up()
    yield made
    made.tear_down()


@contextlib.contextmanager
def deletions_blocked(rig: Rig) -> Iterator[None]:
    """Rows of the outbox can be read and put in, but not deleted, for the length of a block."""
    with rig.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE OR REPLACE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_advisory_xact_lock_shared(1);
                RETURN NULL;
            END
            $$;
            CREATE OR REPLACE TRIGGER wait_for_test BEFORE DELETE ON outbox
                FOR EACH STATEMENT EXECUTE FUNCTION wait_for_test();
            """
        )
        connection.commit()
        cursor.execute("SELECT pg_advisory_xact_lock(1)")
        yield


def test_rows_come_out_once_in_order(rig: Rig) -> None:
    rig.put(*(events_of(number, 1 + number % 7) for number in range(1, 50)))
    with rig.relay():
        rig.drain()
        rig.put(*(events_of(number, 3) for number in range(60, 80)))
        rig.drain()
    rig.check_published()


def test_null_and_empty_stay_apart(rig: Rig) -> None:
    headers = (("ce_id", b"1-0"), ("null", None), ("empty", b""), ("twice", b"1"), ("twice", b"2"))
    second = (("ce_id", b"1-1"), ("bytes", bytes(range(256))))
    third = (("ce_id", b"1-2"),)
    rig.put(
        [
            Event(1, 0, DEAD_LETTER, None, None, headers),
            Event(1, 1, DEAD_LETTER, b"", b"", second),
            Event(1, 2, DEAD_LETTER, b"\x00\xff", b"x" * 500_000, third),
        ]
    )
    with rig.relay():
        rig.drain()
    rig.check_published(in_order=False)  # another partition for each


def test_keys_go_where_the_java_client_puts_them(rig: Rig) -> None:
    rig.put(events_of(1, 200))
    with rig.relay():
        rig.drain()
    relayed = {r.key: r.partition for topic in OUTPUT_TOPICS for r in rig.read(topic)}
    publish(
        rig.kafka.bootstrap_servers,
        [Record(topic=OUTPUT_TOPICS[0], key=key, value=b"", headers=[]) for key in relayed],
        rig.prefix,
    )
    assert {r.key: r.partition for r in rig.read(OUTPUT_TOPICS[0]) if not r.value} == relayed


def test_a_lower_number_that_commits_later_is_published(rig: Rig) -> None:
    with rig.relay():
        rig.put(events_of(5, 4))
        rig.drain()
        rig.put(events_of(3, 4))
        rig.drain()
    rig.check_published(in_order=False)
    assert [m["entries"] for m in rig.markers()] == [[{"from": 5, "to": 5}], [{"from": 3, "to": 3}]]


def test_a_huge_entry_goes_in_one_transaction_and_little_memory(rig: Rig) -> None:
    huge = [
        Event(7, e.seq, e.topic, e.key, (e.value or b"") + b" " * 1000, e.headers)
        for e in events_of(7, 100_000)
    ]
    rig.put(events_of(6, 2), huge, events_of(8, 2))
    relay = rig.relay()
    with relay:
        rig.drain(120)
        status = Path(f"/proc/{relay.process.pid}/status").read_text(encoding="ascii")
    peak_kib = int(status.partition("VmHWM:")[2].split()[0])
    assert peak_kib < 128 * 1024, "100 MB went through it"
    rig.check_published()
    assert len(rig.markers()) == 3


def test_killed_between_kafkas_commit_and_the_deletion(rig: Rig) -> None:
    relay = rig.relay()
    relay.start()
    for number in range(1, 4):
        with deletions_blocked(rig):
            with rig.connect() as connection, connection, connection.cursor() as cursor:
                rig.insert(cursor, events_of(number, 30))
            rig.put_in[number] = events_of(number, 30)
            wait_for(lambda n=number: len(rig.markers()) == n, "Kafka's commit", PATIENCE_S)
            relay.kill()
            rig.cut_off()
        assert rig.count() == 30, "published, not deleted"
        relay.start()
        rig.drain()
    relay.stop()
    rig.check_published()


def test_killed_at_any_moment_under_load(rig: Rig) -> None:
    dice = random.Random(7)
    relay = rig.relay()
    with Load(rig, first=1) as load:
        for _ in range(15):
            relay.launch()
            wait_for(relay.answers, "it leads", PATIENCE_S)
            load.wait_for_entries(dice.randint(1, 40))
            relay.kill()
    relay.start()
    rig.drain()
    relay.stop()
    rig.check_published()


def test_killed_while_taking_over(rig: Rig) -> None:
    """As soon as the lease is taken: somewhere between it, fencing, marker and first transaction."""
    relay = rig.relay()
    with Load(rig, first=1) as load:
        for _ in range(10):
            epoch = _epoch(rig)
            relay.launch()
            wait_for(lambda old=epoch: _epoch(rig) > old, "the lease is taken", PATIENCE_S)
            load.wait_for_entries(3)
            relay.kill()
    relay.start()
    rig.drain()
    relay.stop()
    rig.check_published()


def _epoch(rig: Rig) -> int:
    return rig.pg.execute("SELECT epoch FROM xueshi.relay", rig.database)[0][0]


def test_a_stopped_relay_that_wakes_up_is_fenced(rig: Rig) -> None:
    first, second = rig.relay("a"), rig.relay("b")
    first.start()
    second.launch()
    with Load(rig, first=1) as load:
        for _ in range(2):
            load.wait_for_entries(20)
            first.pause()
            wait_for(second.answers, "the other takes over", LEASE_S + PATIENCE_S)
            load.wait_for_entries(20)
            first.prepare()
            first.resume()
            wait_for(lambda r=first: "cannot go on" in r.said(), "it is fenced", PATIENCE_S)
            load.wait_for_entries(20)
            first, second = second, first
            second.prepare()
    rig.drain()
    assert first.answers() and not second.answers(), "who was stopped stands by"
    first.stop()
    second.stop()
    rig.check_published()


def test_stopped_between_kafkas_commit_and_the_deletion(rig: Rig) -> None:
    first, second = rig.relay("a"), rig.relay("b")
    first.start()
    with deletions_blocked(rig):
        with rig.connect() as connection, connection, connection.cursor() as cursor:
            rig.insert(cursor, events_of(1, 30))
        rig.put_in[1] = events_of(1, 30)
        wait_for(lambda: len(rig.markers()) == 1, "Kafka's commit", PATIENCE_S)
        first.pause()
        rig.cut_off()
    assert rig.count() == 30, "published, not deleted"
    second.start()
    rig.drain()
    rig.put(events_of(2, 30))
    rig.drain()
    first.resume()
    rig.put(events_of(3, 30))
    rig.drain()
    second.stop()
    first.stop()
    rig.check_published()


def test_a_clean_stop_hands_over_at_once(rig: Rig) -> None:
    first, second = rig.relay("a"), rig.relay("b")
    first.start()
    second.launch()
    with Load(rig, first=1) as load:
        load.wait_for_entries(10)
        first.stop()
        wait_for(second.answers, "the other takes over", LEASE_S / 2)
        load.wait_for_entries(10)
    rig.drain()
    second.stop()
    rig.check_published()


@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("server", ["kafka", "pg"])
def test_restart_of_a_server_heals(rig: Rig, request, server: str, end: str) -> None:
    restarted: Server = request.getfixturevalue(server)
    with rig.relay() as relay, Load(rig, first=1) as load:
        for _ in range(2):
            load.wait_for_entries(30)
            getattr(restarted, end)()
            wait_for(lambda: "cannot go on" in relay.said(), "it notices", PATIENCE_S)
            restarted.start()
            wait_for(lambda: "relay goes on" in relay.said(), "it goes on", PATIENCE_S)
            load.wait_for_entries(30)
            relay.prepare()
        load.ended.set()
        load.thread.join()
        rig.drain()
        assert relay.process.poll() is None, "it never ends for what heals"
    rig.check_published()


@pytest.mark.parametrize("times", [1, 2], ids=["waited for", "begun anew"])
def test_a_silent_kafka_heals(rig: Rig, kafka: Kafka, times: int) -> None:
    """It says so after 5 s; after 30 s it closes the producer and takes over anew."""
    with rig.relay() as relay, Load(rig, first=1) as load:
        load.wait_for_entries(30)
        kafka.pause()
        wait_for(lambda: relay.said().count("cannot go on") >= times, "it notices", PATIENCE_S)
        kafka.resume()
        wait_for(lambda: "relay goes on" in relay.said(), "it goes on", PATIENCE_S)
        load.wait_for_entries(30)
        load.ended.set()
        load.thread.join()
        rig.drain()
    rig.check_published()


def test_it_stops_though_kafka_is_silent(rig: Rig, kafka: Kafka) -> None:
    relay = rig.relay()
    relay.start()
    with Load(rig, first=1) as load:
        load.wait_for_entries(30)
        kafka.pause()
        load.wait_for_entries(30)
    try:
        relay.process.send_signal(relay.stop_signal)
        assert relay.end() == 0
    finally:
        kafka.resume()
    assert rig.count() > 0
    with relay:
        rig.drain()
    rig.check_published()


def _published_once(rig: Rig) -> Relay:
    """A relay that has published and deleted entries 1 and 2, each in its transaction."""
    relay = rig.relay()
    with relay:
        for number in (1, 2):
            rig.put(events_of(number, 5))
            rig.drain()
    assert len(rig.markers()) == 2
    return relay


def _refuses(relay: Relay, words: str) -> None:
    relay.launch()
    assert relay.end() == 78
    assert words in relay.said()


def test_a_marker_that_names_a_missing_entry_is_fatal(rig: Rig) -> None:
    relay = _published_once(rig)
    with rig.connect() as connection, connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # past the append-only guard
        cursor.execute("DELETE FROM journal WHERE number = 2")
        cursor.execute("UPDATE relay SET transactions = 1")
    _refuses(relay, "the journal lacks entry 2")


def test_a_marker_that_names_another_entry_is_fatal(rig: Rig) -> None:
    """The number was given again after a restore."""
    relay = _published_once(rig)
    with rig.connect() as connection, connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM journal WHERE number = 2")
        cursor.execute("UPDATE relay SET transactions = 1")
        rig.insert(cursor, events_of(2, 5))
    _refuses(relay, "the journal has other entries")
    assert rig.count() == 5, "nothing was deleted"


def test_a_database_older_than_the_last_marker_is_fatal(rig: Rig) -> None:
    """Restored with rows that were published before the last transaction."""
    relay = _published_once(rig)
    with rig.connect() as connection, connection, connection.cursor() as cursor:
        cursor.execute("UPDATE relay SET transactions = 0")
    _refuses(relay, "PostgreSQL knows of 0 transactions, but 2 were published")


def test_a_marker_behind_aborted_transactions_is_found(rig: Rig) -> None:
    """The last marker stands far before the end of its topic: other records follow."""
    relay = _published_once(rig)
    foreign = [Record(topic=MARKERS, key=b"other", value=b"", headers=[]) for _ in range(300)]
    publish(rig.kafka.bootstrap_servers, foreign, rig.prefix)
    with rig.connect() as connection, connection, connection.cursor() as cursor:
        cursor.execute("UPDATE relay SET transactions = 0")
    _refuses(relay, "PostgreSQL knows of 0 transactions, but 2 were published")


def test_a_missing_topic_is_waited_for(rig: Rig) -> None:
    admin = AdminClient({"bootstrap.servers": rig.kafka.bootstrap_servers})
    name = rig.prefix + OUTPUT_TOPICS[2]
    admin.delete_topics([name])[name].result()
    relay = rig.relay()
    relay.launch()
    wait_for(lambda: f"there is no topic {name}" in relay.said(), "it says so", PATIENCE_S)
    rig.put(events_of(1, 10))
    admin.create_topics([NewTopic(name, 3, 1)])[name].result()
    rig.drain()
    relay.stop()
    rig.check_published()
