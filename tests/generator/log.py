"""Collects the records of a year and puts them into the order in which Kafka gets them."""

from __future__ import annotations

import random
from collections import Counter

from .catalogue import Catalogue
from .events import DAY, HOUR, SECOND, Event, milliseconds, utc
from .keys import Keys
from .records import INPUT_TOPICS, Record, partition_of

DUPLICATES = 0.1


class Log:
    def __init__(self, keys: Keys, rng: random.Random, partitions: int):
        self.keys = keys
        self.rng = rng
        self.partitions = partitions
        self.refused: list[tuple[Record, str]] = []
        self._arrivals: list[tuple[int, int, Record]] = []

    def add(self, event: Event, repeat: bool = True) -> Record:
        """Takes an event in; one in ten of those that may be repeated comes twice."""
        record = event.record(self.keys)
        self.add_record(record)
        if repeat and self.rng.random() < DUPLICATES:
            again = Record(record.topic, record.key, record.value, record.headers)
            # Most repetitions are retries within seconds, some come days later.
            delay = self.rng.choice((SECOND, 10 * SECOND, HOUR, 3 * DAY))
            again.timestamp_ms = record.timestamp_ms + 50 + self.rng.randrange(delay)
            self.add_record(again)
        return record

    def expect_refusal(self, record: Record, reason: str) -> None:
        """Notes that a record must be rejected for this reason."""
        self.refused.append((record, reason))

    def add_record(self, record: Record) -> None:
        self._arrivals.append((record.timestamp_ms, len(self._arrivals), record))

    def tick_daily(self, catalogue: Catalogue) -> None:
        """A tick a day on every partition, from the first enrollment to after the last closing."""
        first = milliseconds(catalogue.terms[0].registration_from)
        last = milliseconds(max(term.close_at for term in catalogue.terms)) + 2 * DAY
        for as_of in range(first, last, DAY):
            for topic in INPUT_TOPICS:
                for partition in range(self.partitions):
                    event_id = f"tick-{topic}-{partition}-{as_of // DAY}"
                    record = Event(
                        "clock.ticked",
                        as_of,
                        {"as_of": utc(as_of)},
                        event_id,
                        topic=topic,
                        arrival=as_of,
                    ).record(self.keys)
                    record.partition = partition
                    self.add_record(record)

    def records(self) -> list[Record]:
        """All records in the order of their arrival, with partitions and offsets."""
        self._arrivals.sort(key=lambda arrival: arrival[:2])
        offsets: Counter[tuple[str, int]] = Counter()
        ordered = []
        for _, _, record in self._arrivals:
            if record.partition is None:
                record.partition = partition_of(record.key or b"", self.partitions)
            place = (record.topic, record.partition)
            record.offset = offsets[place]
            offsets[place] += 1
            ordered.append(record)
        return ordered
