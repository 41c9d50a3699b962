"""The fold: records one after another, each judged alone (fold.md sections 1 to 4)."""

import heapq
from dataclasses import dataclass

import contract
import derive
import effects
from catalogue import Configuration, Programme, Term
from contract import (ATTENDED, CORRECTED, CREDIT, DISQUALIFIED, ENROLLMENT, EXAM, EXAMINED,
                      GRANTED, ORDER, PAYMENT, PLAYED, RECEIPTED, REFUNDED, REINSTATED, REVIEWED,
                      SETTLED, SUBMITTED, SURVEY, TICK, TOPICS, WATCH_TIME, WITHDRAWN, Event,
                      Record, Rejected)
from effects import Cause, Effect, Story
from facts import (Account, Attempt, Conflict, Duplicate, Enrollment, Grant, Report, Trainee)

_RANK = {topic: rank for rank, topic in enumerate(TOPICS)}
_LATE = frozenset((PLAYED, ATTENDED, EXAMINED, GRANTED, REVIEWED, SURVEY))


@dataclass(slots=True, eq=False)
class Item:
    """A record that has passed the checks which need nothing but itself."""

    record: Record
    event: Event
    stamp: int

    def place(self) -> tuple[int, int, int]:
        return _RANK[self.record.topic], self.record.partition, self.record.offset


class Held(Exception):
    """The record's precondition is not here yet; the argument says under what it waits."""


