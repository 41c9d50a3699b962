"""What is published: the difference between what was said of a trainee and what holds now.

The order and the contents of what goes out stand in fold.md section 8.
"""

from dataclasses import dataclass, field

import contract
import crypto
import derive
from catalogue import Configuration
from derive import Certificate, View
from facts import Account, Enrollment, Trainee
from instants import DAY, published

# The order in which the effects of one record go out, and the topic of each.
_OUT = (
    ("xueshi.payment.requested.v1", "xueshi.payment-request"),
    ("xueshi.refund.requested.v1", "xueshi.payment-request"),
    ("xueshi.course.learned.v1", "xueshi.progress"),
    ("xueshi.exam.graded.v1", "xueshi.progress"),
    ("xueshi.course.credited.v1", "xueshi.progress"),
    ("xueshi.enrollment.changed.v1", "xueshi.progress"),
    ("xueshi.year.changed.v1", "xueshi.progress"),
    ("xueshi.certificate.revoked.v1", "xueshi.certificate"),
    ("xueshi.certificate.issued.v1", "xueshi.certificate"),
    ("xueshi.anomaly.raised.v1", "xueshi.progress"),
    ("xueshi.notification.requested.v1", "xueshi.notification"),
)
(REQUESTED, REFUND, LEARNED, GRADED, CREDITED, CHANGED, YEAR, REVOKED, ISSUED, ANOMALY,
 NOTIFICATION) = range(len(_OUT))


@dataclass(slots=True)
class Effect:
    rank: int
    name: bytes
    key: str
    time: int
    subject: str | None
    data: dict

    @property
    def type(self) -> str:
        return _OUT[self.rank][0]

    @property
    def topic(self) -> str:
        return _OUT[self.rank][1]

    @property
    def ce_id(self) -> str:
        return crypto.event_id(self.name)


def effect(rank: int, parts: tuple, key: str, time: int, subject: str | None,
           data: dict) -> Effect:
    name = "\n".join((_OUT[rank][0], *map(str, parts))).encode()
    return Effect(rank, name, key, time, subject, data)


def in_order(found: list[Effect]) -> list[Effect]:
    return sorted(found, key=lambda e: (e.rank, e.name))


@dataclass(slots=True)
class Cause:
    """The folded record, or the closing, whose effects are asked for."""

    time: int
    kind: str = ""
    text: str | None = None


@dataclass(slots=True)
class Version:
    digest: str
    issued_at: int
    revoked_at: int | None = None


@dataclass
class Said:
    """What has been published of one enrollment."""

    revision: int = 0
    changed: dict | None = None
    graded: dict[tuple[str, str], tuple[int, dict]] = field(default_factory=dict)
    once: set[tuple] = field(default_factory=set)

    def first_time(self, *what) -> bool:
        if what in self.once:
            return False
        self.once.add(what)
        return True


@dataclass
class Story:
    """What has been published of one trainee."""

    enrollments: dict[str, Said] = field(default_factory=dict)
    years: dict[int, tuple[int, dict]] = field(default_factory=dict)
    standing: dict[int, Certificate] = field(default_factory=dict)
    versions: dict[int, list[Version]] = field(default_factory=dict)


# --- One enrollment ------------------------------------------------------------------------

