"""Reads a programme's catalogue: as much of libconfig's language as catalogues use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

TOKEN = re.compile(
    r"""\s+ | \#[^\n]* | //[^\n]* | /\*.*?\*/
    | (?P<string>"(?:[^"\\]|\\.)*") | (?P<number>-?\d+) | (?P<name>[A-Za-z*][\w*-]*)
    | (?P<mark>[{}()\[\]=:;,])""",
    re.VERBOSE | re.DOTALL,
)
CLOSING = {"{": "}", "(": ")", "[": "]"}


def parse(text: str) -> dict[str, Any]:
    """The settings as dictionaries, lists, strings, integers and booleans."""
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            raise ValueError(f"not libconfig: {text[position : position + 40]!r}")
        if match.lastgroup:
            tokens.append((match.lastgroup, match.group()))
        position = match.end()
    parser = _Parser(tokens)
    return parser.group(end=None)


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]):
        self.tokens = tokens
        self.position = 0

    def peek(self) -> str | None:
        return self.tokens[self.position][1] if self.position < len(self.tokens) else None

    def take(self) -> tuple[str, str]:
        self.position += 1
        return self.tokens[self.position - 1]

    def group(self, end: str | None) -> dict[str, Any]:
        settings = {}
        while self.peek() != end:
            name = self.take()[1]
            if self.take()[1] not in "=:":
                raise ValueError(f"no value for {name}")
            settings[name] = self.value()
            if self.peek() in (";", ","):
                self.take()
        return settings

    def value(self) -> Any:
        kind, text = self.take()
        if kind == "number":
            return int(text)
        if kind == "name":
            return text == "true"
        if kind == "string":
            return self._string(text)
        end = CLOSING[text]
        if text == "{":
            content: Any = self.group(end)
        else:
            content = []
            while self.peek() != end:
                content.append(self.value())
                if self.peek() == ",":
                    self.take()
        self.take()
        return content

    def _string(self, text: str) -> str:
        # Strings side by side are one.
        parts = [text]
        while self.position < len(self.tokens) and self.tokens[self.position][0] == "string":
            parts.append(self.take()[1])
        return "".join(re.sub(r"\\(.)", r"\1", part[1:-1]) for part in parts)


@dataclass(frozen=True)
class Question:
    id: str
    kind: str
    marks: int
    key: str


@dataclass(frozen=True)
class Course:
    id: str
    kind: str
    hours: int  # tenths
    length_s: int = 0
    start: datetime | None = None  # of a live course's broadcast
    end: datetime | None = None
    paper: str | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Term:
    id: str
    registration_from: datetime
    registration_to: datetime
    training_from: datetime
    training_to: datetime
    close_at: datetime
    courses: tuple[Course, ...] = field(repr=False)


@dataclass(frozen=True)
class Catalogue:
    path: Path
    settings: dict[str, Any] = field(repr=False)
    id: str
    year: int
    zone: ZoneInfo
    required_hours: int  # tenths
    survey: str
    banks: tuple[str, ...]
    courses: tuple[Course, ...] = field(repr=False)
    terms: tuple[Term, ...] = field(repr=False)

    def __getitem__(self, section: str) -> Any:
        return self.settings[section]


def tenths(text: str) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole) * 10 + int(fraction or "0")


def load(path: Path | str) -> Catalogue:
    settings = parse(Path(path).read_text(encoding="utf-8"))
    programme = settings["programme"]
    zone = ZoneInfo(programme["zone"])

    def civil(text: str) -> datetime:
        day, _, clock = text.partition("T")
        hours, minutes = map(int, clock.split(":"))
        midnight = datetime.fromisoformat(day) + timedelta(hours=hours, minutes=minutes)
        return midnight.replace(tzinfo=zone).astimezone(timezone.utc)

    papers = {paper["course"]: paper for paper in settings["papers"]}
    courses = tuple(
        _course(course, papers.get(course["id"]), civil) for course in settings["courses"]
    )
    terms = []
    for term in settings["terms"]:
        start, end = civil(term["training_from"]), civil(term["training_to"])
        terms.append(
            Term(
                id=term["id"],
                registration_from=civil(term["registration_from"]),
                registration_to=civil(term["registration_to"]),
                training_from=start,
                training_to=end,
                close_at=end + timedelta(days=settings["hold_days"]),
                courses=tuple(
                    course
                    for course in courses
                    if not course.start or (start <= course.start and course.end <= end)
                ),
            )
        )
    return Catalogue(
        path=Path(path),
        settings=settings,
        id=programme["id"],
        year=programme["year"],
        zone=zone,
        required_hours=tenths(programme["required_hours"]),
        survey=programme.get("survey", ""),
        banks=tuple(settings["fee"]["banks"]),
        courses=courses,
        terms=tuple(terms),
    )


def _course(course: dict[str, Any], paper: dict[str, Any] | None, civil) -> Course:
    return Course(
        id=course["id"],
        kind=course["kind"],
        hours=tenths(course["hours"]),
        length_s=course.get("length_s", 0),
        start=civil(course["from"]) if "from" in course else None,
        end=civil(course["to"]) if "to" in course else None,
        paper=paper["id"] if paper else None,
        questions=tuple(Question(**question) for question in paper["questions"]) if paper else (),
    )
