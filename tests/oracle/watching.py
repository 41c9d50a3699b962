"""R17: watched time, established from reports in their log order (fold.md section 5)."""

from bisect import bisect_left

import instants
from catalogue import Course, Programme, Term
from facts import Report
from instants import SECOND

CUTS_TO_REPORT = 20


class Union:
    """A union of half-open integer intervals."""

    def __init__(self):
        self.parts: list[tuple[int, int]] = []

    def missing_from(self, start: int, end: int) -> list[tuple[int, int]]:
        """What of [start, end) is not in the union."""
        gaps = []
        for low, high in self.parts:
            if start >= end or low >= end:
                break
            if high > start:
                if low > start:
                    gaps.append((start, low))
                start = high
        if start < end:
            gaps.append((start, end))
        return gaps

    def add(self, start: int, end: int) -> None:
        if start >= end:
            return
        kept = []
        for low, high in self.parts:
            if high < start or low > end:
                kept.append((low, high))
            else:
                start, end = min(start, low), max(end, high)
        kept.insert(bisect_left(kept, (start, end)), (start, end))
        self.parts = kept

    def size(self) -> int:
        return sum(high - low for low, high in self.parts)


class Watched:
    """The watched time of one enrollment that is active since `active_at`."""

    def __init__(self, programme: Programme, term: Term, active_at: int):
        self.programme = programme
        self.window = (max(active_at, term.training_from), term.training_to)
        self.folded = 0
        self.taken = Union()
        self.taken_on: dict[str, int] = {}
        self.covered: dict[Course, Union] = {}
        self.presence: dict[Course, int] = {}
        self.learned_at: dict[Course, int] = {}
        self.cuts: dict[Course, int] = {}

    def clip(self, report: Report) -> tuple[int, int]:
        low, high = self.window
        if report.course.kind == "live":
            low, high = max(low, report.course.live_from), min(high, report.course.live_to)
        return max(report.start, low), min(report.end, high)

    def is_all_taken(self, report: Report) -> bool:
        start, end = self.clip(report)
        return start < end and not self.taken.missing_from(start, end)

    def extend(self, reports: list[Report]) -> "Watched":
        """Folds what of the enrollment's reports is not folded yet."""
        for report in reports[self.folded:]:
            self._fold(report)
        self.folded = len(reports)
        return self

    def _fold(self, report: Report) -> None:
        start, end = self.clip(report)
        if start >= end:
            return
        free = self.taken.missing_from(start, end)
        self.taken.add(start, end)
        for low, high in free:
            self._take_on_days(low, high)
        length = sum(high - low for low, high in free)
        if report.course.kind == "live":
            self._attend(report.course, length, end)
        else:
            self._play(report, start, end, length)

    def _take_on_days(self, low: int, high: int) -> None:
        while low < high:
            day, next_day = instants.civil_day(low, self.programme.zone)
            until = min(high, next_day)
            self.taken_on[day] = self.taken_on.get(day, 0) + until - low
            low = until

    def _attend(self, course: Course, length: int, end: int) -> None:
        presence = self.presence[course] = self.presence.get(course, 0) + length
        needed = (course.live_to - course.live_from) * self.programme.watch["live_share"]
        if presence * 1000 >= needed:
            self.learned_at.setdefault(course, end)

    def _play(self, report: Report, start: int, end: int, length: int) -> None:
        course, wall, media = report.course, report.end - report.start, report.to_s - report.from_s
        low = report.from_s - (report.start - start) * media // wall  # rounded up
        high = report.from_s + (end - report.start) * media // wall
        worth = length * self.programme.watch["max_rate"] // (1000 * SECOND)
        if wall >= 10 * SECOND and 2 * length >= wall:
            worth += 2
        if low + worth < high:
            self.cuts[course] = self.cuts.get(course, 0) + 1
        covered = self.covered.setdefault(course, Union())
        covered.add(low, min(high, low + worth))
        needed = course.length_s * self.programme.watch["required_share"]
        if covered.size() * 1000 >= needed:
            self.learned_at.setdefault(course, end)

    def seconds(self, course: Course) -> int:
        if course.kind == "live":
            return self.presence.get(course, 0) // SECOND
        return self.covered[course].size() if course in self.covered else 0

    def courses(self) -> set[Course]:
        return self.covered.keys() | self.presence.keys()

    def anomalies(self) -> set[tuple[str, str]]:
        longest = self.programme.watch["max_day_s"] * SECOND
        found = {("long_day", day) for day, length in self.taken_on.items() if length > longest}
        return found | {
            ("cut_reports", course.id) for course, cuts in self.cuts.items()
            if cuts >= CUTS_TO_REPORT
        }
