"""Which corners a run of histories has reached."""

from collections import Counter

from derive import ENDED
from passing import Journal

_EXPECTED = {
    "outcome": "applied duplicate held rejected",
    "released": "applied duplicate rejected",
    "reason": "malformed bad_envelope unknown_type wrong_topic bad_signature invalid_field key_mismatch"
              " clock_skew unknown_term unknown_course unknown_paper unknown_bank unknown_certificate"
              " wrong_paper bad_report conflict not_eligible outside_registration already_enrolled"
              " duplicate_identity never_released",
    "state": "pending active completed disqualified rejected withdrawn refunded",
    "verdict": "open counted exhausted before_learning outside_training barred never_learned",
    "refund": "wrong_amount already_settled enrollment_ended unknown_code",
    "anomaly": "long_day cut_reports fast_exam unknown_prefecture over_refund",
    "template": "payment-code approved rejected exam-failed survey-due reminder certificate revoked",
    "revoked": "ordered rejected withdrawn refunded disqualified",
    "version": "1 2 3",
    "year": "complete incomplete",
    "missing": "payment approval hours survey reinstatement",
    "days_left": "7 3 1",
    "time": "closing",
}
_WORD = {
    "xueshi.refund.requested.v1": ("refund", "reason"),
    "xueshi.exam.graded.v1": ("verdict", "verdict"),
    "xueshi.anomaly.raised.v1": ("anomaly", "kind"),
    "xueshi.notification.requested.v1": ("template", "template"),
    "xueshi.certificate.revoked.v1": ("revoked", "reason"),
    "xueshi.certificate.issued.v1": ("version", "version"),
    "xueshi.enrollment.changed.v1": ("state", "state"),
}


def count(occurred: Counter, journal: Journal) -> None:
    world = journal.world
    for _, outcome, reason, released in world.outcomes:
        occurred["released " + outcome if released else "outcome " + outcome] += 1
        if reason is not None:
            occurred["reason " + reason] += 1
    occurred["time closing"] += len(world.closed)
    for entry in journal.entries:
        for event in entry.events:
            _count_event(occurred, event.type, event.data)


def _count_event(occurred: Counter, kind: str, data: dict) -> None:
    if kind in _WORD:
        group, name = _WORD[kind]
        occurred[f"{group} {data[name]}"] += 1
    if kind == "xueshi.enrollment.changed.v1" and data["state"] not in ENDED:
        occurred.update(f"missing {part}" for part in data["missing"])
    if kind == "xueshi.year.changed.v1":
        occurred["year complete" if data["complete"] else "year incomplete"] += 1
    if data.get("template") == "reminder":
        occurred[f"days_left {data['params']['days_left']}"] += 1


def missing(occurred: Counter) -> list[str]:
    return [f"{group} {word}" for group, words in _EXPECTED.items() for word in words.split()
            if not occurred[f"{group} {word}"]]
