"""The people of the contract tests: one trainee in the middle of a term, one who never enrolled."""

from __future__ import annotations

import random
from pathlib import Path

from generator import catalogue as catalogues
from generator.enrollment import Trainee, World
from generator.events import DAY, HOUR
from generator.keys import Keys
from generator.log import Log
from generator.people import make_person
from generator.records import partition_of
from generator.samples import Scene
from generator.study import Schedule, sit_until_passed, watch

PARTITIONS = 4


def make_scene(catalogue: Path, seed: str = "contract") -> Scene:
    """Enrolled, admitted, one course passed; its records are in the scene's log."""
    programme = catalogues.load(catalogue)
    keys = Keys(seed, programme.banks)
    world = World(programme, keys, Log(keys, random.Random(seed), PARTITIONS), report_s=600)
    rng = random.Random(seed)
    trainee = Trainee(world, "t-zhang", make_person(rng, 1), rng)
    partition = partition_of(trainee.id.encode(), PARTITIONS)
    names = (f"t-li-{number}" for number in range(1000))
    other = next(name for name in names if partition_of(name.encode(), PARTITIONS) == partition)

    enrollment = trainee.enrollment(programme.terms[0])
    enrollment.submit(enrollment.training[0] - 5 * DAY)
    enrollment.approve(enrollment.submitted_at + DAY)
    enrollment.pay(enrollment.submitted_at + DAY, delay=HOUR)
    enrollment.receipt(enrollment.submitted_at + 2 * DAY)
    trainee.import_credit(enrollment.training[0], 12.5, "gx-1")
    schedule = Schedule(enrollment, enrollment.training[0], HOUR)
    course = next(course for course in enrollment.term.courses if course.kind == "recorded")
    assert watch(enrollment, schedule, course)
    assert sit_until_passed(enrollment, schedule, course, fails=1)
    at = enrollment.training[0] + 20 * DAY
    return Scene(enrollment, Trainee(world, other, make_person(rng, 2), rng), at)
