"""What trainees do in a year: one function a story, one table of how often each happens."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from dataclasses import dataclass

from .enrollment import Enrollment, Trainee
from .events import DAY, HOUR, MINUTE, SECOND, milliseconds
from .records import partition_of
from .study import Schedule, choose_courses, sit_until_passed, study, watch


def civil_hour(rng: random.Random, day: int) -> int:
    """Some moment in office hours of the day that begins at `day`."""
    return day + 9 * HOUR + rng.randrange(9 * HOUR)


def enroll(trainee: Trainee, term: int | None = None, early: bool = False) -> Enrollment:
    """Submits in the registration window of a term."""
    terms = trainee.world.catalogue.terms
    chosen = terms[trainee.rng.choice((0, 0, 1)) if term is None else term]
    enrollment = trainee.enrollment(chosen)
    first = milliseconds(chosen.registration_from)
    days = (milliseconds(chosen.registration_to) - first) // DAY
    day = trainee.rng.randrange(days // 2 if early else days)
    enrollment.submit(civil_hour(trainee.rng, first + day * DAY))
    return enrollment


def admit(enrollment: Enrollment) -> None:
    """Approved and paid within some days, in either order."""
    rng = enrollment.rng
    enrollment.approve(enrollment.submitted_at + HOUR + rng.randrange(4 * DAY))
    enrollment.pay(enrollment.submitted_at + 10 * MINUTE + rng.randrange(4 * DAY))


def begin(enrollment: Enrollment) -> int:
    """When the trainee starts to study: once active and the training has begun."""
    return max(enrollment.active_at, enrollment.training[0]) + enrollment.rng.randrange(DAY)


def answer_survey(enrollment: Enrollment) -> None:
    last = max((credit.at for credit in enrollment.credits.values()), default=enrollment.active_at)
    enrollment.survey(last + 10 * MINUTE + enrollment.rng.randrange(2 * DAY))


def finish(enrollment: Enrollment, **options) -> None:
    """Studies for the required hours and answers the survey."""
    recorded, live = choose_courses(enrollment)
    study(enrollment, begin(enrollment), recorded, live, **options)
    if enrollment.world.catalogue.survey:
        answer_survey(enrollment)


def after(enrollment: Enrollment, days: int) -> int:
    """Some moment within so many days after the certificate was due (or the training was over)."""
    due = enrollment.due()
    base = due.at if due else enrollment.training[1]
    return base + HOUR + enrollment.rng.randrange(days * DAY)


# Who gets there.


def finisher(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    admit(enrollment)
    finish(enrollment)


def second_try(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    admit(enrollment)
    finish(enrollment, retries=0.6)


def offline(trainee: Trainee) -> None:
    """The platform lost its connection: reports come days later and shuffled."""
    enrollment = enroll(trainee)
    admit(enrollment)
    finish(enrollment, offline=True)


def eager(trainee: Trainee) -> None:
    """Watches before the enrollment is complete, in vain, and then again."""
    enrollment = enroll(trainee)
    submitted = max(enrollment.submitted_at, enrollment.training[0] - 5 * DAY)
    enrollment.approve(submitted + 4 * DAY)
    enrollment.pay(submitted + 6 * DAY)
    course = next(c for c in enrollment.term.courses if c.kind == "recorded")
    schedule = Schedule(enrollment, submitted + 4 * DAY, HOUR)
    for position in range(0, 1800, 600):
        wall = schedule.slot(600 * SECOND)
        assert wall
        enrollment.play(course, (position, position + 600), wall)
    finish(enrollment)


def pays_before_we_know(trainee: Trainee) -> None:
    """The bank is quicker than the platform: the money comes before the enrollment."""
    enrollment = trainee.enrollment(trainee.world.catalogue.terms[0])
    first = milliseconds(enrollment.term.registration_from)
    submitted = civil_hour(trainee.rng, first + trainee.rng.randrange(15) * DAY)
    enrollment.submit(submitted, delay=6 * HOUR)
    enrollment.pay(submitted + 5 * MINUTE, delay=SECOND)
    enrollment.approve(submitted + DAY)
    finish(enrollment)


def pays_twice(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    admit(enrollment)
    assert enrollment.settled_at
    enrollment.pay(enrollment.settled_at + 3 * DAY, delay=SECOND, settles=False)
    finish(enrollment)


def pays_wrong_then_right(trainee: Trainee) -> None:
    enrollment = enroll(trainee, early=True)
    enrollment.approve(enrollment.submitted_at + DAY)
    wrong = trainee.rng.choice((1, 100, 19999, 20001, 200000))
    enrollment.pay(enrollment.submitted_at + HOUR, amount_fen=wrong, settles=False)
    enrollment.pay(enrollment.submitted_at + 2 * DAY)
    finish(enrollment)


def two_devices(trainee: Trainee) -> None:
    """The telephone plays another film beside the computer: those seconds count once."""
    enrollment = enroll(trainee)
    admit(enrollment)
    recorded, live = choose_courses(enrollment)
    study(enrollment, begin(enrollment), recorded, live)
    schedule = Schedule(enrollment, begin(enrollment), HOUR)
    wall = schedule.slot(600 * SECOND)
    assert wall
    first, second = recorded[:2]
    # Late enough that the honest reports of the same hours are in the log already.
    late = enrollment.training[1] - wall[1]
    enrollment.play(first, (0, 600), wall, delay=late)
    enrollment.play(second, (0, 600), wall, delay=late + SECOND, device="phone")
    answer_survey(enrollment)


def corrected_early(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    enrollment.correct(enrollment.submitted_at + 2 * HOUR, employer="中共和田地委党校")
    admit(enrollment)
    finish(enrollment)


def corrected_late(trainee: Trainee) -> None:
    """Another name on a certificate that stands: the next version."""
    finisher(trainee)
    (enrollment,) = trainee.enrollments
    enrollment.correct(after(enrollment, 20), name=trainee.person.name + "江")


def reinstated(trainee: Trainee) -> None:
    """Disqualified after the certificate; the appeal gives it back, in the next version."""
    finisher(trainee)
    (enrollment,) = trainee.enrollments
    disqualified = after(enrollment, 5)
    enrollment.disqualify(disqualified)
    enrollment.reinstate(disqualified + 3 * DAY)


def enrolls_twice(trainee: Trainee) -> None:
    """A second form for the same term is refused while the first is alive."""
    finisher(trainee)
    (first,) = trainee.enrollments
    second = trainee.enrollment(first.term)
    end = milliseconds(first.term.registration_to)
    at = first.submitted_at + (end - first.submitted_at) // 2
    expect_refusal(second, at, "already_enrolled")


def rejected_then_again(trainee: Trainee) -> None:
    rejected = enroll(trainee, term=0)
    rejected.reject(rejected.submitted_at + 2 * DAY)
    enrollment = enroll(trainee, term=1)
    admit(enrollment)
    finish(enrollment)


def term_over_then_again(trainee: Trainee) -> None:
    unfinished = enroll(trainee, term=0)
    admit(unfinished)
    recorded, _ = choose_courses(unfinished)
    study(unfinished, begin(unfinished), recorded[: len(recorded) // 3], [])
    enrollment = enroll(trainee, term=1)
    admit(enrollment)
    finish(enrollment)


def granted_attempts(trainee: Trainee) -> None:
    """Three fails, then an extra attempt that passes."""
    enrollment = enroll(trainee, early=True)
    admit(enrollment)
    recorded, live = choose_courses(enrollment)
    schedule = study(enrollment, begin(enrollment), recorded[1:], live)
    fail_all_attempts(enrollment, schedule, recorded[0])
    enrollment.grant_attempts(recorded[0], schedule.pause(HOUR))
    sit_until_passed(enrollment, schedule, recorded[0])
    answer_survey(enrollment)


# Who had a certificate.


def disqualified(trainee: Trainee) -> None:
    finisher(trainee)
    (enrollment,) = trainee.enrollments
    enrollment.disqualify(after(enrollment, 20))


def withdrawn_late(trainee: Trainee) -> None:
    finisher(trainee)
    (enrollment,) = trainee.enrollments
    enrollment.withdraw(after(enrollment, 20))


def refunded(trainee: Trainee) -> None:
    finisher(trainee)
    (enrollment,) = trainee.enrollments
    more_than_paid = enrollment.fee_fen + 100
    at = after(enrollment, 20)
    enrollment.refund(at, amount_fen=more_than_paid if trainee.rng.random() < 0.2 else None)


def revocation_ordered(trainee: Trainee) -> None:
    finisher(trainee)
    trainee.order_revocation(after(trainee.enrollments[0], 40))


# Who does not get there.


def gives_up(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    admit(enrollment)
    recorded, live = choose_courses(enrollment, spare=1.0)
    share = trainee.rng.randrange(1, max(2, len(recorded) - 3))
    study(enrollment, begin(enrollment), recorded[:share], live[:1])


def nearly(trainee: Trainee) -> None:
    """Everything but the last hours."""
    enrollment = enroll(trainee)
    admit(enrollment)
    recorded, live = choose_courses(enrollment, enough=False)
    study(enrollment, begin(enrollment), recorded, live)
    answer_survey(enrollment)


def no_survey(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    admit(enrollment)
    recorded, live = choose_courses(enrollment)
    study(enrollment, begin(enrollment), recorded, live)


def exhausted(trainee: Trainee) -> None:
    """Three fails; the fourth attempt, a pass, does not count."""
    enrollment = enroll(trainee)
    admit(enrollment)
    recorded, live = choose_courses(enrollment, spare=0.0)
    schedule = study(enrollment, begin(enrollment), recorded[1:], live)
    if fail_all_attempts(enrollment, schedule, recorded[0]):
        at = schedule.pause(HOUR)
        enrollment.sit(recorded[0], at, passes=True, credits=False)
    answer_survey(enrollment)


def fail_all_attempts(enrollment: Enrollment, schedule: Schedule, course) -> bool:
    if watch(enrollment, schedule, course) is None:
        return False
    for _ in range(enrollment.world.catalogue["exams"]["max_attempts"]):
        at = schedule.pause(HOUR)
        if at >= enrollment.training[1]:
            return False
        enrollment.sit(course, at, passes=False)
    return True


def exam_before_watching(trainee: Trainee) -> None:
    """Passes first and watches afterwards: that exam does not count, and nobody sits it again."""
    enrollment = enroll(trainee)
    admit(enrollment)
    recorded, live = choose_courses(enrollment, spare=0.0)
    start = begin(enrollment)
    enrollment.sit(recorded[0], start, passes=True, credits=False)
    schedule = study(enrollment, start + HOUR, recorded[1:], live)
    watch(enrollment, schedule, recorded[0])
    answer_survey(enrollment)


def speeding(trainee: Trainee) -> None:
    """Sixteen times the speed: each report is worth at most twice its wall time."""
    enrollment = enroll(trainee)
    admit(enrollment)
    recorded, _ = choose_courses(enrollment, spare=1.0)
    schedule = Schedule(enrollment, begin(enrollment), 6 * HOUR)
    for course in recorded:
        for position in range(0, course.length_s - 960, 960):
            wall = schedule.slot(60 * SECOND)
            if wall:
                enrollment.play(course, (position, position + 960), wall)
        at = schedule.pause(30 * MINUTE)
        if at < enrollment.training[1]:
            enrollment.sit(course, at, passes=True, credits=False)
    answer_survey(enrollment)


def seeks_to_the_end(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    admit(enrollment)
    recorded, live = choose_courses(enrollment, spare=1.0)
    schedule = Schedule(enrollment, begin(enrollment), 6 * HOUR)
    for course in recorded:
        wall = schedule.slot(300 * SECOND)
        assert wall
        enrollment.play(course, (course.length_s - 300, course.length_s), wall)
        enrollment.sit(course, schedule.pause(15 * MINUTE), passes=True, credits=False)
    for course in live:
        enrollment.attend(course, share=0.5)


def after_hours(trainee: Trainee) -> None:
    """Begins when the training is over."""
    enrollment = enroll(trainee)
    admit(enrollment)
    at = enrollment.training[1] + HOUR
    for course in [course for course in enrollment.term.courses if course.kind == "recorded"][:3]:
        for position in range(0, course.length_s - 600, 600):
            enrollment.play(course, (position, position + 600), (at, at + 600 * SECOND))
            at += 601 * SECOND
        enrollment.sit(course, at + HOUR, passes=True, credits=False)


def never_pays(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    enrollment.approve(enrollment.submitted_at + DAY)


def pays_wrong(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    enrollment.approve(enrollment.submitted_at + DAY)
    wrong = trainee.rng.choice((1, 19999, 20001))
    enrollment.pay(enrollment.submitted_at + DAY, amount_fen=wrong, settles=False)


def pays_late(trainee: Trainee) -> None:
    """After the books are closed: the money is owed back."""
    enrollment = enroll(trainee, term=0)
    enrollment.approve(enrollment.submitted_at + DAY)
    closed = milliseconds(enrollment.term.close_at)
    enrollment.pay(closed + 2 * DAY, delay=MINUTE, settles=False)


def pays_for_nobody(trainee: Trainee) -> None:
    """A code that was never given out: booked, and owed back when the last term closes."""
    enrollment = trainee.enrollment(trainee.world.catalogue.terms[0])
    paid = milliseconds(enrollment.term.registration_from) + trainee.rng.randrange(60 * DAY)
    enrollment.pay(paid, settles=False)


def never_reviewed(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    enrollment.pay(enrollment.submitted_at + DAY)


def rejected(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    enrollment.pay(enrollment.submitted_at + DAY)
    enrollment.reject(enrollment.submitted_at + 3 * DAY)


def withdrawn_early(trainee: Trainee) -> None:
    enrollment = enroll(trainee)
    admit(enrollment)
    recorded, live = choose_courses(enrollment)
    study(enrollment, begin(enrollment), recorded[:2], live[:1])
    enrollment.withdraw(enrollment.training[1] - HOUR)


def disqualified_early(trainee: Trainee) -> None:
    """Struck before the end; the exams after that do not count."""
    enrollment = enroll(trainee)
    admit(enrollment)
    recorded, live = choose_courses(enrollment)
    enrollment.disqualify(begin(enrollment))
    study(enrollment, begin(enrollment) + HOUR, recorded[:4], live[:1])


# Who is refused.


def expect_refusal(enrollment: Enrollment, at: int, reason: str, **changes) -> None:
    """A form that must be refused: nothing becomes of this enrollment."""
    record = enrollment.submit(at, repeat=False, **changes)
    enrollment.world.log.expect_refusal(record, reason)
    enrollment.ended = True


def not_eligible(trainee: Trainee) -> None:
    enrollment = trainee.enrollment(trainee.world.catalogue.terms[0])
    at = milliseconds(enrollment.term.registration_from) + 5 * DAY
    expect_refusal(enrollment, at, "not_eligible", base_id="base-elsewhere")


def outside_registration(trainee: Trainee) -> None:
    enrollment = trainee.enrollment(trainee.world.catalogue.terms[0])
    at = milliseconds(enrollment.term.registration_to) + trainee.rng.randrange(DAY)
    expect_refusal(enrollment, at, "outside_registration")


def impostor(trainee: Trainee) -> None:
    """Another account with the ID number of somebody who is enrolled already."""
    world = trainee.world
    partition = partition_of(trainee.id.encode(), world.log.partitions)
    # Of the same partition: between partitions it would be open who comes first.
    victims = [
        other
        for other in world.trainees
        if other.story == "finisher"
        and partition_of(other.id.encode(), world.log.partitions) == partition
    ]
    if not victims:
        return finisher(trainee)
    victim = trainee.rng.choice(victims)
    trainee.person = dataclasses.replace(trainee.person, id_number=victim.person.id_number)
    (theirs,) = victim.enrollments
    enrollment = trainee.enrollment(theirs.term)
    end = milliseconds(theirs.term.registration_to)
    at = theirs.submitted_at + MINUTE + (end - theirs.submitted_at - MINUTE) // 2
    expect_refusal(enrollment, at, "duplicate_identity")
    return None


@dataclass(frozen=True)
class Story:
    per_mille: int
    tell: Callable[[Trainee], None]


STORIES = (
    Story(540, finisher),
    Story(50, second_try),
    Story(15, offline),
    Story(25, eager),
    Story(15, pays_before_we_know),
    Story(20, pays_twice),
    Story(20, pays_wrong_then_right),
    Story(10, two_devices),
    Story(12, corrected_early),
    Story(12, corrected_late),
    Story(8, reinstated),
    Story(8, enrolls_twice),
    Story(12, rejected_then_again),
    Story(12, term_over_then_again),
    Story(8, granted_attempts),
    Story(8, disqualified),
    Story(6, withdrawn_late),
    Story(6, refunded),
    Story(5, revocation_ordered),
    Story(45, gives_up),
    Story(12, nearly),
    Story(12, no_survey),
    Story(10, exhausted),
    Story(8, exam_before_watching),
    Story(10, speeding),
    Story(8, seeks_to_the_end),
    Story(8, after_hours),
    Story(25, never_pays),
    Story(8, pays_wrong),
    Story(5, pays_late),
    Story(4, pays_for_nobody),
    Story(8, never_reviewed),
    Story(10, rejected),
    Story(10, withdrawn_early),
    Story(5, disqualified_early),
    Story(8, not_eligible),
    Story(8, outside_registration),
    Story(8, impostor),
)


def cast(count: int, rng: random.Random) -> list[Story]:
    """A story for each of `count` trainees, in no order; each story once if there is room."""
    sure = list(STORIES) if count >= len(STORIES) else []
    weights = [story.per_mille for story in STORIES]
    stories = sure + rng.choices(STORIES, weights, k=count - len(sure))
    rng.shuffle(stories)
    # Who is impersonated must have been told before.
    return sorted(stories, key=lambda story: story.tell is impostor)
