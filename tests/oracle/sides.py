"""The two sides of a comparison: `fold-log` and the oracle on one log, as comparable lines."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import dump
import oracle
from deployments import Deployment
from logfile import Log
from passing import Journal

# What certificate events carry beyond the oracle's concern, and what the contract leaves open.
_LEFT_OUT = {
    "xueshi.certificate.issued.v1": ("credential", "credential_jwt", "status_lists"),
    "xueshi.certificate.revoked.v1": ("status_lists",),
    "xueshi.anomaly.raised.v1": ("detail",),
}


@dataclass(slots=True)
class Folded:
    """The full dump, outcomes and events of a log."""

    full: list[str]
    outcomes: list[str]
    events: list[str]

    def difference(self, other: "Folded") -> tuple[str, str | None, str | None] | None:
        """Where the oracle's (this) and fold-log's first differ: what, and the line of each."""
        for what in ("outcomes", "events", "full"):
            ours, theirs = getattr(self, what), getattr(other, what)
            if ours == theirs:
                continue
            for at in range(max(len(ours), len(theirs))):
                our = ours[at] if at < len(ours) else None
                their = theirs[at] if at < len(theirs) else None
                if our != their and (what != "events" or our != _comparable(their)):
                    return what, our, their
        return None


class Crashed(Exception):
    """fold-log ended with another status than 0; the argument is what it said."""


def _comparable(line: str | None) -> str | None:
    if line is None:
        return None
    event = json.loads(line)
    for name in _LEFT_OUT.get(event["ce_type"], ()):
        event["data"].pop(name, None)
    return dump.line(event)


def by_oracle(deployment: Deployment, log: Log) -> tuple[Folded, Journal]:
    journal = oracle.fold(deployment.config, log)
    return Folded(list(dump.dump(journal, True)), list(dump.outcomes(journal)),
                  list(dump.events(journal))), journal


class FoldLog:
    """The C program, and a directory for its files."""

    def __init__(self, program: str):
        self.program = program
        self.directory = tempfile.TemporaryDirectory(prefix="oracle-")
        here = Path(self.directory.name)
        self.log, self.outcomes, self.events = here / "log", here / "outcomes", here / "events"

    def close(self) -> None:
        self.directory.cleanup()

    def _run(self, deployment: Deployment, lines: list[str], *options: str) -> list[list[str]]:
        """The dumps of many logs, folded in one run; a line that `begins` one is before each."""
        self.log.write_text("\n".join(lines) + "\n", encoding="utf-8")
        run = subprocess.run(
            [self.program, "-c", deployment.path, *options, str(self.log)], capture_output=True,
            encoding="utf-8", check=False)
        if run.returncode != 0:
            raise Crashed(f"status {run.returncode}: {run.stderr.strip()}")
        return _split(run.stdout)

    def nets(self, deployment: Deployment, lines: list[str]) -> list[list[str]]:
        return self._run(deployment, lines)

    def fold(self, deployment: Deployment, lines: list[str]) -> list[Folded]:
        dumps = self._run(deployment, lines, "--full", "--outcomes", str(self.outcomes),
                          "--events", str(self.events))
        outcomes = _split(self.outcomes.read_text(encoding="utf-8"))
        events = _split(self.events.read_text(encoding="utf-8"))
        return [Folded(*parts) for parts in zip(dumps, outcomes, events, strict=True)]


def begins(places: list[int] | None = None) -> str:
    """The line that begins a log: of its own lines, or of those before in another order."""
    return '{"log":0}' if places is None else f'{{"log":0,"again":{places}}}'


def _split(text: str) -> list[list[str]]:
    return [part.split("\n")[1:-1] for part in text.split('{"log":0')[1:]]
