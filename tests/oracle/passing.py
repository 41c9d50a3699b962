"""Time passes: reminders and closings (fold.md section 7), and the journal of commits."""

import hashlib
from dataclasses import dataclass

import effects
from catalogue import Configuration, Term
from contract import PAYMENT, TOPICS, Record
from effects import Cause, Effect
from instants import DAY
from world import Item, World

REMINDER_DAYS = (7, 3, 1)


@dataclass(slots=True)
class Entry:
    """An entry of the journal that published something."""

    commit: int
    events: list[Effect]

    def digest(self) -> str:
        text = "".join(f"{event.ce_id}\n{event.topic}\n" for event in self.events)
        return hashlib.sha256(text.encode()).hexdigest()


class Journal:
    """Commits of records, each followed by what the watermark has passed."""

    def __init__(self, config: Configuration, partitions: dict[str, int]):
        self.world = World(config, partitions)
        self.terms = sorted(config.catalogue.terms.values(), key=lambda t: (t.close_at, t.id))
        self.reminded: set[tuple[Term, int]] = set()
        self.rank = 0
        self.entries: list[Entry] = []

    def commit(self, records: list[Record]) -> None:
        if not records:
            return
        order = {topic: rank for rank, topic in enumerate(TOPICS)}
        ticks = dict(self.world.ticks)
        for record in sorted(records, key=lambda r: (order[r.topic], r.partition, r.offset)):
            self.world.fold(record)
        self.enter()
        if ticks != self.world.ticks:
            self.pass_time()

    def enter(self) -> None:
        """Journals what has been folded since the last entry."""
        self.rank += 1
        if self.world.published:
            self.entries.append(Entry(self.rank, self.world.published))
            self.world.published = []

    def pass_time(self) -> None:
        watermark = self.world.watermark()
        if watermark is None:
            return
        due = []
        for term in self.terms:
            days = self.reminder_due(term, watermark)
            if days is not None:
                due.append((term.training_to - days * DAY, term, days))
            if watermark > term.close_at and term not in self.world.closed:
                due.append((term.close_at, term, None))
        for _, term, days in sorted(due, key=lambda run: run[0]):
            if days is None:
                self.close(term)
            else:
                self.remind(term, days)
            self.enter()

    def reminder_due(self, term: Term, watermark: int) -> int | None:
        """The nearest of the reminders just passed; none once the training is over."""
        passed = [days for days in REMINDER_DAYS
                  if watermark > term.training_to - days * DAY
                  and (term, days) not in self.reminded]
        self.reminded.update((term, days) for days in passed)
        if not passed or watermark > term.training_to:
            return None
        return min(passed)

    def remind(self, term: Term, days: int) -> None:
        views = [view for views in self.world.views.values() for view in views.values()
                 if view.enrollment.term is term and view.state == "active"]
        views.sort(key=lambda view: view.enrollment.trainee_id)
        reminders = [effects.reminder(view, days) for view in views]
        self.world.published += sorted(reminders, key=lambda e: (e.key, e.name))

    def close(self, term: Term) -> None:
        world = self.world
        world.closed.add(term)
        for item in self.waiting_for(term):
            if item.record.topic == PAYMENT:
                world.judge(item, True, term.close_at)
            else:
                world.note(item.record, "rejected", "never_released", True)
        for trainee_id in sorted(world.trainees):
            open_ones = [
                view.enrollment for view in world.views.get(trainee_id, {}).values()
                if view.enrollment.term is term and any(
                    v.verdict == "open" for c in view.courses.values() for v in c.verdicts)]
            if open_ones:
                world.published += world.effects_of(trainee_id, open_ones, Cause(term.close_at))

    def waiting_for(self, term: Term) -> list[Item]:
        """Takes out, in queue order, what is held for the term."""
        items = []
        for name in list(self.world.held):
            if self.waits_for(name, term):
                items += self.world.held.pop(name)
        return sorted(items, key=Item.place)

    def waits_for(self, name: tuple, term: Term) -> bool:
        if name[0] == "enrollment":
            trainee = self.world.trainees.get(name[1])
            enrollment = trainee.enrollments.get(name[2]) if trainee else None
            if enrollment is not None:
                return enrollment.term is term
            return self.world.no_term_left()
        return self.world.no_term_left(name[1])
