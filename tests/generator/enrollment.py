"""One trainee's enrollment as it is lived: each act is published, what follows from it is noted.

The notes are the generator's own knowledge of the story (when a course was watched, which attempt
passed), not a second fold: stories keep to what can be said without one.
"""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass, field
from typing import Any

from .catalogue import Catalogue, Course, Term
from .events import DAY, HOUR, MINUTE, SECOND, Event, beijing, milliseconds, utc
from .keys import Keys
from .log import Log
from .people import Person
from .records import Record, structured

RATES = (1000, 1000, 1250, 1250, 1500, 1500, 2000, 2000, 2000)  # playback speed, per mille


@dataclass
class Credit:
    """A credited course: when, and with which score if by exam."""

    course: Course
    at: int
    score: int | None


@dataclass
class World:
    """What all stories share."""

    catalogue: Catalogue
    keys: Keys
    log: Log
    report_s: int  # the usual length of a watch report
    trainees: list[Trainee] = field(default_factory=list)


class Trainee:
    def __init__(self, world: World, trainee_id: str, person: Person, rng: random.Random):
        self.world = world
        self.id = trainee_id
        self.person = person
        self.rng = rng
        self.story = ""
        self.enrollments: list[Enrollment] = []
        self.ordered = False  # a revocation was ordered
        self.said: dict[str, Event] = {}  # the last event of each type
        self._events = 0

    @property
    def certificate_no(self) -> str:
        programme, series = self.world.catalogue["programme"], self.world.catalogue["series"]
        return self.world.keys.certificate_no(
            programme["year"], series["code"], programme["id"], self.id
        )

    def enrollment(self, term: Term) -> Enrollment:
        enrollment = Enrollment(self, term, f"e-{self.id}-{len(self.enrollments) + 1}")
        self.enrollments.append(enrollment)
        return enrollment

    def emit(
        self, kind: str, at: int, data: dict[str, Any], repeat: bool = True, **options: Any
    ) -> Record:
        """Publishes an event of this trainee, in either mode, with either offset."""
        self._events += 1
        event = Event(kind, at, data, f"{self.id}-{self._events}", **options)
        if self.rng.random() < 0.04:
            event.mode = structured
        event.local_time = self.rng.random() < 0.5
        self.said[kind] = event
        return self.world.log.add(event, repeat)

    def import_credit(self, at: int, hours: float, evidence_no: str) -> None:
        data = {
            "trainee_id": self.id,
            "year": self.world.catalogue.year,
            "category": "public",
            "hours": hours,
            "provider": "公需科目平台",
            "evidence_no": evidence_no,
        }
        self.emit("credit.imported", at, data)

    def order_revocation(self, at: int) -> None:
        data = {
            "certificate_no": self.certificate_no,
            "trainee_id": self.id,
            "actor": "base-xj",
            "reason": "证书内容核查有误",
        }
        self.emit("certificate.revocation-ordered", at, data)
        self.ordered = True

    def standing(self) -> tuple[Enrollment, Due] | None:
        """The enrollment that the certificate rests on in the end, and what it rests on."""
        if self.ordered:
            return None
        due = [(found.at, e.id, e, found) for e in self.enrollments if (found := e.due())]
        return min(due)[2:] if due else None


@dataclass(frozen=True)
class Due:
    """When the certificate was due, on which courses."""

    at: int
    evidence: tuple[Credit, ...]
    digest: str

    @property
    def hours(self) -> int:
        return sum(credit.course.hours for credit in self.evidence)


