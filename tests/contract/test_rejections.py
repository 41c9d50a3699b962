"""Each mistake of the contract, sent to the real daemon: the dead letter has the right reason and
names the field, shows nothing personal, and nothing else has changed.

All of them are sent once, in one go; the tests then look at what became of each.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from generator.log import Log
from generator.mistakes import Mistake, mistakes
from generator.records import Record
from generator.samples import sample
from installation import OUTPUT_TOPICS, SMALL, Installation

from scenes import PARTITIONS, make_scene

SEED = "contract"
SCENE = make_scene(SMALL, SEED)
MISTAKES = mistakes(SCENE)
# Travels with each record into its dead letter, and says whose it is.
CASE = "contract-case"
REASONS = {
    *("malformed", "bad_envelope", "unknown_type", "wrong_topic", "bad_signature"),
    *("invalid_field", "key_mismatch", "clock_skew", "unknown_term", "unknown_course"),
    *("unknown_paper", "unknown_bank", "unknown_certificate", "wrong_paper", "bad_report"),
    *("conflict", "not_eligible", "outside_registration", "already_enrolled"),
    *("duplicate_identity", "never_released"),
}
PERSONAL = ("name", "id_number", "mobile")


@dataclass
class Aftermath:
    """What was seen before the mistakes, after them, and at the end."""

    installation: Installation
    before: tuple[str, dict[str, int]]  # the dump, and how much each topic had
    after: tuple[str, dict[str, int]]
    dump: str
    letters: list[Record]
    rejected: list[dict[str, Any]]
    accounts: tuple[int, ...]

    def letters_of(self, case: int) -> list[Record]:
        return [letter for letter in self.letters if letter.header(CASE) == str(case)]


def look(installation: Installation) -> tuple[str, dict[str, int]]:
    outputs = {topic: len(installation.read(topic)) for topic in OUTPUT_TOPICS}
    return installation.dump(), outputs


def good_records() -> list[Record]:
    """One on each topic, that must be folded after all the mistakes as if there had been none."""
    kinds = ("survey.submitted", "payment.settled", "watch.played", "exam.submitted")
    keys = SCENE.enrollment.world.keys
    return [sample(SCENE, kind).record(keys) for kind in (*kinds, "credit.imported")]


def ticks() -> list[Record]:
    log = Log(SCENE.enrollment.world.keys, SCENE.trainee.rng, PARTITIONS)
    log.tick_daily(SCENE.catalogue)
    return log.records()[-4 * PARTITIONS :]


@pytest.fixture(scope="module")
def aftermath(make_installation) -> Iterator[Aftermath]:
    installation = make_installation(
        catalogue=SMALL, seed=SEED, partitions=PARTITIONS, settings={"batch": {"records": 50}}
    )
    installation.publish(SCENE.enrollment.world.log.records())
    installation.start()
    installation.wait_idle()
    before = look(installation)
    for case, mistake in enumerate(MISTAKES):
        mistake.record.headers.append((CASE, str(case).encode()))
    installation.publish(mistake.record for mistake in MISTAKES)
    installation.wait_idle()
    after = look(installation)
    installation.publish(good_records())
    installation.publish(ticks())
    installation.wait_idle()
    yield Aftermath(
        installation,
        before,
        after,
        installation.dump(),
        installation.read("xueshi.dead-letter"),
        json.loads(installation.ctl("rejected", "list", "--json").stdout),
        installation.query(
            "SELECT sum(next_offset)::int, sum(applied + duplicate + held + rejected + gaps)::int,"
            " sum(held)::int, sum(rejected)::int FROM xueshi.position"
        )[0],
    )
    installation.stop()


def masked(value: Any) -> Any:
    """What a dead letter may show of an object; only what these mistakes contain."""
    if isinstance(value, dict):
        return {
            name: "***" if name in PERSONAL else masked(item) for name, item in value.items()
        }
    if isinstance(value, list):
        return [masked(item) for item in value]
    person = SCENE.trainee.person
    secrets = (person.id_number.upper(), person.mobile, "13812345678")
    return "***" if value in secrets else value


@pytest.mark.parametrize("case", range(len(MISTAKES)), ids=[str(m) for m in MISTAKES])
def test_mistake_is_refused_for_its_reason(aftermath: Aftermath, case: int):
    mistake = MISTAKES[case]
    letters = aftermath.letters_of(case)
    assert len(letters) == 1
    (letter,) = letters
    sent = mistake.record
    message = letter.header("dlq-message")
    assert letter.header("dlq-reason") == mistake.reason, message
    assert message and mistake.says in message
    assert letter.header("dlq-topic") == sent.topic
    assert letter.header("dlq-partition").isdigit() and letter.header("dlq-offset").isdigit()
    assert letter.header("ce_type") == sent.header("ce_type")
    kept = [(n, v) for n, v in letter.headers if not n.startswith("dlq-")]
    assert kept == sent.headers
    check_value(mistake, letter)


def check_value(mistake: Mistake, letter: Record) -> None:
    sent = mistake.record.value
    if sent is None:
        assert letter.value is None
        return
    hidden = {"sha256": hashlib.sha256(sent).hexdigest(), "size": len(sent)}
    shown = json.loads(letter.value)
    if shown == hidden:
        assert mistake.reason == "malformed", "only what cannot be looked into is hidden"
    else:
        assert shown == masked(json.loads(sent))
    if mistake.record.key not in (None, b""):
        assert letter.key == mistake.record.key


def test_every_reason_is_among_the_mistakes():
    assert {mistake.reason for mistake in MISTAKES} == REASONS


def test_dead_letters_hold_nothing_personal(aftermath: Aftermath):
    people = (SCENE.trainee.person, SCENE.other.person)
    secrets = [
        secret.encode()
        for person in people
        for secret in (person.name, person.id_number, person.mobile.removeprefix("+86"))
    ]
    for letter in aftermath.letters:
        values = [value for _, value in letter.headers if value]
        everything = b"\n".join([letter.key or b"", letter.value or b"", *values])
        for secret in secrets:
            assert secret not in everything
        # Escaped, a name would hide from the look above.
        assert json.dumps(people[0].name)[1:-1].encode() not in everything


def test_mistakes_change_nothing_else(aftermath: Aftermath):
    (dump, outputs), (dump_after, outputs_after) = aftermath.before, aftermath.after
    assert dump_after == dump
    letters = "xueshi.dead-letter"
    assert {**outputs_after, letters: 0} == {**outputs, letters: 0}
    assert outputs[letters] == 0
    # The rest waits for its enrollment until the books are closed.
    held = sum(mistake.name.startswith("held in vain") for mistake in MISTAKES)
    assert outputs_after[letters] == len(MISTAKES) - held


def test_each_record_is_accounted_for(aftermath: Aftermath):
    passed, accounted, held, rejected = aftermath.accounts
    waiting = sum(mistake.name.startswith("held in vain") for mistake in MISTAKES)
    assert passed == accounted
    # Watch-time of the scene may have waited too, for its enrollment.
    assert held >= waiting
    assert rejected == len(MISTAKES) - waiting
    assert len(aftermath.letters) == len(MISTAKES)
    reasons = Counter(row["reason"] for row in aftermath.rejected)
    assert reasons == Counter(mistake.reason for mistake in MISTAKES)


def test_next_records_are_unharmed(aftermath: Aftermath):
    enrollment = find(aftermath.dump, "enrollment", enrollment_id=SCENE.enrollment.id)
    earlier = find(aftermath.before[0], "enrollment", enrollment_id=SCENE.enrollment.id)
    assert earlier["survey_at"] is None and enrollment["survey_at"] is not None
    assert len(enrollment["payments"]) == len(earlier["payments"]) + 1
    assert "already_settled" in [payment["owed"] for payment in enrollment["payments"]]
    attempts = [len(course["attempts"]) for course in enrollment["courses"]]
    assert sum(attempts) == sum(len(course["attempts"]) for course in earlier["courses"]) + 1
    year = find(aftermath.dump, "year", trainee_id=SCENE.trainee.id)
    assert year["public_hours"] == 125 + 75


def find(dump: str, kind: str, **members: str) -> dict[str, Any]:
    rows = [json.loads(line) for line in dump.splitlines()]
    (row,) = [
        row
        for row in rows
        if row["kind"] == kind and all(row[name] == value for name, value in members.items())
    ]
    return row
