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
    """A log's partition counts, its records, and its commits."""

    def __init__(self, lines: Iterable[str] = ()):
        self.partitions = dict.fromkeys(TOPICS, 1)
        self.records: list[Record] = []
        places = []
        for line in lines:
            document = json.loads(line)
            if "partitions" in document:
                self.partitions = document["partitions"]
            elif "commit" in document:
                places.append(-1)
            else:
                places.append(len(self.records))
                self.records.append(record_of(document))
        self.commits = self._commits(places)

    def _commits(self, places: list[int]) -> list[list[Record]]:
        """The records at `places`, where a negative one is a boundary."""
        if all(place >= 0 for place in places):
            return [[self.records[place]] for place in places]
        commits: list[list[Record]] = [[]]
        for place in places:
            if place < 0:
                commits.append([])
            else:
                commits[-1].append(self.records[place])
        return commits

    def again(self, places: list[int]) -> "Log":
        """The same records in another order."""
        other = Log()
        other.partitions, other.records = self.partitions, self.records
        other.commits = self._commits(places)
        return other


def read_all(lines: Iterable[str]) -> Iterator[tuple[str | None, Log]]:
    """The logs of a file, each with the line that begins it (None: there is none)."""
    name, found, log = None, [], None
    for line in lines:
        if not line.startswith('{"log":'):
            found.append(line)
            continue
        if name is not None and log is None:
            log = Log(found)
            yield name, log
        name, found = line.rstrip("\n"), []
        places = json.loads(line).get("again")
        if places is None:
            log = None
        else:
            yield name, log.again(places)
    if name is None or log is None:
        yield name, Log(found)