class _OfEnrollment:
    """The effects of one cause on one enrollment."""

    def __init__(self, view: View, said: Said, cause: Cause):
        self.view, self.said, self.cause = view, said, cause
        enrollment = view.enrollment
        self.trainee_id, self.id = enrollment.trainee_id, enrollment.id
        self.programme = enrollment.programme
        self.code = enrollment.account.code
        self.prefecture = enrollment.submission.fields["prefecture"]
        self.found: list[Effect] = []

    def add(self, rank: int, parts: tuple, data: dict, time: int | None = None,
            key: str | None = None) -> None:
        data = {"enrollment_id": self.id, "trainee_id": self.trainee_id} | data
        time = self.cause.time if time is None else time
        self.found.append(effect(rank, parts, key or self.trainee_id, time, self.id, data))

    def notify(self, template: str, subject, params: dict, time: int | None = None) -> None:
        self.add(NOTIFICATION, (self.trainee_id, self.id, template, subject),
                 {"template": template, "channel": "sms", "params": params}, time)

    def all(self) -> list[Effect]:
        if self.said.first_time("accepted"):
            self.accepted()
        self.refunds()
        self.courses()
        self.changed()
        self.anomalies()
        self.notifications()
        return self.found

    def accepted(self) -> None:
        pay_before = published(self.view.enrollment.term.training_to)
        amount = self.programme.fee_fen
        self.add(REQUESTED, (self.code,), {
            "payment_code": self.code, "amount_fen": amount, "currency": self.programme.currency,
            "payer_name": self.view.enrollment.submission.fields["name"],
            "banks": self.programme.banks, "pay_before": pay_before}, key=self.code)
        self.notify("payment-code", "", {
            "payment_code": self.code, "amount_fen": amount, "pay_before": pay_before})

    def refunds(self) -> None:
        for (bank, txn), reason in self.view.owed.items():
            if self.said.first_time("refund", bank, txn):
                row = self.view.enrollment.account.rows[bank, txn]
                data = refund_data(self.code, row, reason, self.programme.currency)
                self.add(REFUND, (self.code, bank, txn), data, key=self.code)

    def courses(self) -> None:
        for course_id, view in self.view.courses.items():
            parts = (self.trainee_id, self.id, course_id)
            if view.course.kind == "recorded" and view.learned_at is not None:
                if self.said.first_time("learned", course_id):
                    data = {"course_id": course_id, "learned_at": published(view.learned_at)}
                    self.add(LEARNED, parts, data, view.learned_at)
            if view.credited_at is not None and self.said.first_time("credited", course_id):
                data = {"course_id": course_id, "hours": derive.number(view.course.hours)}
                self.add(CREDITED, parts, data, view.credited_at)
            for verdict in view.verdicts:
                self.graded(course_id, verdict)

    def graded(self, course_id: str, judged: derive.Verdict) -> None:
        attempt = judged.attempt
        name = (course_id, attempt.attempt_id)
        data = {"course_id": course_id, "attempt_id": attempt.attempt_id, "score": attempt.score,
                "passed": judged.passed, "verdict": judged.verdict,
                "attempts_left": judged.attempts_left}
        count, last = self.said.graded.get(name, (0, None))
        if data != last:
            self.said.graded[name] = (count + 1, data)
            self.add(GRADED, (self.trainee_id, self.id, *name, count + 1), data)
        if judged.verdict == "counted" and not judged.passed:
            if self.said.first_time("exam-failed", *name):
                self.notify("exam-failed", "/".join(name), {
                    "course_id": course_id, "score": attempt.score,
                    "attempts_left": judged.attempts_left})

    def changed(self) -> None:
        view, group = self.view, self.programme.groups.get(self.prefecture)
        data = {
            "state": view.state, "paid": view.paid, "approved": view.approved,
            "hours": derive.number(0 if view.ended else view.hours),
            "required_hours": derive.number(self.programme.required_hours),
            "survey_done": view.survey_at is not None and not view.ended,
            "missing": [] if view.ended else view.missing}
        if view.active_at is not None and not view.ended:
            data["active_at"] = published(view.active_at)
        if group is not None:
            data["study_group"] = group
        if data != self.said.changed:
            self.said.changed = data
            self.said.revision += 1
            revision = self.said.revision
            self.add(CHANGED, (self.trainee_id, self.id, revision), {"revision": revision} | data)

    def anomalies(self) -> None:
        for kind, subject in self.view.anomalies:
            if self.said.first_time("anomaly", kind, subject):
                # The contract does not say what `detail` holds; it is left out.
                self.add(ANOMALY, (self.trainee_id, self.id, kind, subject),
                         {"kind": kind, "subject": subject})

    def notifications(self) -> None:
        view, first_time = self.view, self.said.first_time
        group = self.programme.groups.get(self.prefecture)
        if view.state in ("active", "completed") and first_time("approved"):
            self.notify("approved", "", {} if group is None else {"study_group": group})
        if view.state == "rejected" and first_time("rejected"):
            text = self.cause.text
            self.notify("rejected", "", {} if text is None else {"reason": text})
        suffices = not view.ended and view.hours >= self.programme.required_hours
        if suffices and first_time("hours suffice") and "survey" in view.missing:
            self.notify("survey-due", "", {})


def refund_data(code: str, row, reason: str, currency: str) -> dict:
    return {"payment_code": code, "bank": row.bank, "bank_txn_id": row.bank_txn_id,
            "amount_fen": row.amount_fen, "currency": currency, "reason": reason}


# --- A trainee -----------------------------------------------------------------------------

