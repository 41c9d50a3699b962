"""How a trainee works through the films: sessions on some days, reports one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from .catalogue import Course
from .enrollment import RATES, Enrollment
from .events import DAY, HOUR, MINUTE, SECOND, milliseconds

BEIJING = 8 * HOUR  # the zone's offset: only to keep sessions to the day, no rule hangs on it
LONGEST_DAY = 10 * HOUR


def choose_courses(
    enrollment: Enrollment, enough: bool = True, spare: float = 0.5
) -> tuple[list[Course], list[Course]]:
    """Recorded and live courses for the required hours, or for just less if not `enough`."""
    rng, required = enrollment.rng, enrollment.world.catalogue.required_hours
    recorded = [course for course in enrollment.term.courses if course.kind == "recorded"]
    live = [
        course
        for course in enrollment.term.courses
        if course.start and milliseconds(course.start) > enrollment.active_at
    ]
    wanted = [course for course in live if rng.random() < 0.6]
    missing = required - sum(course.hours for course in recorded + wanted)
    for course in live:
        if missing > 0 and course not in wanted:
            wanted.append(course)
            missing -= course.hours
    rng.shuffle(recorded)
    total = sum(course.hours for course in recorded + wanted)
    for course in list(recorded):
        if enough:
            left_out = total - course.hours >= required and rng.random() > spare
        else:
            left_out = total >= required
        if left_out:
            recorded.remove(course)
            total -= course.hours
    return recorded, wanted


class Schedule:
    """Wall-clock time for study: from an instant on, some hours a day, never in a broadcast."""

    def __init__(self, enrollment: Enrollment, start: int, need: int):
        self.enrollment = enrollment
        self.rng = enrollment.rng
        end = enrollment.training[1]
        days = max(1, (end - start) // DAY - 1)
        self.daily = min(LONGEST_DAY, max(2 * HOUR, need * 5 // (4 * days)))
        self.idle_days = max(0, days - need // self.daily - 2)
        self.now = start + 10 * MINUTE
        self.session_end = 0

    def slot(self, length: int) -> tuple[int, int] | None:
        """The next `length` milliseconds in a session; None when the training is over."""
        if self.now + length > self.session_end:
            self._next_session()
        for begin, finish in self.enrollment.broadcasts:
            if self.now < finish + MINUTE and begin - MINUTE < self.now + length:
                self.now = finish + MINUTE
        start = self.now
        self.now = start + length
        return (start, self.now) if self.now < self.enrollment.training[1] else None

    def pause(self, length: int) -> int:
        self.now += length
        return self.now

    def _next_session(self) -> None:
        midnight = (max(self.now, self.session_end) + BEIJING) // DAY * DAY - BEIJING
        begin = self._start_of_day(midnight)
        if self.session_end or begin < self.now:
            skipped = 0
            while self.idle_days and self.rng.random() < 0.4:
                self.idle_days -= 1
                skipped += 1
            begin = self._start_of_day(midnight + (1 + skipped) * DAY)
        self.now = max(begin, self.now)
        self.session_end = begin + self.daily

    def _start_of_day(self, midnight: int) -> int:
        latest = 23 * HOUR - self.daily
        begin = 8 * HOUR + self.rng.randrange(max(1, min(12 * HOUR, latest - 8 * HOUR)))
        return midnight + begin


def watch(
    enrollment: Enrollment,
    schedule: Schedule,
    course: Course,
    share: float = 1.0,
    offline: bool = False,
) -> int | None:
    """Plays a film from its beginning; the end of the report that made it watched, or None.

    `offline`: the platform delivers the reports days later, and not in their order."""
    rng, rules = enrollment.rng, enrollment.world.catalogue["watch"]
    rate = rng.choice([rate for rate in RATES if rate <= rules["max_rate"]])
    usual = min(enrollment.world.report_s, rules["max_report_s"])
    position, learned_at = 0, None
    until = int(course.length_s * share)
    while position < until:
        length = rng.randrange(max(30, usual * 4 // 5), usual + 1)
        if rng.random() < 0.01:
            length = 30
        step = min(length * rate // 1000, until - position)
        length = -(-step * 1000 // rate)
        slot = schedule.slot(length * SECOND)
        if slot is None:
            return None
        delay = rng.randrange(10 * DAY) if offline else 0
        enrollment.play(course, (position, position + step), slot, delay)
        schedule.pause(rng.randrange(2 * SECOND))
        position += step
        watched = position * 1000 >= course.length_s * rules["required_share"]
        if watched and learned_at is None:
            learned_at = slot[1]
            if rng.random() < 0.3:
                break
    return learned_at


def sit_until_passed(
    enrollment: Enrollment, schedule: Schedule, course: Course, fails: int = 0
) -> bool:
    """The course's exam, failed so many times first; False when the training is over before."""
    for attempt in range(fails + 1):
        at = schedule.pause(20 * MINUTE + enrollment.rng.randrange(30 * MINUTE))
        if at >= enrollment.training[1]:
            return False
        enrollment.sit(course, at, passes=attempt == fails)
    return True


def study(
    enrollment: Enrollment,
    start: int,
    recorded: Sequence[Course],
    live: Sequence[Course],
    retries: float = 0.05,
    offline: bool = False,
) -> Schedule:
    """Watches and sits all of these courses, as far as the training window lasts."""
    rng = enrollment.rng
    for course in live:
        enrollment.attend(course)
    need = sum(course.length_s * SECOND * 2 // 3 + 45 * MINUTE for course in recorded)
    schedule = Schedule(enrollment, start, need)
    for course in recorded:
        if watch(enrollment, schedule, course, offline=offline) is None:
            break
        most = enrollment.world.catalogue["exams"]["max_attempts"] - 1
        fails = rng.randrange(1, most + 1) if rng.random() < retries else 0
        if not sit_until_passed(enrollment, schedule, course, fails):
            break
    return schedule
