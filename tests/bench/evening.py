"""A season's evening: trainees who are let in, and the watch reports of their players.

Every player says the same 30 seconds of the evening before any says the next; each trainee goes
through 60 courses, one report each, and then again. One course is so short that its first report
completes it: one report in a hundred completes a course, as with films of 45 minutes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from generator.catalogue import Catalogue
from generator.enrollment import Trainee, World
from generator.events import DAY, HOUR, SECOND, milliseconds, utc
from generator.keys import Keys
from generator.log import Log
from generator.people import make_person
from generator.records import Record

COURSES = 60
LENGTH_S = 2700
SHORT_S = 40
REPORT_S = 30
MEDIA_S = 45  # played at one and a half times the speed
VALUE_BYTES = 227

PROGRAMME = """\
programme: {{ id = "bench-2023"; title = "Benchmark"; year = 2023; category = "professional";
  description = "Sixty courses."; criteria = "Watch them."; zone = "Asia/Shanghai";
  required_hours = "60"; required_public_hours = "30"; survey = ""; }};
series: {{ id = "party-school-teachers"; code = "DXGX"; }};
eligible: {{ title_levels = [ "senior", "intermediate", "junior" ]; bases = [ "base-xj" ];
  employer_kinds = [ "party-school", "socialist-college", "islamic-institute", "cadre-school", "other" ]; }};
fee: {{ amount_fen = 20000; currency = "CNY"; code_prefix = "6500"; code_length = 20; banks = [ "BOC" ]; }};
watch: {{ max_rate = 2000; required_share = 950; live_share = 800; max_report_s = 600; max_skew_s = 300; max_day_s = 57600; }};
exams: {{ pass_score = 60; max_attempts = 3; min_exam_time_s = 60; }};
hold_days = 30;
terms = ( {{ id = "bench-1"; registration_from = "2023-06-01T00:00"; registration_to = "2023-06-30T24:00";
  training_from = "2023-06-15T10:00"; training_to = "2023-08-15T19:30"; }} );
courses = ( {courses} );
papers = ( {papers} );
study_groups = ( {{ id = "1"; prefectures = [ "urumqi" ]; }} );
"""


def course_id(number: int) -> str:
    return f"bench-2023-r{number:02}"


def write_catalogue(path: Path) -> None:
    courses = ", ".join(
        f'{{ id = "{course_id(n)}"; title = "Course {n}"; kind = "recorded"; hours = "1";'
        f" length_s = {SHORT_S if n == 0 else LENGTH_S}; }}"
        for n in range(COURSES)
    )
    papers = ", ".join(
        f'{{ id = "p{n:02}"; course = "{course_id(n)}"; questions ='
        ' ( { id = "q1"; kind = "single"; marks = 100; key = "A"; } ); }'
        for n in range(COURSES)
    )
    path.write_text(PROGRAMME.format(courses=courses, papers=papers), encoding="utf-8")


def admissions(catalogue: Catalogue, keys: Keys, count: int, partitions: int) -> list[Record]:
    """What lets the trainees in: submitted, approved, paid."""
    rng = random.Random("admissions")
    world = World(catalogue, keys, Log(keys, rng, partitions), REPORT_S)
    first = milliseconds(catalogue.terms[0].registration_from)
    for number in range(1, count + 1):
        trainee = Trainee(world, f"t-{number:06}", make_person(rng, number), rng)
        enrollment = trainee.enrollment(catalogue.terms[0])
        enrollment.submit(first + HOUR, repeat=False)
        enrollment.approve(first + DAY)
        enrollment.pay(first + 2 * DAY, delay=SECOND)
    return world.log.records()


class _Player:
    """What is the same in all reports of one trainee."""

    def __init__(self, number: int):
        trainee = f"t-{number:06}"
        self.key = trainee.encode()
        self.begin = f'{{"enrollment_id":"e-{trainee}-1","trainee_id":"{trainee}","course_id":"'.encode()
        self.end = f'","device_id":"web-{trainee}"}}'.encode()
        self.trace = ("traceparent", f"00-{number:032x}-{number:016x}-01".encode())
        self.late_s = number % REPORT_S
        self.course = number * 17


def reports(catalogue: Catalogue, trainees: int, count: int) -> Iterator[Record]:
    """`count` reports in binary mode, of 227 bytes and 7 headers each."""
    players = [_Player(number) for number in range(1, trainees + 1)]
    courses = [course_id(n).encode() for n in range(COURSES)]
    evening = milliseconds(catalogue.terms[0].training_from + timedelta(days=1, hours=9))
    before = [("ce_specversion", b"1.0"), ("ce_source", b"/platform")]
    behind = [("ce_type", b"xueshi.watch.played.v1"), ("content-type", b"application/json")]
    for turn in range(-(-count // trainees)):
        times = [_times(evening + (turn * REPORT_S + late) * SECOND) for late in range(REPORT_S)]
        from_s = turn // COURSES * MEDIA_S
        for player in players[: count - turn * trainees]:
            course = (player.course + turn * 7) % COURSES
            until_s = SHORT_S if course == 0 else from_s + MEDIA_S
            since_s = 0 if course == 0 else from_s
            wall, when, stamp = times[player.late_s]
            media = b'","from_s":%d,"to_s":%d,"session_id":"s-' % (since_s, until_s)
            body = player.begin + courses[course] + media
            rest = wall + player.end
            fill = b"0" * (VALUE_BYTES - len(body) - len(rest))
            yield Record(
                topic="xueshi.watch-time",
                key=player.key,
                value=body + fill + rest,
                headers=[
                    *before,
                    ("ce_id", b"%s-%d" % (player.key, turn)),
                    ("ce_time", when),
                    *behind,
                    player.trace,
                ],
                timestamp_ms=stamp,
            )


def _times(start: int) -> tuple[bytes, bytes, int]:
    """The wall time of a report as JSON, its event's time, its Kafka timestamp."""
    end = start + REPORT_S * SECOND
    wall = f'","started_at":"{utc(start)}","ended_at":"{utc(end)}'.encode()
    return wall, utc(end).encode(), end + SECOND
