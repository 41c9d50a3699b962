"""What the outside is told: /livez, /readyz, /metrics, and the service manager's notices, of a real
daemon on real servers."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator

import psycopg2
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from generator.year import generate
from servers.process import free_port

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
OUTCOMES = ("applied", "duplicate", "held", "rejected")
TOPICS = ("xueshi.enrollment", "xueshi.payment", "xueshi.watch-time", "xueshi.exam")


def request(port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
    """(status, headers, body) of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


def is_ready(port: int) -> bool:
    try:
        return request(port, "/readyz")[0] == 200
    except OSError:
        return False


def scraped(port: int, accept: str = OPENMETRICS) -> dict[tuple[str, frozenset], float]:
    """Every sample by its name and labels."""
    status, headers, text = request(port, "/metrics", Accept=accept)
    assert status == 200 and headers["Content-Type"] == accept
    families = (parse_openmetrics if accept == OPENMETRICS else parse_text)(text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def sums(samples, name: str, label: str) -> Counter:
    """A metric's samples, added up by one of its labels; zeros are left out."""
    out: Counter = Counter()
    for (sample, labels), value in samples.items():
        if sample == name and value:
            out[dict(labels)[label]] += value
    return out


def by_partition(samples, name: str) -> dict[tuple[str, int], float]:
    return {
        (dict(labels)["topic"], int(dict(labels)["partition"])): value
        for (sample, labels), value in samples.items()
        if sample == name
    }


def value(samples, name: str) -> float | None:
    return samples.get((name, frozenset()))


class Watched:
    """An installation with a daemon that listens, and a year for it."""

    def __init__(self, make_installation, trainees: int, seed: str, **settings):
        self.port = free_port()
        self.installation = make_installation(
            settings={
                "kafka": {
                    "timestamps": "create",
                    "properties": ["session.timeout.ms=6000", "heartbeat.interval.ms=1000"],
                },
                "workers": 2,
                "batch": {"records": 100, "wait_ms": 5},
                **settings,
            }
        )
        self.year = generate(
            self.installation.catalogue,
            seed,
            trainees,
            self.installation.partitions,
            600,
            keys=self.installation.keys,
        )

    def settings(self, port: int | None = None) -> dict:
        return {"http": {"listen": f"127.0.0.1:{port or self.port}"}}

    def start(self) -> None:
        self.installation.start("a", self.settings())
        self.wait_ready()

    def wait_ready(self, port: int | None = None) -> None:
        self.installation.wait_for(lambda: is_ready(port or self.port), "ready", 60)

    def wait_not_ready(self, words: str) -> None:
        def says() -> bool:
            status, _, text = request(self.port, "/readyz")
            return status == 503 and words in text

        self.installation.wait_for(says, f"not ready: {words}", 60)


@pytest.fixture(scope="module")
def finished(make_installation) -> Iterator[Watched]:
    """A daemon that has folded a year, and its figures are those of its end."""
    watched = Watched(make_installation, 30, "observe")
    watched.installation.publish(watched.year.log.records())
    watched.start()
    watched.installation.wait_idle(120)
    folded = len(watched.year.log.records())
    watched.installation.wait_for(
        lambda: sum(by_partition(scraped(watched.port), "xueshi_partition_next_offset").values())
        == folded
        and value(scraped(watched.port), "xueshi_outbox_events") == 0,
        "figures of the end",
    )
    yield watched


def test_counters_are_the_position_tables_sums(finished):
    samples = scraped(finished.port)
    columns = ", ".join(f"sum({outcome})::bigint" for outcome in OUTCOMES)
    row = finished.installation.query(f"SELECT {columns} FROM xueshi.position")[0]
    assert sums(samples, "xueshi_events_total", "outcome") == Counter(
        {outcome: count for outcome, count in zip(OUTCOMES, row) if count}
    )
    assert sum(1 for count in row if count) >= 3


def test_rejections_are_the_dead_letters(finished):
    letters = finished.installation.query(
        "SELECT reason, count(*) FROM xueshi.dead_letter GROUP BY reason"
    )
    assert len(letters) > 3
    found = sums(scraped(finished.port), "xueshi_rejections_total", "reason")
    assert found == Counter(dict(letters))


def test_positions_lag_and_owners(finished):
    samples = scraped(finished.port)
    rows = finished.installation.query("SELECT topic, partition, next_offset FROM xueshi.position")
    positions = {(TOPICS[topic], partition): next_ for topic, partition, next_ in rows}
    assert by_partition(samples, "xueshi_partition_next_offset") == positions
    assert by_partition(samples, "xueshi_partition_lag_records") == dict.fromkeys(positions, 0)
    assert by_partition(samples, "xueshi_partition_owned") == dict.fromkeys(positions, 1)
    assert by_partition(samples, "xueshi_partition_stalled_seconds") == dict.fromkeys(positions, 0)


def test_figures_of_the_database(finished):
    query = finished.installation.query

    def agree() -> bool:
        samples = scraped(finished.port)
        certificates = query("SELECT count(*) FROM xueshi.certificate WHERE stands")[0][0]
        held = query("SELECT count(*) FROM xueshi.held")[0][0]
        owed = query(
            "SELECT coalesce(sum(amount_fen), 0)::bigint - coalesce((SELECT sum(r.amount_fen)"
            " FROM xueshi.refund r JOIN xueshi.payment USING (payment_code, bank, bank_txn_id)"
            " WHERE owed <> 0), 0)::bigint FROM xueshi.payment WHERE owed <> 0"
        )[0][0]
        assert certificates and owed
        return (
            value(samples, "xueshi_certificates") == certificates
            and value(samples, "xueshi_held_records") == held
            and sum(sums(samples, "xueshi_owed_back_fen", "reason").values()) == owed
        )

    finished.installation.wait_for(agree, "the figures agree", 60)


def test_histograms_count_every_record(finished):
    samples = scraped(finished.port)
    total = len(finished.year.log.records())
    batches = value(samples, "xueshi_batch_records_count")
    assert value(samples, "xueshi_event_age_seconds_count") == total
    assert value(samples, "xueshi_batch_records_sum") == total
    for stage in ("load", "fold", "commit"):
        labels = frozenset({"stage": stage}.items())
        assert samples["xueshi_batch_stage_duration_seconds_count", labels] >= batches
        assert samples["xueshi_batch_stage_duration_seconds_sum", labels] > 0


def test_relay_and_process(finished):
    samples = scraped(finished.port)
    events, letters = finished.installation.query(
        "SELECT (SELECT sum(events) FROM xueshi.journal)::bigint,"
        " (SELECT count(*) FROM xueshi.dead_letter)"
    )[0]
    assert value(samples, "xueshi_relay_events_total") == events + letters
    assert value(samples, "xueshi_relay_leads") == 1
    assert value(samples, "xueshi_ready") == 1
    assert value(samples, "xueshi_outbox_age_seconds") == 0
    assert value(samples, "process_resident_memory_bytes") > 1 << 20
    assert 10 < value(samples, "process_open_fds") < value(samples, "process_max_fds")
    assert value(samples, "process_cpu_seconds_total") > 0


def test_both_formats_say_the_same(finished):
    moving = {"process", "xueshi_rebalances_total"}

    def steady(samples):
        return {key: v for key, v in samples.items() if key[0].split("_")[0] not in moving}

    assert steady(scraped(finished.port, TEXT)) == steady(scraped(finished.port, OPENMETRICS))


def test_promtool_finds_nothing_to_say(finished):
    _, _, text = request(finished.port, "/metrics")
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_nobody_is_named(finished):
    _, _, text = request(finished.port, "/metrics")
    people = finished.installation.query("SELECT trainee_id, payment_code FROM xueshi.enrollment")
    assert people and not any(word in text for row in people for word in row)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/", "GET", 404),
        ("/metrics/", "GET", 404),
        ("//metrics", "GET", 404),
        ("/livez", "GET", 200),
        ("/metrics?x=1", "GET", 200),
        ("/readyz", "HEAD", 200),
        ("/metrics", "POST", 405),
        ("/nowhere", "DELETE", 405),
    ],
)
def test_requests(finished, path, method, status):
    found, headers, body = request(finished.port, path, method)
    assert found == status
    assert bool(body) == (method != "HEAD")
    assert headers["Cache-Control"] == "no-store"
    assert headers.get("Allow") == ("GET, HEAD" if status == 405 else None)


