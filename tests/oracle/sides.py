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
    """The net dump, the full one, outcomes and events of a log."""

    full: list[str]
    outcomes: list[str]
    events: list[str]

    def difference(self, other: "Folded") -> tuple[str, str | None, str | None] | None:
        """Where the two first differ: what, this side's line, the other's."""
        for what in ("outcomes", "events", "full"):
            ours, theirs = getattr(self, what), getattr(other, what)
            for at in range(max(len(ours), len(theirs))):
                pair = [lines[at] if at < len(lines) else None for lines in (ours, theirs)]
                if pair[0] != pair[1]:
                    return what, *pair
        return None


class Crashed(Exception):
    """fold-log ended with another status than 0; the argument is what it said."""


def _comparable(line: str) -> str:
    event = json.loads(line)
    for name in _LEFT_OUT.get(event["ce_type"], ()):
        event["data"].pop(name, None)
    return dump.line(event)


def by_oracle(deployment: Deployment, lines: list[str]) -> tuple[Folded, Journal]:
    journal = oracle.fold(deployment.config, Log(lines))
    return Folded(list(dump.dump(journal, True)), list(dump.outcomes(journal)),
                  list(dump.events(journal))), journal


class FoldLog:
    """The C program, and a directory for its files."""

    def __init__(self, program: str):
        self.program = program
        self.directory = tempfile.TemporaryDirectory(prefix="oracle-")
        self.outcomes = Path(self.directory.name) / "outcomes"
        self.events = Path(self.directory.name) / "events"

    def close(self) -> None:
        self.directory.cleanup()

    def _run(self, deployment: Deployment, lines: list[str], *options: str) -> list[str]:
        run = subprocess.run(
            [self.program, "-c", deployment.path, *options], input="\n".join(lines) + "\n",
            capture_output=True, encoding="utf-8", check=False)
        if run.returncode != 0:
            raise Crashed(f"status {run.returncode}: {run.stderr.strip()}")
        return run.stdout.splitlines()

    def net(self, deployment: Deployment, lines: list[str]) -> list[str]:
        return self._run(deployment, lines)

    def fold(self, deployment: Deployment, lines: list[str]) -> Folded:
        full = self._run(deployment, lines, "--full", "--outcomes", str(self.outcomes),
                         "--events", str(self.events))
        outcomes = self.outcomes.read_text(encoding="utf-8").splitlines()
        events = self.events.read_text(encoding="utf-8").splitlines()
        return Folded(full, outcomes, [_comparable(line) for line in events])
