#!/usr/bin/env python3
"""Folds seeded small histories with `fold-log` and with the oracle, and compares the two.

Of each history: dump --full, outcomes and events line by line for the order in which it was made and
for one other interleaving; the net dump for more interleavings with commit boundaries anywhere. The
first difference is shrunk to a small log, which is printed with both sides. Logs under regressions/
come first. Figures go to build/oracle/results.json. Exit: 0 ok, 1 failed, 3 differences found.
"""

import argparse
import collections
import json
import multiprocessing
import queue
import random
import sys
import tempfile
import time
from pathlib import Path

import coverage
import deployments
import histories
from deployments import Deployment
from sides import Crashed, FoldLog, by_oracle

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


class Difference(Exception):
    """Arguments: variant, the log's lines, and what is wrong with it."""


def differs(program: FoldLog, deployment: Deployment, lines: list[str]) -> str | None:
    """How the two sides first differ on a log."""
    ours, _ = by_oracle(deployment, lines)
    try:
        found = ours.difference(program.fold(deployment, lines))
    except Crashed as crash:
        return f"fold-log: {crash}"
    if found is None:
        return None
    what, oracle_line, c_line = found
    return f"{what}\n  oracle:   {oracle_line}\n  fold-log: {c_line}"


def shrink(program: FoldLog, deployment: Deployment, lines: list[str]) -> list[str]:
    """Leaves out as many lines (not the first) as still leave a difference."""
    header, body = lines[0], lines[1:]
    size = max(1, len(body) // 2)
    while size:
        at = 0
        while at < len(body):
            fewer = body[:at] + body[at + size:]
            if differs(program, deployment, [header, *fewer]):
                body = fewer
            else:
                at += size
        size //= 2
    return [header, *body]


# --- One history ---------------------------------------------------------------------------

class Comparison:
    """What one worker has compared."""

    def __init__(self, program: FoldLog, interleavings: int):
        self.program, self.interleavings = program, interleavings
        self.figures = collections.Counter()
        self.occurred = collections.Counter()

    def check(self, deployment: Deployment, lines: list[str]):
        """Compares a log in full and returns the oracle's folding of it."""
        self.figures["full comparisons"] += 1
        self.figures["records folded"] += len(lines) - 1
        ours, journal = by_oracle(deployment, lines)
        try:
            found = ours.difference(self.program.fold(deployment, lines))
        except Crashed as crash:
            raise Difference(deployment.variant, lines, f"fold-log: {crash}") from crash
        if found is not None:
            raise Difference(deployment.variant, lines, found[0])
        return ours, journal

    def history(self, deployment: Deployment, seed: int) -> None:
        history = histories.make(deployment, seed)
        rng = random.Random(seed)
        self.figures["histories"] += 1
        self.figures["records"] += len(history.by_time)
        ours, journal = self.check(deployment, [history.header(), *history.by_time])
        coverage.count(self.occurred, journal)
        net = net_of(ours.full)
        for number in range(self.interleavings):
            lines = [history.header(), *history.interleaved(rng)]
            self.figures["interleavings"] += 1
            if number == 0 or journal.world.raced:
                self.check_interleaving(deployment, lines, net, journal)
                continue
            self.figures["records folded"] += len(lines) - 1
            if self.net(deployment, lines) != net:
                self.check_interleaving(deployment, lines, net, journal)

    def net(self, deployment: Deployment, lines: list[str]) -> list[str] | None:
        try:
            return self.program.net(deployment, lines)
        except Crashed:
            return None

    def check_interleaving(self, deployment: Deployment, lines: list[str], net: list[str],
                           base) -> None:
        """In full; and its net state must be the history's, unless who came first decides."""
        ours, journal = self.check(deployment, lines)
        if net_of(ours.full) == net:
            return
        if not (base.world.raced or journal.world.raced):
            raise Difference(deployment.variant, lines, "net state depends on the interleaving")
        self.figures["interleavings decided by who came first"] += 1


def net_of(full: list[str]) -> list[str]:
    """The net dump within a full one."""
    kept = []
    for line in full:
        document = json.loads(line)
        if document["kind"] == "outbox":
            continue
        versions = document.pop("versions", None)
        document.pop("revision", None)
        if versions and document["digest"] is None and not document["ordered"]:
            continue
        kept.append(json.dumps(document, sort_keys=True, separators=(",", ":"),
                               ensure_ascii=False))
    return kept


# --- Runs ----------------------------------------------------------------------------------

def regressions(program: FoldLog, deployed: dict[str, Deployment]) -> int:
    """Every log that once made a difference; named VARIANT-WHAT.jsonl."""
    paths = sorted((HERE / "regressions").glob("*.jsonl"))
    for path in paths:
        variant = path.name.split("-")[0]
        lines = path.read_text(encoding="utf-8").splitlines()
        found = differs(program, deployed[variant], lines)
        if found is not None:
            raise Difference(variant, lines, f"{path.name}: {found}")
    return len(paths)


def work(arguments: argparse.Namespace, directory: str, number: int, results) -> None:
    program = FoldLog(arguments.program)
    deployed = {v: deployments.deploy(v, Path(directory) / v) for v in deployments.VARIANTS}
    comparison = Comparison(program, arguments.interleavings)
    found, seed = None, arguments.seed + number
    deadline = time.monotonic() + arguments.seconds
    try:
        while time.monotonic() < deadline:
            for deployment in deployed.values():
                comparison.history(deployment, seed)
            seed += arguments.jobs
    except Difference as difference:
        found = (*difference.args, seed)
    finally:
        program.close()
    results.put((comparison.figures, comparison.occurred, found))


def report(program: FoldLog, deployed: dict[str, Deployment], found: tuple) -> None:
    variant, lines, what, *seed = found
    print(f"difference, variant {variant}, seed {seed[0] if seed else '-'}: {what}")
    small = shrink(program, deployed[variant], lines)
    print(differs(program, deployed[variant], small) or "(no difference on one log)")
    print("\n".join(small))


def write_results(path: Path, figures, occurred, differences: int, seconds: float) -> dict:
    results = dict(figures) | {
        "differences": differences, "seconds": round(seconds, 1),
        "histories per hour": round(figures["histories"] * 3600 / seconds),
        "never occurred": coverage.missing(occurred), "occurred": dict(sorted(occurred.items()))}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return results


def run(arguments: argparse.Namespace, directory: str) -> list[tuple]:
    """Worker processes until the time is over; what each found."""
    results = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(
            target=work, args=(arguments, f"{directory}/{number}", number, results))
        for number in range(arguments.jobs)]
    for worker in workers:
        worker.start()
    found = []
    while len(found) < len(workers):
        try:
            found.append(results.get(timeout=1))
        except queue.Empty:
            if any(worker.exitcode for worker in workers):
                raise SystemExit("compare.py: a worker died") from None
    for worker in workers:
        worker.join()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--interleavings", type=int, default=20)
    parser.add_argument("--program", default=str(ROOT / "build" / "release" / "fold-log"))
    parser.add_argument("--results", default=str(ROOT / "build" / "oracle" / "results.json"))
    arguments = parser.parse_args()
    program, began = FoldLog(arguments.program), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="oracle-") as directory:
        deployed = {v: deployments.deploy(v, Path(directory) / v) for v in deployments.VARIANTS}
        figures, occurred, differences = collections.Counter(), collections.Counter(), []
        try:
            figures["regressions"] = regressions(program, deployed)
            for counted, seen, found in run(arguments, directory):
                figures += counted
                occurred += seen
                differences += [found] if found else []
        except Difference as difference:
            differences.append(difference.args)
        seconds = time.monotonic() - began
        results = write_results(
            Path(arguments.results), figures, occurred, len(differences), seconds)
        for found in differences[:1]:
            report(program, deployed, found)
    program.close()
    print(" ".join(f"{key.replace(' ', '_')}={value}" for key, value in results.items()
                   if not isinstance(value, (dict, list))))
    if differences:
        return 3
    if results["never occurred"] and figures["histories"] > 10_000:
        print("never occurred:", *results["never occurred"])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
