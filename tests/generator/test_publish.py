"""What is published comes back as it was, where the log says it lies."""

from __future__ import annotations

import random

from confluent_kafka.admin import AdminClient, NewTopic

from generator.publish import publish, read_topic
from generator.records import Record, partition_of

TOPIC, PARTITIONS = "keys", 7


def test_records_come_back_and_keys_decide_the_partition(kafka):
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
    admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])[TOPIC].result()
    rng = random.Random(1)
    # Every length from 1 on, so that each tail of the hash is tried.
    keys = [bytes(rng.randrange(256) for _ in range(n % 30 + 1)) for n in range(300)]
    headers = [("a", b"\xff"), ("a", None), ("b", b"")]
    sent = [
        Record(TOPIC, key, b"%d" % n, headers, 1_687_000_000_000 + n)
        for n, key in enumerate(keys)
    ]
    assert publish(kafka.bootstrap_servers, sent) == len(sent)
    got = {record.value: record for record in read_topic(kafka.bootstrap_servers, TOPIC)}
    assert len(got) == len(sent)
    for record in sent:
        back = got[record.value]
        assert (back.key, back.headers, back.timestamp_ms) == (
            record.key,
            record.headers,
            record.timestamp_ms,
        )
        assert back.partition == partition_of(record.key, PARTITIONS)
    assert len({record.partition for record in got.values()}) == PARTITIONS
