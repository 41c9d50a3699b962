"""A whole programme year: trainees with their stories, mistakes of publishers, daily ticks."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from .catalogue import Catalogue
from .enrollment import Trainee, World
from .events import DAY, HOUR, milliseconds, utc
from .keys import Keys
from .log import Log
from .mistakes import mistakes
from .people import make_person
from .records import partition_of
from .samples import Scene
from .stories import cast

SCENES, MISTAKES = 8, 40  # so many people, so many mistakes about each
IMPORTED = 0.8  # share of trainees with public hours of their own


@dataclass
class Year:
    catalogue: Catalogue
    keys: Keys
    log: Log
    trainees: list[Trainee] = field(default_factory=list)

    def expected(self) -> list[dict[str, Any]]:
        """What is due to each trainee in the end, whether or not a certificate stands."""
        lines = []
        for trainee in sorted(self.trainees, key=lambda trainee: trainee.id):
            standing = trainee.standing()
            line = {
                "trainee_id": trainee.id,
                "story": trainee.story,
                "certificate_no": trainee.certificate_no,
                "stands": standing is not None,
            }
            if standing:
                enrollment, due = standing
                line |= {
                    "enrollment_id": enrollment.id,
                    "issued_at": utc(due.at),
                    "hours": due.hours,
                    "digest": due.digest,
                }
            lines.append(line)
        return lines

    def refusals(self) -> list[dict[str, Any]]:
        """Which records are refused and why; their places are known after log.records()."""
        return [
            {
                "topic": record.topic,
                "partition": record.partition,
                "offset": record.offset,
                "reason": reason,
            }
            for record, reason in self.log.refused
        ]


def generate(
    catalogue: Catalogue,
    seed: int | str,
    trainees: int,
    partitions: int,
    report_s: int = 600,
    keys: Keys | None = None,
) -> Year:
    """The same arguments give the same year, byte for byte."""
    rng = random.Random(f"{seed} year")
    keys = keys or Keys(seed, catalogue.banks)
    log = Log(keys, random.Random(f"{seed} log"), partitions)
    world = World(catalogue, keys, log, report_s)
    year = Year(catalogue, keys, log, world.trainees)
    for number, story in enumerate(cast(trainees, rng), 1):
        own = random.Random(f"{seed} trainee {number}")
        trainee = Trainee(world, f"t-{number:06}", make_person(own, number), own)
        trainee.story = story.tell.__name__
        story.tell(trainee)
        _import_credits(trainee)
        world.trainees.append(trainee)
    _make_mistakes(year, rng)
    log.tick_daily(catalogue)
    return year


def _make_mistakes(year: Year, rng: random.Random) -> None:
    """Some of all mistakes, made about trainees whose own story is an honest one."""
    honest = [t for t in year.trainees if t.story == "finisher" and t.standing()]
    for trainee in rng.sample(honest, min(len(honest), SCENES)):
        (enrollment,) = trainee.enrollments
        partition = partition_of(trainee.id.encode(), year.log.partitions)
        names = (f"t-stranger-{number}-{trainee.id}" for number in range(10000))
        name = next(n for n in names if partition_of(n.encode(), year.log.partitions) == partition)
        person = make_person(rng, len(year.trainees) + int(trainee.id[2:]))
        stranger = Trainee(enrollment.world, name, person, rng)
        at = enrollment.training[1] - rng.randrange(DAY, 3 * DAY)
        scene = Scene(enrollment, stranger, max(at, enrollment.active_at + HOUR))
        for mistake in rng.sample(mistakes(scene), MISTAKES):
            year.log.add_record(mistake.record)
            year.log.expect_refusal(mistake.record, mistake.reason)


def _import_credits(trainee: Trainee) -> None:
    rng = trainee.rng
    if rng.random() >= IMPORTED:
        return
    first = milliseconds(trainee.world.catalogue.terms[0].registration_from)
    hours = rng.choice(([30], [30], [10, 20], [12.5, 17.5], [10, 10, 9.5]))
    for number, part in enumerate(hours, 1):
        at = first + rng.randrange(120 * DAY)
        trainee.import_credit(at, part, f"gx-{trainee.id}-{number}")