class World:
    """Facts, what waits, and what has been published, for one log."""

    def __init__(self, config: Configuration, partitions: dict[str, int]):
        self.config, self.catalogue = config, config.catalogue
        self.partitions = partitions
        self.ticks: dict[tuple[str, int], int] = {}
        self.trainees: dict[str, Trainee] = {}
        self.stories: dict[str, Story] = {}
        self.views: dict[str, dict[str, derive.View]] = {}
        self.codes: dict[str, Enrollment] = {}
        self.unknown_money: dict[str, Account] = {}
        self.unknown_requested: set[tuple] = set()
        self.id_numbers: dict[str, list[Enrollment]] = {}
        self.held: dict[tuple, list[Item]] = {}
        self.queue: list[tuple] = []
        self.closed: set[Term] = set()
        self.outcomes: list[tuple] = []
        self.published: list[Effect] = []
        self.raced = False  # a submission met one of section 1's three exceptions

    # --- Reading a record --------------------------------------------------------------

    def stamp_of(self, record: Record) -> int:
        return max(record.timestamp, self.ticks.get((record.topic, record.partition), 0))

    def watermark(self) -> int | None:
        if len(self.ticks) < sum(self.partitions.values()):
            return None
        return min(self.ticks.values())

    def fold(self, record: Record) -> None:
        """Folds a record, then whatever it releases, always the smallest place first."""
        stamp = self.stamp_of(record)
        reading = contract.read(record, self.config)
        reason = reading.before_clock
        is_tick = reading.event is not None and reading.event.type == TICK
        if reason is None and reading.latest > stamp + self.catalogue.max_skew and not is_tick:
            reason = "clock_skew"  # a tick is always applied
        reason = reason or reading.after_clock
        if reason is not None:
            self.note(record, "rejected", reason, False)
            return
        self.judge(Item(record, reading.event, stamp), False, reading.event.time)
        while self.queue:
            item = heapq.heappop(self.queue)[1]
            self.judge(item, True, item.event.time)

    def note(self, record: Record, outcome: str, reason: str | None, released: bool) -> None:
        self.outcomes.append((record, outcome, reason, released))

    def judge(self, item: Item, released: bool, time: int) -> None:
        """One judgement, its effects, and the queueing of what it releases."""
        event = item.event
        outcome, reason, subject = "applied", None, None
        try:
            subject = self.apply(item)
        except Held as wait:
            outcome = "held"
            self.held.setdefault(wait.args, []).append(item)
        except Rejected as failure:
            outcome, reason = "rejected", failure.reason
        except Duplicate:
            outcome = "duplicate"
        except Conflict:
            outcome, reason = "rejected", "conflict"
        self.note(item.record, outcome, reason, released)
        if subject is None:
            return
        cause = Cause(time, event.type, event.fields.get("reason"))
        if isinstance(subject, Account):
            currency = self.catalogue.programme_of_code(subject.code).currency
            self.published += effects.of_unknown_code(
                subject, self.unknown_requested, currency, cause)
        elif isinstance(subject, Enrollment):
            self.published += self.effects_of(subject.trainee_id, [subject], cause)
            self.release(subject)
        else:
            self.published += self.effects_of(subject.id, [], cause)

    def effects_of(self, trainee_id: str, changed: list[Enrollment], cause: Cause) -> list[Effect]:
        views = self.views.setdefault(trainee_id, {})
        for enrollment in changed:
            views[enrollment.id] = derive.enrollment_view(enrollment,
                                                          enrollment.term in self.closed)
        story = self.stories.setdefault(trainee_id, Story())
        return effects.OfTrainee(
            self.config, self.trainees[trainee_id], story, views, cause).all(changed)

    # --- Waiting -----------------------------------------------------------------------

    def release(self, enrollment: Enrollment) -> None:
        """Queues what waited for the enrollment, as far as it waits no longer."""
        view = self.views[enrollment.trainee_id][enrollment.id]
        watching = view.ended or view.active_at is not None
        for name in (("enrollment", enrollment.trainee_id, enrollment.id),
                     ("code", enrollment.account.code)):
            waiting = self.held.pop(name, ())
            still = [] if watching else [i for i in waiting if i.record.topic == WATCH_TIME]
            if still:
                self.held[name] = still
            for item in waiting:
                if watching or item.record.topic != WATCH_TIME:
                    heapq.heappush(self.queue, (item.place(), item))

    def no_term_left(self, code: str | None = None) -> bool:
        """Nothing waits any more for what is unknown: a code, or else an enrollment.

        A code's prefix tells its programme, and so which terms could still make it known.
        """
        if code is not None:
            return all(t in self.closed for t in self.catalogue.programme_of_code(code).terms)
        return all(term in self.closed for term in self.catalogue.terms.values())

    # --- Applying: what each event does (section 4) ------------------------------------

    def apply(self, item: Item) -> Trainee | Enrollment | Account | None:
        """Takes the event in as a fact and returns whose state may have changed."""
        event = item.event
        if event.type == TICK:
            self.ticks[item.record.topic, item.record.partition] = item.stamp
            return None
        if event.type == SUBMITTED:
            return self.submitted(item)
        if event.type == CREDIT:
            return self.credit(event)
        if event.type == ORDER:
            return self.order(event)
        if item.record.topic == PAYMENT:
            return self.payment(item)
        return self.of_enrollment(item)

    def trainee(self, trainee_id: str) -> Trainee:
        return self.trainees.setdefault(trainee_id, Trainee(trainee_id))

    def enrollment(self, fields: dict) -> Enrollment | None:
        trainee = self.trainees.get(fields["trainee_id"])
        return trainee.enrollments.get(fields["enrollment_id"]) if trainee else None

    def submitted(self, item: Item) -> Enrollment:
        event, fields = item.event, item.event.fields
        term = self.catalogue.terms[fields["term_id"]]
        if item.stamp > term.close_at:
            raise Rejected("never_released")
        known = self.enrollment(fields)
        if known is not None:
            known.events["enrollment"].check((event.source, event.id), by_id(event))
            raise Duplicate if known.submission.content() == event.content() else Conflict
        programme = term.programme
        self.check_eligible(fields, programme)
        if not term.registration_from <= event.time < term.registration_to:
            raise Rejected("outside_registration")
        self.check_only_one(event, programme)
        code = programme.code_of(
            self.config.payment_code_key, fields["trainee_id"], fields["enrollment_id"])
        if code in self.codes:
            self.raced = True
            raise Conflict
        enrollment = Enrollment(event, programme, term, Account(code))
        enrollment.events["enrollment"].remember((event.source, event.id), by_id(event))
        self.trainee(enrollment.trainee_id).enrollments[enrollment.id] = enrollment
        self.codes[code] = enrollment
        self.id_numbers.setdefault(enrollment.id_number, []).append(enrollment)
        return enrollment

    @staticmethod
    def check_eligible(fields: dict, programme: Programme) -> None:
        if (fields["series"] != programme.series
                or fields["title_level"] not in programme.title_levels
                or fields["base_id"] not in programme.bases
                or fields["employer_kind"] not in programme.employer_kinds):
            raise Rejected("not_eligible")

    def check_only_one(self, event: Event, programme: Programme) -> None:
        """R6: one ID number, one trainee. R5: one enrollment at a time."""
        trainee_id = event.fields["trainee_id"]
        claims = self.id_numbers.get(event.fields["id_number"], ())
        if any(c.trainee_id != trainee_id and not c.rejections for c in claims):
            self.raced = True
            raise Rejected("duplicate_identity")
        trainee = self.trainees.get(trainee_id)
        for other in trainee.enrollments.values() if trainee else ():
            if other.programme is not programme or other.rejections or other.withdrawals:
                continue
            if event.time < other.term.training_to:
                raise Rejected("already_enrolled")
        story = self.stories.get(trainee_id)
        if story and any(c.enrollment.programme is programme for c in story.standing.values()):
            self.raced = True
            raise Rejected("already_enrolled")

    def credit(self, event: Event) -> Trainee:
        fields = event.fields
        trainee = self.trainee(fields["trainee_id"])
        identity = (fields["provider"], fields["evidence_no"])
        trainee.events.check((event.source, event.id), by_id(event))
        trainee.credit_ids.check(identity, event.content())
        trainee.events.remember((event.source, event.id), by_id(event))
        trainee.credit_ids.remember(identity, event.content())
        trainee.credits.append((fields["year"], fields["hours"]))
        return trainee

    def order(self, event: Event) -> Trainee:
        trainee = self.trainee(event.fields["trainee_id"])
        trainee.events.check((event.source, event.id), by_id(event))
        for index, programme in enumerate(self.catalogue.programmes):
            if event.fields["certificate_no"] == self.config.certificate_no(index, trainee.id):
                trainee.events.remember((event.source, event.id), by_id(event))
                trainee.ordered.add(programme)
                return trainee
        raise Rejected("unknown_certificate")

    # --- Money -------------------------------------------------------------------------

    def payment(self, item: Item) -> Enrollment | Account:
        event, code = item.event, item.event.fields["payment_code"]
        enrollment = self.codes.get(code)
        if enrollment is not None:
            self.book(item, enrollment.account)
            return enrollment
        if not self.no_term_left(code):
            raise Held("code", code)
        account = self.unknown_money.setdefault(code, Account(code))
        self.book(item, account)
        return account

    @staticmethod
    def book(item: Item, account: Account) -> None:
        event, fields = item.event, item.event.fields
        identity = (fields["bank"], fields["bank_txn_id"])
        account.events.check((event.source, event.id), by_id(event))
        if event.type == SETTLED:
            account.settlement_ids.check(identity, event.content())
            account.settlement_ids.remember(identity, event.content())
            row = account.row(event)
            row.amount_fen, row.settled_at, row.stamp = fields["amount_fen"], event.time, item.stamp
            row.receipt_no = row.receipt_no or fields.get("receipt_no")
            account.settlements.append(row)
        elif event.type == REFUNDED:
            refund = (*identity, fields["refund_txn_id"])
            account.refund_ids.check(refund, event.content())
            account.refund_ids.remember(refund, event.content())
            row = account.row(event)
            row.refunded_fen += fields["amount_fen"]
            row.refunds += 1
        else:
            known = account.rows[identity].receipt_no if identity in account.rows else None
            if known is not None:
                raise Duplicate if known == fields["receipt_no"] else Conflict
            account.row(event).receipt_no = fields["receipt_no"]
        account.events.remember((event.source, event.id), by_id(event))

    # --- What names an enrollment ------------------------------------------------------

    def of_enrollment(self, item: Item) -> Enrollment | None:
        event, fields = item.event, item.event.fields
        enrollment = self.enrollment(fields)
        name = ("enrollment", fields["trainee_id"], fields["enrollment_id"])
        if enrollment is None:
            if self.no_term_left():
                raise Rejected("never_released")
            raise Held(*name)
        view = self.views[enrollment.trainee_id][enrollment.id]
        if item.record.topic == WATCH_TIME and not view.ended and view.active_at is None:
            if enrollment.term in self.closed:
                raise Rejected("never_released")
            raise Held(*name)
        if "course_id" in fields:
            course = self.catalogue.courses[fields["course_id"]]
            if not course.taught_in(enrollment.term):
                raise Rejected("unknown_course")
        if event.type in _LATE and item.stamp > enrollment.term.close_at:
            raise Rejected("never_released")
        if item.record.topic == WATCH_TIME:
            return self.watch(event, enrollment, view)
        scope = enrollment.events["exam" if item.record.topic == EXAM else "enrollment"]
        scope.check((event.source, event.id), by_id(event))
        _APPLY[event.type](event, enrollment)
        scope.remember((event.source, event.id), by_id(event))
        return enrollment

    def watch(self, event: Event, enrollment: Enrollment, view: derive.View) -> Enrollment | None:
        fields = event.fields
        if view.ended:
            return None
        course = self.catalogue.courses[fields["course_id"]]
        if event.type == PLAYED:
            report = Report(course, fields["started_at"], fields["ended_at"], fields["from_s"],
                            fields["to_s"])
        else:
            report = Report(course, fields["joined_at"], fields["left_at"])
        if enrollment.watched.is_all_taken(report):
            raise Duplicate
        enrollment.reports.append(report)
        return enrollment


