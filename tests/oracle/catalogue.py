"""Programmes as their catalogues say them, and the part of the configuration that a fold needs."""

import functools
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import crypto
import instants
import libconfig
from instants import DAY, SECOND


def tenths(text: str) -> int:
    return int(Decimal(text) * 10)


@dataclass(eq=False)
class Term:
    id: str
    registration_from: int
    registration_to: int
    training_from: int
    training_to: int
    close_at: int
    programme: "Programme" = None


@dataclass(eq=False)
class Course:
    id: str
    kind: str
    hours: int
    length_s: int = 0
    live_from: int = 0
    live_to: int = 0
    programme: "Programme" = None

    def taught_in(self, term: Term) -> bool:
        """Of the term's programme and, if live, broadcast wholly inside its training window."""
        if self.programme is not term.programme:
            return False
        if self.kind == "recorded":
            return True
        return term.training_from <= self.live_from and self.live_to <= term.training_to


@dataclass(eq=False)
class Question:
    marks: int
    key: frozenset


@dataclass(eq=False)
class Paper:
    id: str
    course_id: str
    questions: dict[str, Question]

    def score(self, answers: dict[str, frozenset]) -> int:
        return sum(q.marks for name, q in self.questions.items() if answers.get(name) == q.key)


class Programme:
    def __init__(self, settings: dict):
        said = settings["programme"]
        self.id = said["id"]
        self.year = said["year"]
        self.category = said["category"]
        self.zone = ZoneInfo(said["zone"])
        self.required_hours = tenths(said["required_hours"])
        self.required_public_hours = tenths(said["required_public_hours"])
        self.asks_survey = bool(said.get("survey"))
        self.series = settings["series"]["id"]
        self.series_code = settings["series"]["code"]
        eligible = settings["eligible"]
        self.title_levels = frozenset(eligible["title_levels"])
        self.bases = frozenset(eligible["bases"])
        self.employer_kinds = frozenset(eligible["employer_kinds"])
        fee = settings["fee"]
        self.fee_fen = fee["amount_fen"]
        self.currency = fee["currency"]
        self.code_prefix = fee["code_prefix"]
        self.code_length = fee["code_length"]
        self.banks = list(fee["banks"])
        self.watch = settings["watch"]
        self.exams = settings["exams"]
        self.hold = settings["hold_days"] * DAY
        self.groups = {
            place: group["id"]
            for group in settings["study_groups"] for place in group["prefectures"]
        }
        self.terms = [self._term(entry) for entry in settings["terms"]]
        self.courses = [self._course(entry) for entry in settings["courses"]]
        self.papers = [self._paper(entry) for entry in settings["papers"]]

    def _term(self, entry: dict) -> Term:
        names = ("registration_from", "registration_to", "training_from", "training_to")
        edges = [instants.of_civil(entry[name], self.zone) for name in names]
        return Term(entry["id"], *edges, close_at=edges[3] + self.hold, programme=self)

    def _course(self, entry: dict) -> Course:
        course = Course(entry["id"], entry["kind"], tenths(entry["hours"]), programme=self)
        if course.kind == "recorded":
            course.length_s = entry["length_s"]
        else:
            course.live_from = instants.of_civil(entry["from"], self.zone)
            course.live_to = instants.of_civil(entry["to"], self.zone)
        return course

    @staticmethod
    def _paper(entry: dict) -> Paper:
        questions = {q["id"]: Question(q["marks"], frozenset(q["key"])) for q in entry["questions"]}
        return Paper(entry["id"], entry["course"], questions)

    def code_of(self, key: bytes, trainee_id: str, enrollment_id: str) -> str:
        return crypto.payment_code(
            key, self.code_prefix, self.code_length, self.id, trainee_id, enrollment_id)


@dataclass
class Catalogue:
    """Every programme, and what has one name over all of them."""

    programmes: list[Programme]
    terms: dict[str, Term] = field(init=False)
    courses: dict[str, Course] = field(init=False)
    papers: dict[str, Paper] = field(init=False)

    def __post_init__(self):
        self.terms = {t.id: t for p in self.programmes for t in p.terms}
        self.courses = {c.id: c for p in self.programmes for c in p.courses}
        self.papers = {e.id: e for p in self.programmes for e in p.papers}
        self.banks = frozenset(bank for p in self.programmes for bank in p.banks)
        self.max_skew = max(p.watch["max_skew_s"] for p in self.programmes) * SECOND

    def programme_of_code(self, code: str) -> Programme | None:
        for programme in self.programmes:
            rest = code[len(programme.code_prefix):]
            if (code.startswith(programme.code_prefix) and len(code) == programme.code_length
                    and rest.isascii() and rest.isdigit()):
                return programme
        return None


@dataclass
class Configuration:
    catalogue: Catalogue
    payment_code_key: bytes
    certificate_no_key: bytes
    signatures_required: bool
    signature_keys: dict[str, crypto.SignatureKey]
    source: str

    @functools.cache
    def certificate_no(self, programme_index: int, trainee_id: str) -> str:
        programme = self.catalogue.programmes[programme_index]
        return crypto.certificate_no(
            self.certificate_no_key, programme.year, programme.series_code, programme.id,
            trainee_id)

    def __hash__(self):
        return id(self)


def load(path: str) -> Configuration:
    """What `xueshid.conf` at `path` says; files are relative to the file that names them."""
    here = Path(path).parent
    settings = libconfig.read(path)
    programmes = [Programme(libconfig.read(str(here / name))) for name in settings["catalogues"]]
    signed = settings["payment_signatures"]
    keys = {
        entry["id"]: crypto.SignatureKey(
            entry["algorithm"], entry["banks"], (here / entry["file"]).read_bytes())
        for entry in signed.get("keys", [])
    }
    return Configuration(
        catalogue=Catalogue(programmes),
        payment_code_key=(here / settings["keys"]["payment_code"]).read_bytes(),
        certificate_no_key=(here / settings["keys"]["certificate_no"]).read_bytes(),
        signatures_required=signed.get("required", True),
        signature_keys=keys,
        source=settings.get("source", "/xueshid"),
    )