def test_sizes_are_bounded(finished):
    assert request(finished.port, "/metrics", body=b"x" * 100)[0] == 413
    assert request(finished.port, "/metrics", Cookie="x" * 40000)[0] == 431
    assert request(finished.port, "/" + "x" * 40000)[0] == 414


def test_garbage_is_survived(finished):
    for garbage in (b"\x16\x03\x01\x02\x00", b"\0" * 100 + b"\r\n\r\n", b"GET\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", finished.port), timeout=10) as client:
            client.sendall(garbage)
            client.shutdown(socket.SHUT_WR)
            while client.recv(4096):
                pass
    assert request(finished.port, "/livez")[2] == "alive\n"


@contextlib.contextmanager
def held_up(installation) -> Iterator[None]:
    """No batch can be committed meanwhile: somebody has locked a table that each one needs."""
    conninfo = installation.pg.conninfo_for("postgres", installation.database)
    with contextlib.closing(psycopg2.connect(conninfo)) as holder, holder.cursor() as cursor:
        cursor.execute("LOCK TABLE xueshi.identity IN ACCESS EXCLUSIVE MODE")
        yield


def test_lag_grows_falls_and_is_never_negative(make_installation):
    watched = Watched(make_installation, 60, "lag", workers=1, batch={"records": 20, "wait_ms": 5})
    total = len(watched.year.log.records())
    watched.start()

    def lag() -> float:
        lags = by_partition(scraped(watched.port), "xueshi_partition_lag_records").values()
        assert all(lag >= 0 for lag in lags)
        return sum(lags)

    def done() -> bool:
        positions = by_partition(scraped(watched.port), "xueshi_partition_next_offset")
        return lag() == 0 and sum(positions.values()) == total

    with held_up(watched.installation):
        watched.installation.publish(watched.year.log.records())
        watched.installation.wait_for(lambda: lag() > total / 2, "much of it waits")
    watched.installation.wait_for(done, "the lag is gone", 120)
    watched.installation.stop()