class Enrollment:
    def __init__(self, trainee: Trainee, term: Term, enrollment_id: str):
        self.trainee = trainee
        self.world = trainee.world
        self.rng = trainee.rng
        self.term = term
        self.id = enrollment_id
        self.training = (milliseconds(term.training_from), milliseconds(term.training_to))
        fee, programme = self.world.catalogue["fee"], self.world.catalogue["programme"]
        self.fee_fen: int = fee["amount_fen"]
        self.code = self.world.keys.payment_code(
            fee["code_prefix"], fee["code_length"], programme["id"], trainee.id, enrollment_id
        )
        self.submitted_at = 0
        self.approved_at: int | None = None
        self.settled_at: int | None = None
        self.payment: dict[str, str] | None = None
        self.survey_at: int | None = None
        self.ended = False
        self.bars: list[list[int | None]] = []
        self.credits: dict[str, Credit] = {}
        self.broadcasts: list[tuple[int, int]] = []  # attended: nobody watches films meanwhile
        self._numbers = 0

    @property
    def active_at(self) -> int:
        assert self.approved_at is not None and self.settled_at is not None
        return max(self.approved_at, self.settled_at)

    def due(self) -> Due | None:
        catalogue = self.world.catalogue
        barred = any(end is None for _, end in self.bars)
        surveyed = self.survey_at is not None or not catalogue.survey
        if self.ended or barred or not surveyed or self.approved_at is None or not self.payment:
            return None
        evidence: list[Credit] = []
        hours = 0
        for credit in sorted(self.credits.values(), key=lambda c: (c.at, c.course.id)):
            evidence.append(credit)
            hours += credit.course.hours
            if hours >= catalogue.required_hours:
                instants = [self.active_at, credit.at, *(end for _, end in self.bars)]
                if catalogue.survey:
                    instants.append(self.survey_at)
                return Due(max(instants), tuple(evidence), evidence_digest(evidence, self.payment))
        return None

    # Acts of the trainee, the base and the banks.

    def submit(self, at: int, delay: int = 300, repeat: bool = True, **changes: Any) -> Record:
        person, eligible = self.trainee.person, self.world.catalogue["eligible"]
        self.submitted_at = at
        data = {
            "enrollment_id": self.id,
            "trainee_id": self.trainee.id,
            "term_id": self.term.id,
            "series": self.world.catalogue["series"]["id"],
            "title_level": person.title_level,
            "base_id": eligible["bases"][0],
            "name": person.name,
            "id_number": person.id_number,
            "mobile": person.mobile,
            "employer": person.employer,
            "employer_kind": person.employer_kind,
            "prefecture": person.prefecture,
            "photo": {
                "sha256": hashlib.sha256(self.id.encode()).hexdigest(),
                "uri": f"https://platform.example.org/photos/{self.trainee.id}.jpg",
            },
            **changes,
        }
        return self.trainee.emit(
            "enrollment.submitted", at, data, arrival=at + delay, repeat=repeat
        )

    def approve(self, at: int) -> None:
        self._review(at, "approved")
        self.approved_at = at

    def reject(self, at: int, reason: str = "单位证明不符") -> None:
        self._review(at, "rejected", reason=reason)
        self.ended = True

    def withdraw(self, at: int) -> None:
        self._emit("enrollment.withdrawn", at, reason="工作调动")
        self.ended = True

    def disqualify(self, at: int) -> None:
        self._emit("enrollment.disqualified", at, actor="base-xj", reason="在交流群泄露考试答案")
        self.bars.append([at, None])

    def reinstate(self, at: int) -> None:
        self._emit("enrollment.reinstated", at, actor="base-xj", reason="申诉成立")
        self.bars[-1][1] = at

    def correct(self, at: int, **fields: str) -> None:
        self._emit("enrollment.corrected", at, **fields, actor="base-xj", reason="信息登记有误")

    def survey(self, at: int) -> None:
        self._emit("survey.submitted", at, survey_id=self.world.catalogue.survey)
        self.survey_at = at if self.survey_at is None else self.survey_at

    def pay(
        self, at: int, amount_fen: int | None = None, delay: int | None = None, settles: bool = True
    ) -> None:
        """A settlement. `settles`: whether it does, as the story knows it."""
        bank = self.rng.choice(self.world.catalogue.banks)
        transaction = f"{bank}-{beijing(at)[:10].replace('-', '')}-{self._number()}-{self.code[4:]}"
        data: dict[str, Any] = {
            "payment_code": self.code,
            "bank": bank,
            "bank_txn_id": transaction,
            "amount_fen": self.fee_fen if amount_fen is None else amount_fen,
            "currency": "CNY",
            "channel": self.rng.choice(("counter", "app", "app")),
        }
        if self.rng.random() < 0.5:
            data["receipt_no"] = f"新财票〔2023〕第{self.code[-8:]}{self._numbers}号"
        arrival = at + (self._bank_delay() if delay is None else delay)
        self._bank_event("payment.settled", at, data, arrival)
        if self.rng.random() < 0.03:
            # The bank's batch of the next day says the same under another event id.
            self._bank_event("payment.settled", at, data, arrival + DAY)
        if settles:
            self.settled_at = at
            self.payment = {"bank": bank, "bank_txn_id": transaction}
        if settles and self.rng.random() < 0.3:
            self.receipt(arrival + HOUR)

    def receipt(self, at: int) -> None:
        """The non-tax receipt's number, perhaps the one that the settlement named already."""
        number = self.trainee.said["payment.settled"].data.get("receipt_no", f"第{self.code}号")
        data = {"payment_code": self.code, **(self.payment or {}), "receipt_no": number}
        self._bank_event("payment.receipted", at, data, at + MINUTE)

    def refund(self, at: int, amount_fen: int | None = None) -> None:
        """The bank gives the fee back: that ends the enrollment."""
        assert self.payment
        data = {
            "payment_code": self.code,
            **self.payment,
            "refund_txn_id": f"R-{self._number()}-{self.code[4:]}",
            "amount_fen": self.fee_fen if amount_fen is None else amount_fen,
            "currency": "CNY",
        }
        self._bank_event("payment.refunded", at, data, at + MINUTE)
        self.ended = True

    def play(
        self,
        course: Course,
        media: tuple[int, int],
        wall: tuple[int, int],
        delay: int = 0,
        device: str = "web",
    ) -> None:
        """One watch report: media seconds, wall-clock milliseconds."""
        start, end = wall
        self._emit(
            "watch.played",
            end,
            course_id=course.id,
            session_id=f"s-{start // DAY}-{device}",
            from_s=media[0],
            to_s=media[1],
            started_at=utc(start),
            ended_at=utc(end),
            device_id=f"{device}-{self.trainee.id}",
            arrival=end + 200 + self.rng.randrange(3000) + delay,
        )

    def attend(self, course: Course, share: float = 1.0) -> None:
        """Presence in a broadcast, in one or two parts, while the enrollment is active."""
        assert course.start and course.end
        start, end = milliseconds(course.start), milliseconds(course.end)
        span = int((end - start) * share)
        joined = start - self.rng.randrange(5 * MINUTE) if share == 1.0 else start
        if self.rng.random() < 0.3:
            pause = start + span // 2 + self.rng.randrange(span // 8)
            parts = [(joined, pause), (pause + 30 * SECOND, start + span)]
        else:
            stays = self.rng.randrange(5 * MINUTE) if share == 1.0 else 0
            parts = [(joined, start + span + stays)]
        needed = (end - start) * self.world.catalogue["watch"]["live_share"]
        present = 0
        for begin, finish in parts:
            self._emit(
                "live.attended",
                finish,
                course_id=course.id,
                session_id=f"live-{course.id}",
                joined_at=utc(begin),
                left_at=utc(finish),
            )
            present += min(finish, end) - max(begin, start)
            if present * 1000 >= needed and course.id not in self.credits:
                self.credits[course.id] = Credit(course, min(finish, end), None)
        self.broadcasts.append((joined, parts[-1][1]))

    def sit(self, course: Course, at: int, passes: bool, credits: bool = True) -> None:
        """An exam; `credits`: whether a pass counts, as the story knows it."""
        score, answers = self._answers(course, passes)
        result = {"score": score} if self.rng.random() < 0.3 else {"answers": answers}
        long_enough = self.world.catalogue["exams"]["min_exam_time_s"] * SECOND
        hasty = self.rng.random() < 0.005
        taken = long_enough // 3 if hasty else long_enough + self.rng.randrange(20 * MINUTE)
        self._emit(
            "exam.submitted",
            at,
            course_id=course.id,
            attempt_id=f"a-{self._number()}",
            paper_id=course.paper,
            started_at=utc(at - taken),
            **result,
        )
        if passes and credits and course.id not in self.credits:
            self.credits[course.id] = Credit(course, at, score)

    def grant_attempts(self, course: Course, at: int, extra: int = 1) -> None:
        self._emit(
            "exam.attempts-granted",
            at,
            course_id=course.id,
            grant_id=f"g-{self._number()}",
            extra=extra,
            actor="base-xj",
            reason="考试中断，情况属实",
        )

    # Details.

    def _emit(self, kind: str, at: int, arrival: int | None = None, **data: Any) -> None:
        names = {"enrollment_id": self.id, "trainee_id": self.trainee.id}
        self.trainee.emit(kind, at, {**names, **data}, arrival=arrival)

    def _review(self, at: int, decision: str, **more: str) -> None:
        self._emit("enrollment.reviewed", at, decision=decision, reviewer="base-xj", **more)

    def _bank_event(self, kind: str, at: int, data: dict[str, Any], arrival: int) -> None:
        source = f"/banks/{data['bank'].lower()}"
        self.trainee.emit(kind, at, data, arrival=arrival, source=source)

    def _bank_delay(self) -> int:
        if self.rng.random() < 0.1:
            return self.rng.randrange(2 * DAY)
        return SECOND + self.rng.randrange(MINUTE)

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _answers(self, course: Course, passes: bool) -> tuple[int, list[dict[str, Any]]]:
        """Answers of which as many are wrong as a pass allows at most, or a fail needs at least."""
        pass_score = self.world.catalogue["exams"]["pass_score"]
        score, answers = 0, []
        for question in self.rng.sample(course.questions, len(course.questions)):
            if passes:
                lost = 100 - pass_score - sum(a["lost"] for a in answers)
                right = question.marks > lost or self.rng.random() < 0.8
            else:
                right = score + question.marks < pass_score and self.rng.random() < 0.8
            choice = list(question.key) if right else self._wrong(question.key)
            self.rng.shuffle(choice)
            score += question.marks if right else 0
            answers.append(
                {
                    "question": question.id,
                    "choice": choice,
                    "lost": 0 if right else question.marks,
                }
            )
        given = [
            {"question": answer["question"], "choice": answer["choice"]}
            for answer in answers
            if answer["choice"] or self.rng.random() < 0.5
        ]
        return score, given

    def _wrong(self, key: str) -> list[str]:
        if key in "TF":
            return ["F" if key == "T" else "T"]
        if len(key) > 1:
            return list(key[1:])  # a part of the right choices is not right
        return [] if self.rng.random() < 0.2 else ["A" if key != "A" else "B"]


def evidence_digest(evidence: list[Credit], payment: dict[str, str]) -> str:
    """SHA-256 of the RFC 8785 form of courses and payment as they are published."""
    courses = []
    for credit in evidence:
        hours = credit.course.hours
        entry: dict[str, Any] = {
            "course_id": credit.course.id,
            "kind": credit.course.kind,
            "hours": hours // 10 if hours % 10 == 0 else hours / 10,
        }
        if credit.score is not None:
            entry["score"] = credit.score
        courses.append(entry)
    canonical = json.dumps(
        {"courses": courses, "payment": payment},
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
