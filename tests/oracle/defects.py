#!/usr/bin/env python3
"""Plants defects in the C, one at a time, and demands that compare.py finds each.

A comparison that agrees proves only what it would have seen to differ. Each defect is a change of
a line that a programmer could make; fold-log is built with it in a copy of the tree and compared
until a difference is found or the time is over. Exit: 0 all found, 1 some not.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


class Defect(NamedTuple):
    what: str
    file: str
    old: str
    new: str


DEFECTS = [
    Defect("hours must exceed what is required", "handlers/settle.c",
           "evidence.hours >= enrollment->term->programme->required_hours",
           "evidence.hours > enrollment->term->programme->required_hours"),
    Defect("a fourth attempt counts", "handlers/exam.c",
           "return left <= 0 ? VERDICT_EXHAUSTED", "return left < 0 ? VERDICT_EXHAUSTED"),
    Defect("grants count wherever they stand in the log", "handlers/exam.c",
           "strcmp(grant->course_id, course->id) == 0 && place_compare(&grant->place, place) < 0",
           "strcmp(grant->course_id, course->id) == 0 && place"),
    Defect("an exam at the moment of learning is too early", "handlers/exam.c",
           "attempt->time < progress->learned_at", "attempt->time <= progress->learned_at"),
    Defect("an exam at the end of training is inside", "handlers/exam.c",
           "attempt->time >= term->training_to", "attempt->time > term->training_to"),
    Defect("the end of a bar belongs to it", "handlers/exam.c",
           "bar->to == INSTANT_NONE || time < bar->to", "bar->to == INSTANT_NONE || time <= bar->to"),
    Defect("bars forgotten for verdicts that were said", "handlers/exam.c",
           "if (is_in_bar(enrollment, attempt->time))",
           "if (!attempt->said && is_in_bar(enrollment, attempt->time))"),
    Defect("a pass needs more than the pass score", "handlers/exam.c",
           "attempt->score >= course->programme->pass_score",
           "attempt->score > course->programme->pass_score"),
    Defect("half a multiple choice is right", "handlers/exam.c",
           "strlen(choice) == strlen(key) && strspn", "strspn"),
    Defect("open verdicts stay open", "handlers/exam.c",
           "world_is_closed(world, term->close_at) ? VERDICT_NEVER_LEARNED : VERDICT_OPEN",
           "(void)world, VERDICT_OPEN"),
    Defect("a failed exam is told again", "handlers/exam.c",
           "attempt->passed || attempt->failed_said ||", "attempt->passed ||"),
    Defect("exactly the fastest exam is too fast", "handlers/exam.c",
           "ev->time - ev->started_at < course->programme->min_exam_time_s",
           "ev->time - ev->started_at <= course->programme->min_exam_time_s"),
    Defect("rounding by the clipped report", "handlers/watch.c",
           "int64_t report_us = f->ev->ended_at - f->ev->started_at;",
           "int64_t report_us = span_length(wall);"),
    Defect("rounding only where more than half is free", "handlers/watch.c",
           "2 * free_us >= report_us", "2 * free_us > report_us"),
    Defect("rounding for reports of under 10 s", "handlers/watch.c",
           "report_us >= ROUNDING_FROM_US &&", "report_us >= ROUNDING_FROM_US - 1 &&"),
    Defect("clipped media rounded down at its start", "handlers/watch.c",
           "(before + length - 1) / length", "before / length"),
    Defect("clipped media rounded up at its end", "handlers/watch.c",
           "ev->from_s + until / length", "ev->from_s + (until + length - 1) / length"),
    Defect("wall time counts from the training, not from active_at", "handlers/watch.c",
           "wall = clip(wall, enrollment->active_at, INT64_MAX);", ""),
    Defect("live courses count outside their broadcast", "handlers/watch.c",
           "wall = clip(wall, course->from, course->to);",
           "wall = clip(wall, INT64_MIN, INT64_MAX);"),
    Defect("presence is the report's length", "handlers/watch.c",
           "progress->presence_us += free;", "progress->presence_us += span_length(wall);"),
    Defect("learned at the report's own end", "handlers/watch.c",
           "learn_if_enough(f, progress, wall.to);\n    return OUTCOME_APPLIED;\n}\n\nenum",
           "learn_if_enough(f, progress, f->ev->ended_at);\n    return OUTCOME_APPLIED;\n}\n\nenum"),
    Defect("attended at the report's own end", "handlers/watch.c",
           "progress->presence_us += free;\n    learn_if_enough(f, progress, wall.to);",
           "progress->presence_us += free;\n    learn_if_enough(f, progress, f->ev->ended_at);"),
    Defect("the share must be exceeded", "handlers/watch.c",
           "return covered_s * 1000 >= course", "return covered_s * 1000 > course"),
    Defect("a day may be filled to the brim only", "handlers/watch.c",
           "before <= max_us && day->taken.total > max_us",
           "before < max_us && day->taken.total >= max_us"),
    Defect("days in UTC", "handlers/watch.c",
           "part.to > term->midnights[i + 1]", "part.to > term->midnights[i + 1] + 7200000000"),
    Defect("reported at the 21st cut", "handlers/watch.c",
           "#define CUT_REPORTS_ANOMALY 20", "#define CUT_REPORTS_ANOMALY 21"),
    Defect("registration closes a moment late", "handlers/enrollment.c",
           "ev->time >= term->registration_to", "ev->time > term->registration_to"),
    Defect("a refunded enrollment stands in nobody's way", "handlers/enrollment.c",
           "earlier->withdrawn_at == INSTANT_NONE && f->ev->time",
           "earlier->withdrawn_at == INSTANT_NONE && earlier->state != STATE_REFUNDED && f->ev->time"),
    Defect("a rejected claim still holds its ID number", "handlers/enrollment.c",
           "            claim->removed = true;", "            (void)claim;"),
    Defect("a later approval counts", "handlers/enrollment.c",
           "else if (f->enrollment->approved_at == INSTANT_NONE)", "else"),
    Defect("a bar ends before it began", "handlers/enrollment.c",
           "f->ev->time > bar->from ? f->ev->time : bar->from", "f->ev->time"),
    Defect("any amount settles", "handlers/payment.c",
           "f->ev->amount_fen == f->enrollment->term->programme->fee_fen",
           "f->ev->amount_fen >= f->enrollment->term->programme->fee_fen"),
    Defect("a late settlement settles", "handlers/payment.c",
           "is_exact(f) && !late &&", "is_exact(f) && (late || !late) &&"),
    Defect("a refund is owed though the bank has paid it", "handlers/payment.c",
           "if (refunded >= payment->amount_fen)", "if (refunded > payment->amount_fen)"),
    Defect("the settlement's receipt number wins", "handlers/payment.c",
           "if (!payment->receipt_no)\n        payment", "if (ev->receipt_no)\n        payment"),
    Defect("withdrawn before rejected", "handlers/settle.c",
           "if (enrollment->rejected_at != INSTANT_NONE)\n        return STATE_REJECTED;",
           "if (enrollment->rejected_at != INSTANT_NONE && enrollment->withdrawn_at == INSTANT_NONE)\n"
           "        return STATE_REJECTED;"),
    Defect("struck hours are kept", "handlers/settle.c",
           "if (!is_barred || progress->course->kind == COURSE_LIVE)", "if (is_barred || !is_barred)"),
    Defect("the due date forgets the bars", "handlers/settle.c",
           "due_at = later(due_at, enrollment->bars[i].to);", "due_at = later(due_at, 0);"),
    Defect("evidence in the order of courses", "handlers/settle.c",
           "if (credited_a != credited_b)", "if (credited_a != credited_b && credited_a < 0)"),
    Defect("the certificate of the last enrollment", "handlers/certificate.c",
           "enrollment->due_at < first->due_at", "enrollment->due_at > first->due_at"),
    Defect("another name is the same certificate", "handlers/certificate.c",
           "text_join(arena, enrollment->enrollment_id, enrollment->name,",
           "text_join(arena, enrollment->enrollment_id, \"\","),
    Defect("revoked before it was issued", "handlers/certificate.c",
           "f->time > certificate->issued_at ? f->time : certificate->issued_at", "f->time"),
    Defect("an order is forgotten once carried out", "handlers/certificate.c",
           "if (certificate && certificate->ordered)\n",
           "if (certificate && certificate->ordered && certificate->stands)\n"),
    Defect("public hours must exceed what is required", "handlers/survey_credit.c",
           "hours >= certificate->programme->required_public_hours",
           "hours > certificate->programme->required_public_hours"),
    Defect("closed at close_at, not after it", "handlers/passage.c",
           "if (done || at >= candidates->watermark)", "if (done || at > candidates->watermark)"),
    Defect("reminders after the end", "handlers/passage.c",
           "if (term->training_to < candidates->watermark)\n        return;", ""),
    Defect("all reminders that were passed at once", "handlers/passage.c",
           "for (size_t i = REMINDERS; i-- > 0;)", "for (size_t i = 0; i < REMINDERS; i++)"),
    Defect("a stamp at close_at is late", "handlers/fold.c",
           "return term && f->ev->stamp > term->close_at", "return term && f->ev->stamp >= term->close_at"),
    Defect("the stamp ignores ticks", "handlers/fold.c",
           "ev->kafka_time > tick ? ev->kafka_time : tick", "tick > 0 ? ev->kafka_time : ev->kafka_time"),
    Defect("surveys are never late", "handlers/fold.c",
           "[EVENT_SURVEY_SUBMITTED] = true,", "[EVENT_SURVEY_SUBMITTED] = false,"),
    Defect("held records are released from the last place", "handlers/fold.c",
           "struct held *next = queue.at[0];\n\n        "
           "memmove(queue.at, queue.at + 1, --queue.count * sizeof *queue.at);",
           "struct held *next = queue.at[--queue.count];"),
    Defect("watching is held though the enrollment has ended", "handlers/fold.c",
           "f->enrollment->active_at == INSTANT_NONE &&\n           !enrollment_has_ended(f->enrollment)",
           "f->enrollment->active_at == INSTANT_NONE"),
    Defect("an id is known whatever its time", "handlers/fold.c",
           "if (known->time != f->ev->time)", "if (known->time != f->ev->time && known->time < 0)"),
    Defect("skew is judged by the Kafka timestamp alone", "handlers/checks.c",
           "ev->latest <= ev->stamp + world", "ev->latest <= ev->kafka_time + world"),
    Defect("skew of the event's time alone", "handlers/checks.c",
           "if (ev->latest <= ev->stamp", "if (ev->time <= ev->stamp"),
    Defect("a report as long as allowed is too long", "handlers/checks.c",
           "ev->ended_at - ev->started_at > course->programme->max_report_s",
           "ev->ended_at - ev->started_at >= course->programme->max_report_s"),
    Defect("catalogue before the clock", "handlers/checks.c",
           "    if (status == STATUS_OK)\n        status = check_skew(world, ev, err);\n"
           "    if (status == STATUS_OK)\n        status = check_names(world, ev, err);\n",
           "    if (status == STATUS_OK)\n        status = check_names(world, ev, err);\n"
           "    if (status == STATUS_OK)\n        status = check_skew(world, ev, err);\n"),
    Defect("a doubled attribute is taken", "daemon/envelope.c",
           "            if (found[a])\n                return bad(err, (enum attribute)a, \"comes twice\");\n",
           ""),
    Defect("duplicate keys are taken", "daemon/json.c",
           "value->len, JSON_REJECT_DUPLICATES, &error", "value->len, 0, &error"),
    Defect("depth 9 is taken", "daemon/json.c",
           "depth_of(json, JSON_DEPTH_LIMIT) > JSON_DEPTH_LIMIT",
           "depth_of(json, JSON_DEPTH_LIMIT + 1) > JSON_DEPTH_LIMIT + 1"),
    Defect("65,537 bytes are taken", "daemon/json.c",
           "value->len > JSON_BYTES_MAX", "value->len > JSON_BYTES_MAX + 1"),
    Defect("any bank's key will do", "daemon/decode.c",
           "demanded && !signature_key_is_for(d->signer, d->ev->bank)", "demanded && !d->signer"),
    Defect("the check digit of ID numbers is not looked at", "handlers/forms.c",
           "day <= last_day && id_check_digit_fits(text)", "day <= last_day"),
]


def plant(tree: Path, defect: Defect) -> str:
    """Writes the defect into the tree and returns the file's text before."""
    path = tree / defect.file
    text = path.read_text(encoding="utf-8")
    if text.count(defect.old) != 1:
        raise SystemExit(f"{defect.what}: {defect.file} has its text {text.count(defect.old)} times")
    path.write_text(text.replace(defect.old, defect.new), encoding="utf-8")
    return text


