#!/usr/bin/env python3
"""Folds a log of Kafka records as rules.md, events.md and fold.md say, and prints the dump.

An independent reading of those pages: it shares no code with the daemon, and takes the same
arguments as `fold-log` (tests/LOG-FORMAT.md).
"""

import argparse
import sys
from collections.abc import Iterable

import catalogue
import dump
from logfile import Log
from passing import Journal


def fold(config: catalogue.Configuration, log: Log) -> Journal:
    journal = Journal(config, log.partitions)
    for records in log.commits:
        journal.commit(records)
    return journal


def _write(path: str | None, lines: Iterable[str]) -> None:
    if path is not None:
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-c", dest="config", required=True, help="a xueshid.conf")
    parser.add_argument("--full", action="store_true", help="the dump with its additions")
    parser.add_argument("--outcomes", help="file for what became of each record")
    parser.add_argument("--events", help="file for what was published")
    parser.add_argument("log", nargs="?", help="a log file; else standard input")
    arguments = parser.parse_args()
    config = catalogue.load(arguments.config)
    if arguments.log is None:
        log = Log(sys.stdin)
    else:
        with open(arguments.log, encoding="utf-8") as file:
            log = Log(file)
    journal = fold(config, log)
    _write(arguments.outcomes, dump.outcomes(journal))
    _write(arguments.events, dump.events(journal))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.writelines(f"{line}\n" for line in dump.dump(journal, arguments.full))
    return 0


if __name__ == "__main__":
    sys.exit(main())
