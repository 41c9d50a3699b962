#!/usr/bin/env python3
"""Folds seeded small histories with `fold-log` and with the oracle, and compares the two.

Of each history: dump --full, outcomes and events line by line for the order in which it was made and
for one other interleaving; the net dump for more interleavings with commit boundaries anywhere. The
first difference is shrunk to a small log, which is printed with both sides. Logs under regressions/
come first. Figures go to build/oracle/results.json. Exit: 0 ok, 1 failed, 3 differences found.
"""

import argparse
import collections
import itertools
import json
import multiprocessing
import queue
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import coverage
import deployments
import dump
import histories
from deployments import Deployment
from histories import History
from logfile import Log
from passing import Journal
from sides import Crashed, Folded, FoldLog, begins, by_oracle

BATCH = 25  # histories of a variant that are folded in one run
HERE = Path(__file__).parent
ROOT = HERE.parent.parent


class Difference(Exception):
    """Arguments: variant, the log's lines, and what is wrong with it."""


def differs(program: FoldLog, deployment: Deployment, lines: list[str]) -> str | None:
    """How the two sides first differ on a log."""
    ours, _ = by_oracle(deployment, Log(lines))
    try:
        found = ours.difference(program.fold(deployment, [begins(), *lines])[0])
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


# --- Many histories ------------------------------------------------------------------------

@dataclass(slots=True)
class Case:
    """A history with interleavings of it; the first of these is compared in full."""

    seed: int
    history: History
    orders: list[list[int]]

    def lines(self, orders: list[list[int]]) -> list[str]:
        """As made, then in other orders, for one run of fold-log."""
        return [begins(), *self.history.log(), *map(begins, orders)]


class Comparison:
    """What one worker has compared."""

    def __init__(self, program: FoldLog, interleavings: int):
        self.program, self.interleavings = program, interleavings
        self.figures = collections.Counter()
        self.occurred = collections.Counter()

    def case(self, deployment: Deployment, seed: int) -> Case:
        history, rng = histories.make(deployment, seed), random.Random(seed)
        orders = [history.interleaving(rng) for _ in range(self.interleavings)]
        return Case(seed, history, orders)

    def check_all(self, deployment: Deployment, seeds: range) -> None:
        """Compares the histories of some seeds, in as few runs of fold-log as may be."""
        cases = [self.case(deployment, seed) for seed in seeds]
        in_full = [line for case in cases for line in case.lines(case.orders[:1])]
        for_net = [line for case in cases for line in case.lines(case.orders[1:])]
        try:
            folded = iter(self.program.fold(deployment, in_full))
            nets = iter(self.program.nets(deployment, for_net))
        except Crashed as crash:
            self.find_crash(deployment, cases)
            raise Difference(deployment.variant, [], f"fold-log: {crash}") from crash
        for case in cases:
            full = list(itertools.islice(folded, len(case.orders[:1]) + 1))
            self.check(deployment, case, full,
                       list(itertools.islice(nets, len(case.orders[1:]) + 1)))

    def find_crash(self, deployment: Deployment, cases: list[Case]) -> None:
        for case in cases:
            for order in (None, *case.orders):
                self.check_log(deployment, case, order)

    def check_log(self, deployment: Deployment, case: Case, order: list[int] | None) -> None:
        lines = case.history.log(order)
        found = differs(self.program, deployment, lines)
        if found is not None:
            raise Difference(deployment.variant, lines, f"seed {case.seed}: {found}")

    def check(self, deployment: Deployment, case: Case, full: list[Folded],
              nets: list[list[str]]) -> None:
        records = len(case.history.lines)
        self.figures.update({
            "histories": 1, "records": records, "interleavings": len(case.orders),
            "full comparisons": len(full), "records folded": records * (1 + len(case.orders))})
        log = Log(case.history.log())
        ours, base = by_oracle(deployment, log)
        if ours.difference(full[0]) is not None:
            self.check_log(deployment, case, None)
        coverage.count(self.occurred, base)
        net = list(dump.dump(base, False))
        for order, theirs in zip(case.orders[:1], full[1:]):
            ours, other = by_oracle(deployment, log.again(order))
            if ours.difference(theirs) is not None:
                self.check_log(deployment, case, order)
            self.same_net(deployment, case, order, base, other)
        for order, theirs in zip(case.orders[1:], nets[1:]):
            if theirs != net:
                self.check_log(deployment, case, order)
                _, other = by_oracle(deployment, log.again(order))
                self.same_net(deployment, case, order, base, other)

    def same_net(self, deployment: Deployment, case: Case, order: list[int], base: Journal,
                 other: Journal) -> None:
        """Net state and last words are the history's, unless who came first decides (section 1)."""
        if base.world.raced or other.world.raced:
            self.figures["interleavings decided by who came first"] += 1
            return
        same = list(dump.dump(base, False)) == list(dump.dump(other, False))
        if not same or last_words(base) != last_words(other):
            raise Difference(deployment.variant, case.history.log(order),
                             f"seed {case.seed}: the net state or the last words depend on the "
                             "interleaving")


def last_words(journal: Journal) -> dict:
    """What was said last of each row whose last word no interleaving may change."""
    words: dict[tuple, object] = {}
    for trainee_id, story in journal.world.stories.items():
        for enrollment_id, said in story.enrollments.items():
            row = (trainee_id, enrollment_id)
            words[row] = said.changed
            if not journal.world.views[trainee_id][enrollment_id].ended:
                words.update({(*row, *name): data for name, (_, data) in said.graded.items()})
        words.update({(trainee_id, year): data for year, (_, data) in story.years.items()})
        words.update({
            (trainee_id, "certificate", index):
            (c.enrollment.id, c.name, c.issued_at, c.hours, c.digest)
            for index, c in story.standing.items()})
    return words


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


def work(arguments: argparse.Namespace, directory: str, number: int, results, stop) -> None:
    program = FoldLog(arguments.program)
    deployed = {v: deployments.deploy(v, Path(directory) / v) for v in deployments.VARIANTS}
    comparison = Comparison(program, arguments.interleavings)
    found, seed = None, arguments.seed + number * BATCH
    deadline = time.monotonic() + arguments.seconds
    try:
        while time.monotonic() < deadline and not stop.is_set():
            for deployment in deployed.values():
                comparison.check_all(deployment, range(seed, seed + BATCH))
            seed += arguments.jobs * BATCH
    except Difference as difference:
        found = difference.args
        stop.set()
    finally:
        program.close()
    results.put((comparison.figures, comparison.occurred, found))


def report(program: FoldLog, deployed: dict[str, Deployment], found: tuple, small: bool) -> None:
    variant, lines, what = found
    print(f"difference, variant {variant}, {what}")
    if not small or not lines:
        return
    smaller = shrink(program, deployed[variant], lines)
    print(differs(program, deployed[variant], smaller) or "(no difference on one log)")
    print("\n".join(smaller))


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
    results, stop = multiprocessing.Queue(), multiprocessing.Event()
    workers = [
        multiprocessing.Process(
            target=work, args=(arguments, f"{directory}/{number}", number, results, stop))
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
    parser.add_argument("--no-shrink", action="store_true", help="do not look for a smaller log")
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
            report(program, deployed, found, not arguments.no_shrink)
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
