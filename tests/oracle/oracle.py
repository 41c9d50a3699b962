#!/usr/bin/env python3
"""Folds a log of Kafka records as rules.md, events.md and fold.md say, and prints the dump.

An independent reading of those pages: it shares no code with the daemon, and takes the same
arguments as `fold-log` (tests/LOG-FORMAT.md).
"""

import argparse
import os
import sys
from collections.abc import Iterable
from typing import TextIO

import catalogue
import dump
import logfile
from logfile import Log
from passing import Journal


def fold(config: catalogue.Configuration, log: Log) -> Journal:
    journal = Journal(config, log.partitions)
    for records in log.commits:
        journal.commit(records)
    return journal


def _fold_all(config: catalogue.Configuration, lines: Iterable[str], full: bool, outcomes: TextIO,
              events: TextIO) -> None:
    for name, log in logfile.read_all(lines):
        journal = fold(config, log)
        for out, written in ((sys.stdout, dump.dump(journal, full)),
                             (outcomes, dump.outcomes(journal)), (events, dump.events(journal))):
            if name is not None:
                out.write(f"{name}\n")
            out.writelines(f"{line}\n" for line in written)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-c", dest="config", required=True, help="a xueshid.conf")
    parser.add_argument("--full", action="store_true", help="the dump with its additions")
    parser.add_argument("--outcomes", default=os.devnull, help="file: what became of each record")
    parser.add_argument("--events", default=os.devnull, help="file for what was published")
    parser.add_argument("log", nargs="?", default="/dev/stdin", help="a log; else standard input")
    arguments = parser.parse_args()
    config = catalogue.load(arguments.config)
    sys.stdout.reconfigure(encoding="utf-8")
    with (open(arguments.log, encoding="utf-8") as lines,
          open(arguments.outcomes, "w", encoding="utf-8") as outcomes,
          open(arguments.events, "w", encoding="utf-8") as events):
        _fold_all(config, lines, arguments.full, outcomes, events)
    return 0


if __name__ == "__main__":
    sys.exit(main())
