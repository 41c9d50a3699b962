"""Puts records into Kafka, and reads what is there."""

from __future__ import annotations

import time
from collections.abc import Iterable

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)

from .records import Record

FLUSH_S = 60.0


class Publisher:
    """Publishes in the order given, keyed as the Java client would."""

    def __init__(self, bootstrap_servers: str, topic_prefix: str = ""):
        self.prefix = topic_prefix
        self.errors: list[KafkaError] = []
        self.producer = Producer(
            {
                "bootstrap.servers": bootstrap_servers,
                "partitioner": "murmur2_random",
                "enable.idempotence": True,
                "compression.type": "lz4",
                "linger.ms": 20,
                "log_level": 2,  # what fails is raised, not logged
                "queue.buffering.max.messages": 1000000,
            }
        )

    def send(self, records: Iterable[Record]) -> int:
        """Hands the records over; returns how many. They are stored once `flush` has returned."""
        count = 0
        for count, record in enumerate(records, 1):
            where = {} if record.partition is None else {"partition": record.partition}
            while True:
                try:
                    self.producer.produce(
                        self.prefix + record.topic,
                        value=record.value,
                        key=record.key,
                        headers=record.headers,
                        timestamp=record.timestamp_ms,
                        on_delivery=self._delivered,
                        **where,
                    )
                    break
                except BufferError:
                    self.producer.poll(0.1)
            if count % 1000 == 0:
                self.producer.poll(0)
        return count

    def flush(self) -> None:
        """Until all is stored; KafkaException if anything was not."""
        left = self.producer.flush(FLUSH_S)
        if self.errors or left:
            raise KafkaException(
                self.errors[0] if self.errors else KafkaError(KafkaError._MSG_TIMED_OUT)
            )

    def _delivered(self, error: KafkaError | None, _message: object) -> None:
        if error is not None:
            self.errors.append(error)


def publish(bootstrap_servers: str, records: Iterable[Record], topic_prefix: str = "") -> int:
    """Publishes and waits until all is stored; returns how many records."""
    publisher = Publisher(bootstrap_servers, topic_prefix)
    count = publisher.send(records)
    publisher.flush()
    return count


def read_topic(bootstrap_servers: str, topic: str, timeout_s: float = 30.0) -> list[Record]:
    """Everything committed in a topic now, each partition in its order.

    A transaction is committed before all partitions say so: what is before the end of the log and
    cannot be read yet is waited for; TimeoutError if a transaction stays open."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "xueshi-tests-reader",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 10,
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
                where = TopicPartition(topic, message.partition())
                if message.offset() >= consumer.get_watermark_offsets(where, cached=True)[1]:
                    open_partitions.discard(message.partition())
            else:
                raise KafkaException(error)
        records.sort(key=lambda record: (record.partition, record.offset))
        return records
    finally:
        consumer.close()
