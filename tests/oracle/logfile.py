"""Log files as tests/LOG-FORMAT.md describes them."""

import base64
import json
from collections.abc import Iterable, Iterator

from contract import TOPICS, Record


def _bytes(document: dict, name: str) -> bytes | None:
    if document.get(f"{name}_base64") is not None:
        return base64.b64decode(document[f"{name}_base64"])
    text = document.get(name)
    return None if text is None else text.encode()


def _header_value(value) -> bytes | None:
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    return None if value is None else value.encode()


def record_of(document: dict) -> Record:
    headers = [(name, _header_value(value)) for name, value in document.get("headers", ())]
    return Record(document["topic"], document["partition"], document["offset"],
                  document["timestamp_ms"] * 1000, _bytes(document, "key"), headers,
                  _bytes(document, "value"))


class Log:
    """A log's partition counts and its commits."""

    def __init__(self, lines: Iterable[str]):
        self.partitions = dict.fromkeys(TOPICS, 1)
        self.commits: list[list[Record]] = []
        records, bounded = [], False
        for document in self._documents(lines):
            if document.get("commit"):
                self.commits.append(records)
                records, bounded = [], True
            else:
                records.append(record_of(document))
        self.commits += [records] if bounded else [[record] for record in records]

    def _documents(self, lines: Iterable[str]) -> Iterator[dict]:
        for line in lines:
            if line.strip():
                document = json.loads(line)
                if "partitions" in document:
                    self.partitions = document["partitions"]
                else:
                    yield document