def by_id(event: Event) -> tuple:
    """The content that an event's own id stands for: its time is part of it."""
    return event.time, event.content()


def _reviewed(event: Event, enrollment: Enrollment) -> None:
    if event.fields["decision"] == "approved":
        enrollment.approvals.append(event.time)
    else:
        enrollment.rejections += 1


def _withdrawn(event: Event, enrollment: Enrollment) -> None:
    enrollment.withdrawals += 1


def _disqualified(event: Event, enrollment: Enrollment) -> None:
    enrollment.acts.append(("disqualified", event.time))


def _reinstated(event: Event, enrollment: Enrollment) -> None:
    enrollment.acts.append(("reinstated", event.time))


def _corrected(event: Event, enrollment: Enrollment) -> None:
    if "name" in event.fields:
        enrollment.names.append(event.fields["name"])


def _surveyed(event: Event, enrollment: Enrollment) -> None:
    enrollment.surveys.append(event.time)


def _examined(event: Event, enrollment: Enrollment) -> None:
    fields = event.fields
    identity = (fields["course_id"], fields["attempt_id"])
    enrollment.attempt_ids.check(identity, event.content())
    enrollment.attempt_ids.remember(identity, event.content())
    score = fields.get("score")
    if score is None:
        paper = next(p for p in enrollment.programme.papers if p.id == fields["paper_id"])
        score = paper.score({question: frozenset(c) for question, c in fields["answers"]})
    enrollment.exam_log.append(
        Attempt(*identity, event.time, fields["started_at"], score))


def _granted(event: Event, enrollment: Enrollment) -> None:
    fields = event.fields
    enrollment.grant_ids.check(fields["grant_id"], event.content())
    enrollment.grant_ids.remember(fields["grant_id"], event.content())
    enrollment.exam_log.append(Grant(fields["course_id"], fields["extra"]))


_APPLY = {
    REVIEWED: _reviewed, WITHDRAWN: _withdrawn, DISQUALIFIED: _disqualified,
    REINSTATED: _reinstated, CORRECTED: _corrected, SURVEY: _surveyed, EXAMINED: _examined,
    GRANTED: _granted,
}
