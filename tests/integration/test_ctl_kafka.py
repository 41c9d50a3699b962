"""xueshictl topics and tick against a broker."""

from __future__ import annotations

import json

from confluent_kafka import OFFSET_BEGINNING, TIMESTAMP_CREATE_TIME, Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic
from tool import Site

INPUTS = ["xueshi.enrollment", "xueshi.payment", "xueshi.watch-time", "xueshi.exam"]
OUTPUTS = [
    "xueshi.payment-request",
    "xueshi.notification",
    "xueshi.progress",
    "xueshi.certificate",
    "xueshi.dead-letter",
]
ALL = [*INPUTS, *OUTPUTS, "xueshi.relay"]


def admin(site: Site) -> AdminClient:
    return AdminClient({"bootstrap.servers": site.bootstrap_servers})


def settings(site: Site, topic: str) -> dict[str, str]:
    resource = ConfigResource(ConfigResource.Type.TOPIC, site.prefix + topic)
    client = admin(site)  # a future fails when its client is gone
    entries = client.describe_configs([resource])[resource].result(30)
    return {name: entry.value for name, entry in entries.items()}


def differences(site: Site, *words: str) -> set[tuple[str, ...]]:
    """(topic, setting, is, must_be); the exit status must fit."""
    done = site.ctl("topics", "check", *words)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert done.returncode == (3 if rows else 0), done
    assert all(row[0].startswith(site.prefix) and row[4] for row in rows)
    return {(row[0].removeprefix(site.prefix), *row[1:4]) for row in rows}


def test_create_makes_all_ten_once(site: Site) -> None:
    assert differences(site) == {(name, "topic", "missing", "there") for name in ALL}
    created = site.ok("topics", "create", "--partitions", "3", "--replication", "1")
    assert created == "".join(f"{site.prefix}{name}\tcreated\n" for name in ALL)
    assert differences(site, "--partitions", "3", "--replication", "1") == set()
    again = site.ok("topics", "create", "--partitions", "3")
    assert again == created.replace("created", "present")

    topics = admin(site).list_topics(timeout=30).topics
    counts = {name: len(topics[site.prefix + name].partitions) for name in ALL}
    assert counts == {name: 1 if name == "xueshi.relay" else 3 for name in ALL}
    for name in INPUTS:
        has = settings(site, name)
        assert has["cleanup.policy"] == "delete"
        assert has["retention.ms"] == "-1"
        assert has["message.timestamp.type"] == "CreateTime"
        assert has["message.timestamp.after.max.ms"] == "9223372036854775807"
    assert settings(site, "xueshi.relay")["cleanup.policy"] == "compact"


def test_log_append_time_is_what_production_has(site: Site) -> None:
    site.configure(timestamps="log-append")
    site.ok("topics", "create", "--partitions", "1")
    assert settings(site, "xueshi.exam")["message.timestamp.type"] == "LogAppendTime"
    assert differences(site) == set()
    site.configure(timestamps="create")
    assert {row[:2] for row in differences(site)} == {
        (name, setting)
        for name in INPUTS
        for setting in ("message.timestamp.type", "message.timestamp.after.max.ms")
    }


def test_check_names_each_difference(site: Site) -> None:
    topics = [
        NewTopic(site.prefix + "xueshi.exam", 2, 1, config={"retention.ms": "1000"}),
        NewTopic(site.prefix + "xueshi.relay", 2, 1, config={"min.insync.replicas": "2"}),
    ]
    client = admin(site)
    for future in client.create_topics(topics).values():
        future.result(30)
    done = site.ctl("topics", "create", "--partitions", "3")
    assert done.returncode == 3
    assert f"{site.prefix}xueshi.exam: partitions is 2, must be 3" in done.stderr
    exam = {
        ("xueshi.exam", "partitions", "2", "3"),
        ("xueshi.exam", "retention.ms", "1000", "-1"),
        ("xueshi.exam", "message.timestamp.after.max.ms", "3600000", "9223372036854775807"),
    }
    relay = {
        ("xueshi.relay", "partitions", "2", "1"),
        ("xueshi.relay", "cleanup.policy", "delete", "compact"),
        ("xueshi.relay", "min.insync.replicas", "2", "1"),
    }
    assert differences(site) == exam | relay
    wanted = differences(site, "--partitions", "2", "--replication", "3")
    assert ("xueshi.payment", "partitions", "3", "2") in wanted
    assert ("xueshi.payment", "replication", "1", "3") in wanted
    assert ("xueshi.payment", "min.insync.replicas", "1", "2") in wanted


def read_all(site: Site, topic: str, partitions: int) -> list:
    consumer = Consumer(
        {
            "bootstrap.servers": site.bootstrap_servers,
            "group.id": "reader",
            "enable.partition.eof": True,
            "enable.auto.commit": False,
        }
    )
    consumer.assign(
        [TopicPartition(site.prefix + topic, i, OFFSET_BEGINNING) for i in range(partitions)]
    )
    messages, ended = [], 0
    while ended < partitions:
        message = consumer.poll(30)
        assert message is not None, "the broker is silent"
        if message.error():
            ended += 1
        else:
            messages.append(message)
    consumer.close()
    return messages


def test_tick_reaches_each_partition_of_each_input(site: Site) -> None:
    site.ok("topics", "create", "--partitions", "2")
    site.ok("tick", "--as-of", "2023-08-15T19:30:00.25+08:00")
    ids = set()
    for topic in INPUTS:
        messages = read_all(site, topic, 2)
        assert sorted(message.partition() for message in messages) == [0, 1]
        for message in messages:
            headers = {name: value.decode() for name, value in message.headers()}
            assert message.key() == b"tick"
            assert json.loads(message.value()) == {"as_of": "2023-08-15T11:30:00.25Z"}
            assert message.timestamp() == (TIMESTAMP_CREATE_TIME, 1692099000250)
            assert headers["ce_type"] == "xueshi.clock.ticked.v1"
            assert headers["ce_time"] == "2023-08-15T11:30:00.25Z"
            assert headers["ce_specversion"] == "1.0"
            assert headers["ce_source"] == "/xueshid"
            assert headers["content-type"] == "application/json"
            ids.add(headers["ce_id"])
    assert len(ids) == 8
    for topic in OUTPUTS:
        assert read_all(site, topic, 2) == []


def test_tick_without_topics_is_4(site: Site) -> None:
    done = site.ctl("tick", "--as-of", "2023-08-15T11:30:00Z")
    assert (done.returncode, done.stdout) == (4, "")
    assert f"there is no topic {site.prefix}xueshi.enrollment" in done.stderr


def test_an_unreachable_broker_is_4(site: Site) -> None:
    site.configure(bootstrap_servers="127.0.0.1:1")
    for words in (("topics", "check"), ("tick", "--as-of", "2023-08-15T11:30:00Z"), ("lag",)):
        done = site.ctl(*words)
        assert (done.returncode, done.stdout) == (4, ""), done
        assert done.stderr.startswith("xueshictl: Kafka does not answer")