def test_readiness_follows_postgresql(make_installation, pg):
    watched = Watched(make_installation, 10, "away")
    watched.start()
    pg.stop()
    try:
        watched.wait_not_ready("PostgreSQL is away")
        assert request(watched.port, "/livez")[0] == 200
        watched.installation.publish(watched.year.log.records())
        watched.installation.wait_for(
            lambda: value(scraped(watched.port), "xueshi_outbox_events") is None
            and sum(by_partition(scraped(watched.port), "xueshi_partition_lag_records").values())
            == len(watched.year.log.records()),
            "what is not known is absent, what is known is not",
            90,
        )
        retries = sums(scraped(watched.port), "xueshi_postgresql_retries_total", "class")
        assert retries["connection"] > 0
    finally:
        pg.start()
    watched.wait_ready()
    watched.installation.wait_idle(120)
    watched.installation.stop()


def test_readiness_follows_kafka(make_installation, kafka):
    watched = Watched(make_installation, 2, "broker")
    watched.start()
    kafka.stop()
    try:
        watched.wait_not_ready("Kafka")
    finally:
        kafka.start()
    watched.wait_ready()
    watched.installation.stop()


def test_a_daemon_that_waits_at_its_start_lives_and_says_for_what(make_installation, pg):
    watched = Watched(make_installation, 2, "late")
    daemon = watched.installation.daemon("a", watched.settings())
    pg.stop()
    try:
        daemon.launch()
        watched.installation.wait_for(lambda: _answers(watched.port), "listening")
        watched.wait_not_ready("PostgreSQL is away")
        assert request(watched.port, "/livez")[0] == 200
    finally:
        pg.start()
    watched.wait_ready()
    watched.installation.stop()


