"""One valid event of each type, for an enrollment that is alive: what mistakes are made of."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .catalogue import Course
from .enrollment import Enrollment, Trainee
from .events import MINUTE, SECOND, Event, utc


@dataclass
class Scene:
    """A trainee whose enrollment is active, a moment, and somebody else."""

    enrollment: Enrollment
    other: Trainee  # of the same partition, so that who comes first is fixed
    at: int
    serials: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def trainee(self) -> Trainee:
        return self.enrollment.trainee

    @property
    def catalogue(self):
        return self.enrollment.world.catalogue

    @property
    def recorded(self) -> list[Course]:
        return [course for course in self.enrollment.term.courses if course.kind == "recorded"]

    @property
    def live(self) -> Course:
        return next(course for course in self.enrollment.term.courses if course.kind == "live")

    def fresh(self, prefix: str) -> str:
        return f"{prefix}-{self.trainee.id}-{next(self.serials)}"


def _submitted(scene: Scene) -> dict[str, Any]:
    person, catalogue = scene.trainee.person, scene.catalogue
    return {
        "enrollment_id": scene.fresh("x"),
        "trainee_id": scene.trainee.id,
        "term_id": scene.enrollment.term.id,
        "series": catalogue["series"]["id"],
        "title_level": person.title_level,
        "base_id": catalogue["eligible"]["bases"][0],
        "name": person.name,
        "id_number": person.id_number,
        "mobile": person.mobile,
        "employer": person.employer,
        "employer_kind": person.employer_kind,
        "prefecture": person.prefecture,
        "photo": {"sha256": "0" * 64, "uri": "https://platform.example.org/photo.jpg"},
    }


def _names(scene: Scene) -> dict[str, Any]:
    return {"enrollment_id": scene.enrollment.id, "trainee_id": scene.trainee.id}


def _money(scene: Scene) -> dict[str, Any]:
    bank = scene.catalogue.banks[0]
    return {
        "payment_code": scene.enrollment.code,
        "bank": bank,
        "bank_txn_id": scene.fresh(bank),
    }


def _acted(scene: Scene) -> dict[str, Any]:
    return {**_names(scene), "actor": "base-xj", "reason": "…"}


def _played(scene: Scene) -> dict[str, Any]:
    return {
        **_names(scene),
        "course_id": scene.recorded[0].id,
        "session_id": scene.fresh("s"),
        "from_s": 0,
        "to_s": 300,
        "started_at": utc(scene.at - 300 * SECOND),
        "ended_at": utc(scene.at),
        "device_id": "web",
    }


def _attended(scene: Scene) -> dict[str, Any]:
    return {
        **_names(scene),
        "course_id": scene.live.id,
        "session_id": scene.fresh("s"),
        "joined_at": utc(scene.at - 30 * MINUTE),
        "left_at": utc(scene.at),
    }


def _exam(scene: Scene) -> dict[str, Any]:
    course = scene.recorded[0]
    return {
        **_names(scene),
        "course_id": course.id,
        "attempt_id": scene.fresh("a"),
        "paper_id": course.paper,
        "started_at": utc(scene.at - 20 * MINUTE),
        "answers": [{"question": q.id, "choice": list(q.key)} for q in course.questions],
    }


_DATA: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "enrollment.submitted": _submitted,
    "enrollment.reviewed": lambda s: {
        **_names(s),
        "decision": "approved",
        "reviewer": "base-xj",
    },
    "enrollment.withdrawn": lambda s: {**_names(s), "reason": "…"},
    "enrollment.disqualified": _acted,
    "enrollment.reinstated": _acted,
    "enrollment.corrected": lambda s: {**_names(s), "employer": "…", "actor": "b", "reason": "…"},
    "survey.submitted": lambda s: {**_names(s), "survey_id": "survey"},
    "credit.imported": lambda s: {
        "trainee_id": s.trainee.id,
        "year": s.catalogue.year,
        "category": "public",
        "hours": 7.5,
        "provider": "公需科目平台",
        "evidence_no": s.fresh("gx"),
    },
    "certificate.revocation-ordered": lambda s: {
        "certificate_no": s.trainee.certificate_no,
        "trainee_id": s.trainee.id,
        "actor": "base-xj",
        "reason": "…",
    },
    "payment.settled": lambda s: {
        **_money(s),
        "amount_fen": s.enrollment.fee_fen,
        "currency": "CNY",
        "channel": "app",
        "receipt_no": "新财票〔2023〕第1号",
    },
    "payment.refunded": lambda s: {
        **_money(s),
        "refund_txn_id": s.fresh("R"),
        "amount_fen": s.enrollment.fee_fen,
        "currency": "CNY",
    },
    "payment.receipted": lambda s: {**_money(s), "receipt_no": "新财票〔2023〕第1号"},
    "watch.played": _played,
    "live.attended": _attended,
    "exam.submitted": _exam,
    "exam.attempts-granted": lambda s: {
        **_names(s),
        "course_id": s.recorded[0].id,
        "grant_id": s.fresh("g"),
        "extra": 1,
        "actor": "base-xj",
        "reason": "…",
    },
    "clock.ticked": lambda s: {"as_of": utc(s.at)},
}
TYPES = tuple(_DATA)
OPTIONAL = {
    "enrollment.corrected": ("employer",),
    "payment.settled": ("receipt_no",),
    "watch.played": ("device_id",),
    "exam.submitted": ("answers",),
}


def sample(scene: Scene, kind: str) -> Event:
    """Key and signing bank are fixed here, whatever becomes of the data afterwards."""
    data = _DATA[kind](scene)
    event = Event(kind, scene.at, data, scene.fresh("m"))
    if kind == "clock.ticked":
        event.topic = "xueshi.exam"
    elif kind.startswith("payment."):
        event.key, event.signed_by = data["payment_code"], data["bank"]
    else:
        event.key = scene.trainee.id
    return event
