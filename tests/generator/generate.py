"""Generates a programme year: the log of its Kafka records, and what is due in the end.

    python3 tests/generator/generate.py --seed 7 --trainees 100 \\
        --catalogue config/programme-2023.conf --out log.jsonl --expect expect.jsonl --config etc

`--config` writes a xueshid.conf with all keys, with which the log can be folded:
`build/release/fold-log -c etc/xueshid.conf log.jsonl`. `--publish` puts the records into Kafka,
into topics that have --partitions each.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from generator import catalogue as catalogues  # noqa: E402
from generator.configuration import write_configuration  # noqa: E402
from generator.publish import publish  # noqa: E402
from generator.records import to_json, write_log  # noqa: E402
from generator.year import generate  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", default="1")
    parser.add_argument("--trainees", type=int, default=1000)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--partitions", type=int, default=4, help="of each input topic")
    parser.add_argument("--report-s", type=int, default=600, help="longest watch report, seconds")
    parser.add_argument("--out", type=Path, help="the log (tests/LOG-FORMAT.md); - is stdout")
    parser.add_argument("--expect", type=Path, help="what is due: one line for each trainee")
    parser.add_argument("--refusals", type=Path, help="which records must be refused, and why")
    parser.add_argument("--config", type=Path, help="folder for xueshid.conf and its keys")
    parser.add_argument("--publish", metavar="BOOTSTRAP", help="put the records into Kafka")
    parser.add_argument("--prefix", default="", help="topic prefix for --publish")
    options = parser.parse_args()

    year = generate(
        catalogues.load(options.catalogue),
        options.seed,
        options.trainees,
        options.partitions,
        options.report_s,
    )
    records = year.log.records()
    if options.config:
        write_configuration(options.config, year.catalogue, year.keys)
    if options.out:
        with contextlib.ExitStack() as stack:
            out = sys.stdout
            if str(options.out) != "-":
                out = stack.enter_context(open(options.out, "w", encoding="utf-8"))
            write_log(records, options.partitions, out)
    expected = year.expected()
    for path, lines in ((options.expect, expected), (options.refusals, year.refusals())):
        if path:
            text = "".join(to_json(line) + "\n" for line in lines)
            path.write_text(text, encoding="utf-8")
    if options.publish:
        publish(options.publish, records, options.prefix)
    due = sum(line["stands"] for line in expected)
    print(
        f"{len(records)} records of {len(year.trainees)} trainees, {due} certificates due",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
