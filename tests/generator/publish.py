"""Puts records into Kafka, and reads what is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition

from .records import Record

FLUSH_S = 60.0


def publish(
    bootstrap_servers: str,
    records: Iterable[Record],
    topic_prefix: str = "",
    progress: Callable[[int], None] | None = None,
) -> int:
    """Publishes in the order given, keyed as the Java client would; returns how many, all stored."""
    producer = Producer(
        {
            "bootstrap.servers": bootstrap_servers,
            "partitioner": "murmur2_random",
            "enable.idempotence": True,
            "compression.type": "lz4",
            "linger.ms": 20,
            "log_level": 3,
            "queue.buffering.max.messages": 1000000,
        }
    )
    errors: list[KafkaError] = []

    def delivered(error: KafkaError | None, _message: object) -> None:
        if error is not None:
            errors.append(error)

    count = 0
    for count, record in enumerate(records, 1):
        where = {} if record.partition is None else {"partition": record.partition}
        while True:
            try:
                producer.produce(
                    topic_prefix + record.topic,
                    value=record.value,
                    key=record.key,
                    headers=record.headers,
                    timestamp=record.timestamp_ms,
                    on_delivery=delivered,
                    **where,
                )
                break
            except BufferError:
                producer.poll(0.1)
        if count % 1000 == 0:
            producer.poll(0)
            if progress:
                progress(count)
    left = producer.flush(FLUSH_S)
    if errors or left:
        raise KafkaException(errors[0] if errors else KafkaError(KafkaError._MSG_TIMED_OUT))
    return count


def read_topic(bootstrap_servers: str, topic: str, timeout_s: float = 30.0) -> list[Record]:
    """Everything committed in a topic now, each partition in its order."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "xueshi-tests-reader",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "check.crcs": True,
        }
    )
    try:
        metadata = consumer.list_topics(topic, timeout=timeout_s).topics[topic]
        if metadata.error is not None:
            raise KafkaException(metadata.error)
        open_partitions = set(metadata.partitions)
        consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in open_partitions])
        end = time.monotonic() + timeout_s
        records: list[Record] = []
        while open_partitions:
            message = consumer.poll(0.5)
            if time.monotonic() > end:
                raise TimeoutError(f"{topic}: not read to its end within {timeout_s:g} s")
            if message is None:
                continue
            error = message.error()
            if error is None:
                records.append(
                    Record(
                        topic=topic,
                        key=message.key(),
                        value=message.value(),
                        headers=message.headers() or [],
                        timestamp_ms=message.timestamp()[1],
                        partition=message.partition(),
                        offset=message.offset(),
                    )
                )
            elif error.code() == KafkaError._PARTITION_EOF:
                open_partitions.discard(message.partition())
            else:
                raise KafkaException(error)
        records.sort(key=lambda record: (record.partition, record.offset))
        return records
    finally:
        consumer.close()