class OfTrainee:
    """The effects of one cause on one trainee, whose changed enrollments have new views."""

    def __init__(self, config: Configuration, trainee: Trainee, story: Story,
                 views: dict[str, View], cause: Cause):
        self.config, self.trainee, self.story = config, trainee, story
        self.views, self.cause = views, cause
        self.found: list[Effect] = []

    def all(self, changed: list[Enrollment]) -> list[Effect]:
        for enrollment in changed:
            said = self.story.enrollments.setdefault(enrollment.id, Said())
            self.found += _OfEnrollment(self.views[enrollment.id], said, self.cause).all()
        for index in range(len(self.config.catalogue.programmes)):
            self.certificate(index)
        self.years()
        return in_order(self.found)

    def certificate(self, index: int) -> None:
        programme = self.config.catalogue.programmes[index]
        before = self.story.standing.get(index)
        now = derive.certificate(self.trainee, programme, list(self.views.values()))
        if now == before:
            return
        if now is None:
            del self.story.standing[index]
            self.revoked(index, before)
        else:
            self.story.standing[index] = now
            self.issued(index, now)

    def revoked(self, index: int, before: Certificate) -> None:
        versions = self.story.versions[index]
        revoked_at = max(self.cause.time, before.issued_at)
        versions[-1].revoked_at = revoked_at
        if self.cause.kind == contract.ORDER:
            reason = "ordered"
        else:
            reason = self.views[before.enrollment.id].state
        data = {"revoked_at": published(revoked_at), "reason": reason}
        if self.cause.text is not None:
            data["detail"] = self.cause.text
        self.add(REVOKED, "revoked", index, before, data, revoked_at)
        self.notify("revoked", index, before, {"reason": reason})

    def issued(self, index: int, now: Certificate) -> None:
        self.story.versions.setdefault(index, []).append(Version(now.digest, now.issued_at))
        programme, enrollment = now.enrollment.programme, now.enrollment
        masked = enrollment.id_number[:3] + "*" * 11 + enrollment.id_number[-4:]
        self.add(ISSUED, "issued", index, now, {
            "holder": {"name": now.name, "id_number_masked": masked},
            "programme_id": programme.id, "year": programme.year, "series": programme.series,
            "category": programme.category, "hours": derive.number(now.hours),
            "term_id": enrollment.term.id,
            "training_from": published(enrollment.term.training_from),
            "training_to": published(enrollment.term.training_to),
            "issued_at": published(now.issued_at),
            "evidence": {"courses": now.courses, "payment": now.payment, "digest": now.digest},
        }, now.issued_at)
        self.notify("certificate", index, now, {})

    def _numbered(self, index: int) -> dict:
        number = self.config.certificate_no(index, self.trainee.id)
        return {"certificate_no": number, "version": len(self.story.versions[index])}

    def add(self, rank: int, what: str, index: int, of: Certificate, data: dict,
            time: int) -> None:
        numbered = self._numbered(index)
        number, version = numbered["certificate_no"], numbered["version"]
        data = numbered | data | self._who(of.enrollment)
        self.found.append(
            effect(rank, (number, version, what), self.trainee.id, time, number, data))

    def notify(self, template: str, index: int, of: Certificate, params: dict) -> None:
        params = self._numbered(index) | params
        name = (self.trainee.id, of.enrollment.id, template, params["version"])
        data = {"template": template, "channel": "sms", "params": params}
        self.found.append(effect(NOTIFICATION, name, self.trainee.id, self.cause.time,
                                 of.enrollment.id, data | self._who(of.enrollment)))

    def _who(self, enrollment: Enrollment) -> dict:
        return {"enrollment_id": enrollment.id, "trainee_id": self.trainee.id}

    def years(self) -> None:
        programmes = self.config.catalogue.programmes
        standing = [programmes[index] for index in self.story.standing]
        for year, view in derive.years(self.trainee, list(self.views.values()), standing).items():
            data = {"year": year, "public_hours": derive.number(view.public_hours),
                    "professional_hours": derive.number(view.professional_hours),
                    "complete": view.complete}
            revision, last = self.story.years.get(year, (0, None))
            if data == last:
                continue
            self.story.years[year] = (revision + 1, data)
            data = {"trainee_id": self.trainee.id, "revision": revision + 1} | data
            self.found.append(effect(YEAR, (self.trainee.id, year, revision + 1),
                                     self.trainee.id, self.cause.time, None, data))


# --- What has no trainee, and what time alone brings ---------------------------------------

def of_unknown_code(account: Account, requested: set, currency: str, cause: Cause) -> list[Effect]:
    """Money of a code that no enrollment has: owed back, once per settlement."""
    found = []
    for name, reason in derive.owed_unknown(account).items():
        if (account.code, *name) not in requested:
            requested.add((account.code, *name))
            data = refund_data(account.code, account.rows[name], reason, currency)
            found.append(effect(REFUND, (account.code, *name), account.code, cause.time, None,
                                data))
    return in_order(found)


def reminder(view: View, days: int) -> Effect:
    training_to = view.enrollment.term.training_to
    of = _OfEnrollment(view, Said(), Cause(training_to - days * DAY))
    of.notify("reminder", days, {"days_left": days, "training_to": published(training_to)})
    return of.found[0]
