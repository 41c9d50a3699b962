"""Kafka records: CloudEvents in both modes, lines of a log file, partitions."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, TextIO

INPUT_TOPICS = ("xueshi.enrollment", "xueshi.payment", "xueshi.watch-time", "xueshi.exam")
SOURCE = "/platform"

Header = tuple[str, bytes | None]


@dataclass
class Record:
    topic: str  # the contract's name, without a prefix
    key: bytes | None
    value: bytes | None
    headers: list[Header] = field(default_factory=list)
    timestamp_ms: int = 0
    partition: int | None = None  # None: the key decides
    offset: int | None = None

    def header(self, name: str) -> str | None:
        for header, value in self.headers:
            if header == name and value is not None:
                return value.decode(errors="replace")
        return None


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, no fraction when it is 0, no trailing zeros."""
    moment = moment.astimezone(timezone.utc)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    if moment.microsecond:
        text += f".{moment.microsecond:06}".rstrip("0")
    return text + "Z"


to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def binary(
    event_id: str, event_type: str, time: str, data: bytes, source: str = SOURCE
) -> tuple[list[Header], bytes]:
    """Headers and value of an event in binary mode."""
    headers: list[Header] = [
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_source", source.encode()),
        ("ce_type", event_type.encode()),
        ("ce_time", time.encode()),
        ("content-type", b"application/json"),
    ]
    return headers, data


def structured(
    event_id: str, event_type: str, time: str, data: bytes, source: str = SOURCE
) -> tuple[list[Header], bytes]:
    """Headers and value of the same event in structured mode."""
    envelope = to_json(
        {
            "specversion": "1.0",
            "id": event_id,
            "source": source,
            "type": event_type,
            "time": time,
            "datacontenttype": "application/json",
        }
    ).encode()
    headers: list[Header] = [("content-type", b"application/cloudevents+json; charset=utf-8")]
    return headers, envelope[:-1] + b',"data":' + data + b"}"


@functools.lru_cache(maxsize=1 << 17)
def partition_of(key: bytes, partitions: int) -> int:
    """The Java client's partitioner: murmur2."""
    mask, multiplier = 0xFFFFFFFF, 0x5BD1E995
    h = 0x9747B28C ^ len(key)
    whole = len(key) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(key[i : i + 4], "little") * multiplier & mask
        k = (k ^ k >> 24) * multiplier & mask
        h = (h * multiplier & mask) ^ k
    if len(key) > whole:
        h = (h ^ int.from_bytes(key[whole:], "little")) * multiplier & mask
    h = (h ^ h >> 13) * multiplier & mask
    return ((h ^ h >> 15) & 0x7FFFFFFF) % partitions


def _text_or_base64(name: str, data: bytes | None) -> dict[str, Any]:
    if data is None:
        return {name: None}
    try:
        return {name: data.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(data).decode()}


def _header_value(data: bytes | None) -> Any:
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def write_log(records: Iterable[Record], partitions: int, out: TextIO) -> None:
    """A log as tests/LOG-FORMAT.md describes it."""
    out.write(to_json({"partitions": {topic: partitions for topic in INPUT_TOPICS}}) + "\n")
    for record in records:
        line = {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp_ms": record.timestamp_ms,
            **_text_or_base64("key", record.key),
            "headers": [[name, _header_value(value)] for name, value in record.headers],
            **_text_or_base64("value", record.value),
        }
        out.write(to_json(line) + "\n")
