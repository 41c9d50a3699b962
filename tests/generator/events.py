"""Events as publishers make them: the data, the envelope, a bank's signature.

Instants are integer milliseconds since 1970 here.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from .keys import Keys
from .records import Header, Record, binary, to_json

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

TOPIC_OF = {
    "enrollment.submitted": "xueshi.enrollment",
    "enrollment.reviewed": "xueshi.enrollment",
    "enrollment.withdrawn": "xueshi.enrollment",
    "enrollment.disqualified": "xueshi.enrollment",
    "enrollment.reinstated": "xueshi.enrollment",
    "enrollment.corrected": "xueshi.enrollment",
    "survey.submitted": "xueshi.enrollment",
    "credit.imported": "xueshi.enrollment",
    "certificate.revocation-ordered": "xueshi.enrollment",
    "payment.settled": "xueshi.payment",
    "payment.refunded": "xueshi.payment",
    "payment.receipted": "xueshi.payment",
    "watch.played": "xueshi.watch-time",
    "live.attended": "xueshi.watch-time",
    "exam.submitted": "xueshi.exam",
    "exam.attempts-granted": "xueshi.exam",
    "clock.ticked": "xueshi.enrollment",
}


def milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


@functools.cache
def _date(days: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(days * 86400))


def utc(ms: int) -> str:
    """RFC 3339 in UTC."""
    days, rest = divmod(ms, DAY)
    seconds, fraction = divmod(rest, SECOND)
    minutes, seconds = divmod(seconds, 60)
    text = f"{_date(days)}T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return f"{text}.{fraction:03}Z" if fraction else f"{text}Z"


def beijing(ms: int) -> str:
    """RFC 3339 with the offset of Asia/Shanghai: what most Chinese systems write."""
    return utc(ms + 8 * HOUR)[:-1] + "+08:00"


@dataclass
class Event:
    """One event before it is sealed into a record. `type` is short: without xueshi. and .v1."""

    type: str
    at: int
    data: dict[str, Any]
    id: str
    source: str = "/platform"
    key: str | None = None  # None: what the contract says
    topic: str | None = None  # None: what the contract says
    arrival: int | None = None  # the Kafka timestamp; None: a moment after `at`
    mode: Any = binary
    signed_by: str | None = None  # a bank; None: the one that the data names
    local_time: bool = False  # written with +08:00
    headers: Mapping[str, bytes | None] = field(default_factory=dict)  # set; None: left out
    raw: bytes | None = None  # sent in the place of the data

    @property
    def full_type(self) -> str:
        return f"xueshi.{self.type}.v1"

    def record(self, keys: Keys) -> Record:
        topic = self.topic or TOPIC_OF[self.type]
        when = beijing(self.at) if self.local_time else utc(self.at)
        body = to_json(self.data).encode() if self.raw is None else self.raw
        headers, value = self.mode(self.id, self.full_type, when, body, self.source)
        if self.type.startswith("payment."):
            headers += self._signature(keys, when, value)
        if self.headers:
            kept = [(name, value) for name, value in headers if name not in self.headers]
            headers = kept + [(n, value) for n, value in self.headers.items() if value is not None]
        return Record(
            topic=topic,
            key=self._key().encode(),
            value=value,
            headers=headers,
            timestamp_ms=self.at + 300 if self.arrival is None else self.arrival,
        )

    def _key(self) -> str:
        if self.key is not None:
            return self.key
        if self.type == "clock.ticked":
            return "tick"
        return self.data["payment_code" if self.type.startswith("payment.") else "trainee_id"]

    def _signature(self, keys: Keys, when: str, value: bytes) -> list[Header]:
        key = keys.banks[self.signed_by or self.data["bank"]]
        signature = key.sign(self.id, self.full_type, when, value)
        return [("signature-key", key.key_id.encode()), ("signature", signature.encode())]

