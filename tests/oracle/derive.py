"""What holds, as a function of the facts (fold.md sections 4 to 7)."""

import hashlib
import json
from dataclasses import dataclass, field

from catalogue import Course, Programme
from facts import Account, Attempt, Enrollment, Row, Trainee
from instants import SECOND
from watching import Watched

ENDED = ("rejected", "withdrawn", "refunded")


@dataclass(slots=True)
class Verdict:
    """An attempt, judged."""

    attempt: Attempt
    passed: bool
    verdict: str
    attempts_left: int


@dataclass(slots=True)
class CourseView:
    course: Course
    verdicts: list[Verdict] = field(default_factory=list)
    learned_at: int | None = None
    watched_s: int = 0
    credited_at: int | None = None
    score: int | None = None


@dataclass(slots=True, eq=False)
class View:
    """One enrollment as it stands."""

    enrollment: Enrollment
    state: str
    ended: bool
    paid: bool
    approved: bool
    active_at: int | None
    settling: Row | None
    owed: dict[tuple[str, str], str]
    bars: list[tuple[int, int | None]]
    courses: dict[str, CourseView]
    hours: int
    survey_at: int | None
    evidence: list[CourseView]
    due_at: int | None
    missing: list[str]
    anomalies: set[tuple[str, str]]


# --- Money ---------------------------------------------------------------------------------

def _settlements(account: Account, fee: int, close_at: int) -> tuple[Row | None, dict]:
    """The row that settles, and why each of the others does not."""
    settling, reasons = None, {}
    for row in account.settlements:
        if row.amount_fen != fee:
            reason = "wrong_amount"
        elif settling is not None:
            reason = "already_settled"
        elif row.stamp > close_at:
            reason = "enrollment_ended"
        else:
            settling = row
            continue
        reasons[row.bank, row.bank_txn_id] = reason
    return settling, reasons


def _owed(account: Account, reasons: dict) -> dict[tuple[str, str], str]:
    rows = account.rows
    return {
        name: reason for name, reason in reasons.items()
        if rows[name].refunded_fen < rows[name].amount_fen
    }


def owed_unknown(account: Account) -> dict[tuple[str, str], str]:
    """Of a code that no enrollment has: every settlement."""
    return _owed(account, {(row.bank, row.bank_txn_id): "unknown_code"
                           for row in account.settlements})


# --- Bars and exams ------------------------------------------------------------------------

def _bars(acts: list[tuple[str, int]]) -> list[tuple[int, int | None]]:
    bars: list[tuple[int, int | None]] = []
    for act, time in acts:
        is_open = bool(bars) and bars[-1][1] is None
        if act == "disqualified" and not is_open:
            bars.append((time, None))
        elif act == "reinstated" and is_open:
            start = bars[-1][0]
            bars[-1] = (start, max(time, start))
    return bars


def _verdict(attempt: Attempt, enrollment: Enrollment, bars: list, learned_at: int | None,
             is_closed: bool, allowed: int) -> str:
    term = enrollment.term
    if not term.training_from <= attempt.time < term.training_to:
        return "outside_training"
    if any(start <= attempt.time and (end is None or attempt.time < end) for start, end in bars):
        return "barred"
    if learned_at is None:
        return "never_learned" if is_closed else "open"
    if attempt.time < learned_at:
        return "before_learning"
    return "counted" if allowed > 0 else "exhausted"


def _grade(enrollment: Enrollment, bars: list, views: dict[str, CourseView], is_closed: bool):
    """Fills in verdicts, and the credit of recorded courses, in the order of the exam log."""
    exams = enrollment.programme.exams
    allowed: dict[str, int] = {}
    for entry in enrollment.exam_log:
        left = allowed.get(entry.course_id, exams["max_attempts"])
        if not isinstance(entry, Attempt):
            allowed[entry.course_id] = left + entry.extra
            continue
        view = views[entry.course_id]
        verdict = _verdict(entry, enrollment, bars, view.learned_at, is_closed, left)
        passed = entry.score >= exams["pass_score"]
        if verdict == "counted":
            left -= 1
            if passed and view.credited_at is None:
                view.credited_at, view.score = entry.time, entry.score
        allowed[entry.course_id] = left
        view.verdicts.append(Verdict(entry, passed, verdict, max(left, 0)))


def _watched(enrollment: Enrollment, active_at: int | None) -> Watched | None:
    if active_at is None:
        return None
    if enrollment.watched is None:
        enrollment.watched = Watched(enrollment.programme, enrollment.term, active_at)
    return enrollment.watched.extend(enrollment.reports)


def _courses(enrollment: Enrollment, bars: list, watched: Watched | None,
             is_closed: bool) -> dict[str, CourseView]:
    attempted = {entry.course_id for entry in enrollment.exam_log if isinstance(entry, Attempt)}
    views = {c.id: CourseView(c) for c in enrollment.programme.courses if c.id in attempted}
    for course in watched.courses() if watched else ():
        view = views.setdefault(course.id, CourseView(course))
        view.watched_s = watched.seconds(course)
        view.learned_at = watched.learned_at.get(course)
        if course.kind == "live":
            view.credited_at = view.learned_at
    _grade(enrollment, bars, views, is_closed)
    return views


# --- The enrollment ------------------------------------------------------------------------

def _evidence(credited: list[CourseView], required: int) -> list[CourseView]:
    """The shortest prefix with the required hours; empty where all do not reach them."""
    prefix, hours = [], 0
    for view in sorted(credited, key=lambda v: (v.credited_at, v.course.id)):
        prefix.append(view)
        hours += view.course.hours
        if hours >= required:
            return prefix
    return []