def _answers(port: int) -> bool:
    try:
        return request(port, "/livez")[0] in (200, 503)
    except OSError:
        return False


def test_a_stalled_partition_is_not_ready(make_installation):
    """Everything answers, and still nothing is committed."""
    watched = Watched(make_installation, 10, "stall", workers=1)
    watched.start()
    with held_up(watched.installation):
        watched.installation.publish(watched.year.log.records())
        watched.wait_not_ready("with records behind it: PostgreSQL answers 55P03")
        stalled = by_partition(scraped(watched.port), "xueshi_partition_stalled_seconds")
        assert max(stalled.values()) > 30
    watched.wait_ready()
    watched.installation.stop()


def test_a_standby_is_ready(make_installation):
    """More workers than partitions: the second instance gets none."""
    watched = Watched(make_installation, 2, "standby", workers=4)
    watched.start()
    port = free_port()
    second = watched.installation.daemon("b", {"workers": 1, **watched.settings(port)})
    second.launch()
    watched.wait_ready(port)
    assert not any(by_partition(scraped(port), "xueshi_partition_owned").values())
    assert by_partition(scraped(port), "xueshi_partition_lag_records")
    assert value(scraped(port), "xueshi_relay_leads") == 0
    watched.installation.stop("b")
    watched.installation.stop()


def test_a_taken_address_stops_nothing(make_installation):
    watched = Watched(make_installation, 5, "taken")
    with socket.create_server(("127.0.0.1", watched.port)):
        watched.installation.start("a", watched.settings())
        watched.installation.publish(watched.year.log.records())
        watched.installation.wait_idle(120)
        assert "cannot listen on 127.0.0.1" in watched.installation.daemons["a"].log_tail()
    watched.wait_ready()
    watched.installation.stop()


class Manager:
    """Stands for the service manager: a datagram socket that remembers what it was told."""

    def __init__(self, path: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(path)
        self.told: list[str] = []

    def has_heard(self, *lines: str) -> bool:
        with contextlib.suppress(BlockingIOError):
            while True:
                self.told += self.socket.recv(4096).decode().splitlines()
        return all(any(told.startswith(line) for told in self.told) for line in lines)

    def forget(self) -> None:
        self.has_heard()
        self.told.clear()


def test_the_service_manager_is_told(make_installation, pg):
    watched = Watched(make_installation, 2, "manager")
    installation = watched.installation
    manager = Manager(str(installation.directory / "notify"))
    daemon = installation.daemon("a", watched.settings())
    daemon.environment["NOTIFY_SOCKET"] = str(installation.directory / "notify")

    def hears(*lines: str) -> None:
        installation.wait_for(lambda: manager.has_heard(*lines), f"the manager hears {lines}")

    pg.stop()
    try:
        daemon.launch()
        hears("EXTEND_TIMEOUT_USEC=", "STATUS=PostgreSQL is away")
        assert not manager.has_heard("READY=1")
    finally:
        pg.start()
    hears("READY=1", "STATUS=at work on 16 partitions", "WATCHDOG=1")
    manager.forget()
    pg.stop()
    try:
        hears("STATUS=PostgreSQL is away")
        manager.forget()
        hears("WATCHDOG=1")  # a restart would not help
    finally:
        pg.start()
    watched.wait_ready()
    manager.forget()
    installation.stop()
    assert manager.has_heard("STOPPING=1", "STATUS=finishing", "EXTEND_TIMEOUT_USEC=")


def test_a_hang_up_changes_nothing(make_installation):
    watched = Watched(make_installation, 2, "hangup")
    watched.start()
    daemon = watched.installation.daemons["a"]
    daemon.configuration.write_text("nonsense = ", encoding="utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    watched.installation.wait_for(lambda: "nothing was reloaded" in daemon.log_tail(), "a line")
    assert is_ready(watched.port)
    watched.installation.stop()