def build(tree: Path) -> Path:
    subprocess.run(["make", "-s", "-j2", "build/release/fold-log"], cwd=tree, check=True,
                   stdout=subprocess.DEVNULL)
    return tree / "build" / "release" / "fold-log"


def found_after(program: Path, seconds: float, results: Path) -> int | None:
    """How many histories it took to see a difference."""
    run = subprocess.run(
        [sys.executable, HERE / "compare.py", "--program", program, "--seconds", str(seconds),
         "--interleavings", "2", "--no-shrink", "--results", results],
        stdout=subprocess.DEVNULL, check=False)
    if run.returncode != 3:
        return None
    return json.loads(results.read_text(encoding="utf-8"))["histories"]


def copy_tree(tree: Path) -> None:
    for name in ("handlers", "daemon", "tests/tools", "build/release"):
        shutil.copytree(ROOT / name, tree / name)
    for name in ("Makefile", "NEWS"):
        shutil.copy2(ROOT / name, tree / name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="for each defect")
    parser.add_argument("only", nargs="*", help="defects whose description holds one of these")
    arguments = parser.parse_args()
    chosen = [d for d in DEFECTS
              if not arguments.only or any(part in d.what for part in arguments.only)]
    missed, report = [], {}
    with tempfile.TemporaryDirectory(prefix="oracle-defects-") as directory:
        tree = Path(directory) / "tree"
        copy_tree(tree)
        for defect in chosen:
            began, before = time.monotonic(), plant(tree, defect)
            histories = found_after(build(tree), arguments.seconds, Path(directory) / "results.json")
            (tree / defect.file).write_text(before, encoding="utf-8")
            report[defect.what] = histories
            if histories is None:
                missed.append(defect.what)
            print(f"{'missed' if histories is None else f'after {histories} histories'}: "
                  f"{defect.what} ({time.monotonic() - began:.0f} s)", flush=True)
    results = ROOT / "build" / "oracle" / "defects.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"{len(chosen) - len(missed)} of {len(chosen)} planted defects found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