def _state(enrollment: Enrollment, refunded: bool, barred: bool, due_at, active_at) -> str:
    if enrollment.rejections:
        return "rejected"
    if enrollment.withdrawals:
        return "withdrawn"
    if refunded:
        return "refunded"
    if barred:
        return "disqualified"
    if due_at is not None:
        return "completed"
    return "pending" if active_at is None else "active"


def _missing(paid: bool, approved: bool, hours: bool, survey: bool, barred: bool) -> list[str]:
    parts = {"payment": not paid, "approval": not approved, "hours": not hours,
             "survey": not survey, "reinstatement": barred}
    return [part for part, is_missing in parts.items() if is_missing]


def _anomalies(enrollment: Enrollment, watched: Watched | None) -> set[tuple[str, str]]:
    programme = enrollment.programme
    found = watched.anomalies() if watched else set()
    if enrollment.submission.fields["prefecture"] not in programme.groups:
        found.add(("unknown_prefecture", ""))
    for entry in enrollment.exam_log:
        fastest = programme.exams["min_exam_time_s"] * SECOND
        if isinstance(entry, Attempt) and entry.time - entry.started_at < fastest:
            found.add(("fast_exam", f"{entry.course_id}/{entry.attempt_id}"))
    for row in enrollment.account.settlements:
        if row.refunded_fen > row.amount_fen:
            found.add(("over_refund", f"{row.bank}/{row.bank_txn_id}"))
    return found


def enrollment_view(enrollment: Enrollment, is_closed: bool) -> View:
    """The enrollment as it stands, from its facts alone."""
    programme, term = enrollment.programme, enrollment.term
    settling, reasons = _settlements(enrollment.account, programme.fee_fen, term.close_at)
    approved_at = enrollment.approvals[0] if enrollment.approvals else None
    active_at = None
    if settling is not None and approved_at is not None:
        active_at = max(settling.settled_at, approved_at)
    bars = _bars(enrollment.acts)
    barred = bool(bars) and bars[-1][1] is None
    watched = _watched(enrollment, active_at)
    courses = _courses(enrollment, bars, watched, is_closed)
    credited = [view for view in courses.values() if view.credited_at is not None]
    hours = sum(v.course.hours for v in credited if not barred or v.course.kind == "live")
    survey_at = enrollment.surveys[0] if enrollment.surveys else None
    survey_done = survey_at is not None or not programme.asks_survey

    evidence = [] if barred else _evidence(credited, programme.required_hours)
    due_at = None
    if active_at is not None and evidence and survey_done:
        due_at = max([active_at, evidence[-1].credited_at, *(end for _, end in bars)])
        if programme.asks_survey:
            due_at = max(due_at, survey_at)
    refunded = settling is not None and settling.refunds > 0
    state = _state(enrollment, refunded, barred, due_at, active_at)
    if state in ENDED and settling is not None:
        reasons[settling.bank, settling.bank_txn_id] = "enrollment_ended"
    paid, approved = settling is not None and not refunded, approved_at is not None
    return View(
        enrollment, state, state in ENDED, paid, approved, active_at, settling,
        _owed(enrollment.account, reasons), bars, courses, hours, survey_at, evidence, due_at,
        _missing(paid, approved, hours >= programme.required_hours, survey_done, barred),
        _anomalies(enrollment, watched))


# --- Certificate and year ------------------------------------------------------------------

@dataclass(slots=True)
class Certificate:
    """The content of the certificate that stands for (trainee, programme)."""

    enrollment: Enrollment
    name: str
    issued_at: int
    hours: int
    courses: list[dict]
    payment: dict
    digest: str


def number(tenths: int) -> int | float:
    """Hours on the wire."""
    return tenths // 10 if tenths % 10 == 0 else tenths / 10


def _evidence_course(view: CourseView) -> dict:
    course = view.course
    said = {"course_id": course.id, "kind": course.kind, "hours": number(course.hours)}
    return said if view.score is None else said | {"score": view.score}


def _digest(courses: list[dict], payment: dict) -> str:
    """RFC 8785: of identifiers, and numbers with at most one decimal, sorted JSON is it."""
    document = {"courses": courses, "payment": payment}
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def certificate(trainee: Trainee, programme: Programme, views: list[View]) -> Certificate | None:
    if programme in trainee.ordered:
        return None
    completed = [v for v in views
                 if v.state == "completed" and v.enrollment.programme is programme]
    if not completed:
        return None
    view = min(completed, key=lambda v: (v.due_at, v.enrollment.id))
    courses = [_evidence_course(v) for v in view.evidence]
    payment = {"bank": view.settling.bank, "bank_txn_id": view.settling.bank_txn_id}
    hours = sum(v.course.hours for v in view.evidence)
    return Certificate(view.enrollment, view.enrollment.names[-1], view.due_at, hours, courses,
                       payment, _digest(courses, payment))


@dataclass(slots=True)
class Year:
    public_hours: int
    professional_hours: int
    complete: bool


def years(trainee: Trainee, views: list[View], standing: list[Programme]) -> dict[int, Year]:
    """Of every year with an applied credit or an accepted enrollment."""
    found: dict[int, Year] = {}
    for view in views:
        year = found.setdefault(view.enrollment.programme.year, Year(0, 0, False))
        if not view.ended:
            year.professional_hours = max(year.professional_hours, view.hours)
    for number_of_year, hours in trainee.credits:
        found.setdefault(number_of_year, Year(0, 0, False)).public_hours += hours
    for programme in standing:
        year = found[programme.year]
        if year.public_hours >= programme.required_public_hours:
            year.complete = True
    return found
