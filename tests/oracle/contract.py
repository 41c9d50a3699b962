"""What a record says, as far as that can be told from the record alone (events.md, fold.md 2).

Some checks come before the clock's and some after it, and the clock's needs the stamp; so a
Reading keeps the first failure on either side.
"""

import re
from dataclasses import dataclass, field

import forms
import instants
import strict_json
from catalogue import Configuration
from crypto import strict_base64
from forms import Invalid
from instants import SECOND

TOPICS = ("xueshi.enrollment", "xueshi.payment", "xueshi.watch-time", "xueshi.exam")
ENROLLMENT, PAYMENT, WATCH_TIME, EXAM = TOPICS
LONGEST_LIVE = 12 * 3600 * SECOND
TICK = "xueshi.clock.ticked.v1"
SUBMITTED = "xueshi.enrollment.submitted.v1"
REVIEWED = "xueshi.enrollment.reviewed.v1"
WITHDRAWN = "xueshi.enrollment.withdrawn.v1"
DISQUALIFIED = "xueshi.enrollment.disqualified.v1"
REINSTATED = "xueshi.enrollment.reinstated.v1"
CORRECTED = "xueshi.enrollment.corrected.v1"
SURVEY = "xueshi.survey.submitted.v1"
CREDIT = "xueshi.credit.imported.v1"
ORDER = "xueshi.certificate.revocation-ordered.v1"
SETTLED = "xueshi.payment.settled.v1"
REFUNDED = "xueshi.payment.refunded.v1"
RECEIPTED = "xueshi.payment.receipted.v1"
PLAYED = "xueshi.watch.played.v1"
ATTENDED = "xueshi.live.attended.v1"
EXAMINED = "xueshi.exam.submitted.v1"
GRANTED = "xueshi.exam.attempts-granted.v1"


class Rejected(Exception):
    """The record fails a check; the first argument is the reason."""

    @property
    def reason(self) -> str:
        return self.args[0]


@dataclass(eq=False)
class Record:
    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    headers: list[tuple[str, bytes | None]]
    value: bytes | None
    reading: "Reading | None" = field(default=None, repr=False)

    def headers_named(self, name: str) -> list[bytes | None]:
        return [value for header, value in self.headers if header.lower() == name]


@dataclass(eq=False)
class Event:
    type: str
    source: str
    id: str
    time: int
    fields: dict

    def content(self) -> tuple:
        said = self.fields
        if self.type == SETTLED:
            said = {name: value for name, value in said.items() if name != "receipt_no"}
        return self.type, said


@dataclass(eq=False)
class Reading:
    event: Event | None = None
    before_clock: str | None = None
    after_clock: str | None = None
    latest: int = 0


# --- Fields --------------------------------------------------------------------------------

_identifier, _instant, _text = forms.identifier, forms.instant, forms.free_text()
_person = {"enrollment_id": forms.person_key, "trainee_id": forms.person_key}
_money = {"payment_code": _identifier, "bank": _identifier, "bank_txn_id": _identifier}
_amount = {"amount_fen": forms.integer(1, 10**12), "currency": forms.words("CNY")}
_act = {"actor": _text, "reason": _text}
_clean_text = forms.free_text(controls=False)

# Per type: the topic (None: every one), the required fields, the optional ones.
_TYPES: dict[str, tuple[str | None, dict, dict]] = {
    SUBMITTED: (ENROLLMENT, _person | {
        "term_id": _identifier, "series": _identifier,
        "title_level": forms.words("senior", "intermediate", "junior"),
        "base_id": _identifier, "name": _clean_text, "id_number": forms.id_number,
        "mobile": forms.mobile, "employer": _clean_text,
        "employer_kind": forms.words("party-school", "socialist-college", "islamic-institute",
                                     "cadre-school", "other"),
        "prefecture": _text, "photo": forms.photo}, {}),
    REVIEWED: (ENROLLMENT, _person | {
        "decision": forms.words("approved", "rejected"), "reviewer": _text}, {"reason": _text}),
    WITHDRAWN: (ENROLLMENT, _person | {"reason": _text}, {}),
    DISQUALIFIED: (ENROLLMENT, _person | _act, {}),
    REINSTATED: (ENROLLMENT, _person | _act, {}),
    CORRECTED: (ENROLLMENT, _person | _act,
                {"name": _clean_text, "mobile": forms.mobile, "employer": _clean_text}),
    SURVEY: (ENROLLMENT, _person | {"survey_id": _identifier}, {}),
    CREDIT: (ENROLLMENT, {
        "trainee_id": forms.person_key, "year": forms.integer(2000, 2100),
        "category": forms.words("public"), "hours": forms.hours, "provider": _text,
        "evidence_no": _text}, {}),
    ORDER: (ENROLLMENT, {"certificate_no": _identifier, "trainee_id": forms.person_key} | _act, {}),
    TICK: (None, {"as_of": _instant}, {}),
    SETTLED: (PAYMENT, _money | _amount | {"channel": forms.words("counter", "app")},
              {"receipt_no": _text}),
    REFUNDED: (PAYMENT, _money | {"refund_txn_id": _identifier} | _amount, {}),
    RECEIPTED: (PAYMENT, _money | {"receipt_no": _text}, {}),
    PLAYED: (WATCH_TIME, _person | {
        "course_id": _identifier, "session_id": _identifier, "from_s": forms.integer(0),
        "to_s": forms.integer(-(2**63)), "started_at": _instant, "ended_at": _instant},
        {"device_id": _text}),
    ATTENDED: (WATCH_TIME, _person | {
        "course_id": _identifier, "session_id": _identifier, "joined_at": _instant,
        "left_at": _instant}, {}),
    EXAMINED: (EXAM, _person | {
        "course_id": _identifier, "attempt_id": _identifier, "paper_id": _identifier,
        "started_at": _instant}, {"answers": forms.answers, "score": forms.integer(0, 100)}),
    GRANTED: (EXAM, _person | {
        "course_id": _identifier, "grant_id": _identifier, "extra": forms.integer(1, 3)} | _act,
        {}),
}
_INSTANTS = ("started_at", "ended_at", "joined_at", "left_at")


def _read_fields(kind: str, time: int, data: dict, config: Configuration) -> dict:
    """The contract's fields of `data`; Rejected("invalid_field") at the first that is wrong."""
    _, required, optional = _TYPES[kind]
    fields = {}
    try:
        for name, form in required.items():
            fields[name] = form(data.get(name), time)
        for name, form in optional.items():
            if name in data:
                fields[name] = form(data[name], time)
        _check_together(kind, time, fields, config)
    except Invalid:
        raise Rejected("invalid_field") from None
    return fields


def _check_together(kind: str, time: int, fields: dict, config: Configuration) -> None:
    if kind == CORRECTED and not fields.keys() & {"name", "mobile", "employer"}:
        raise Invalid
    if kind == EXAMINED:
        if ("answers" in fields) == ("score" in fields) or fields["started_at"] > time:
            raise Invalid
    code = fields.get("payment_code")
    if code is not None and config.catalogue.programme_of_code(code) is None:
        raise Invalid


# --- Envelope ------------------------------------------------------------------------------

_ATTRIBUTES = ("specversion", "id", "source", "type", "time")
_JSON_TYPE = re.compile(r"application/json[ \t]*(;.*)?", re.IGNORECASE | re.DOTALL).fullmatch


def _binary_attributes(record: Record) -> dict[str, str]:
    attributes = {}
    for header, value in record.headers:
        name = header.lower()
        if name == "content-type":
            name = "datacontenttype"
        elif name.startswith("ce_"):
            name = name[3:]
        else:
            continue
        if name not in _ATTRIBUTES and name not in ("subject", "datacontenttype"):
            continue
        if name in attributes:
            raise Rejected("bad_envelope")
        try:
            attributes[name] = (value or b"").decode("utf-8")
        except UnicodeDecodeError:
            raise Rejected("bad_envelope") from None
    return attributes


def _structured_attributes(value: dict) -> dict[str, str]:
    names = (*_ATTRIBUTES, "subject", "datacontenttype")
    attributes = {name: value[name] for name in names if name in value}
    if not all(isinstance(attribute, str) for attribute in attributes.values()):
        raise Rejected("bad_envelope")
    return attributes


def _check_envelope(attributes: dict[str, str]) -> int:
    """The event's time, if the attributes are an envelope."""
    if not all(attributes.values()) or any(name not in attributes for name in _ATTRIBUTES):
        raise Rejected("bad_envelope")
    if attributes["specversion"] != "1.0":
        raise Rejected("bad_envelope")
    if any(len(attributes[name].encode()) > 128 for name in ("id", "source")):
        raise Rejected("bad_envelope")
    if not _JSON_TYPE(attributes.get("datacontenttype", "application/json")):
        raise Rejected("bad_envelope")
    time = instants.parse(attributes["time"])
    if time is None:
        raise Rejected("bad_envelope")
    return time


def _is_structured(record: Record) -> bool:
    """A batch is neither mode: were it structured, its array would always be `malformed`.

    Nor is a content type that is said twice.
    """
    types = record.headers_named("content-type")
    if len(types) > 1:
        raise Rejected("bad_envelope")
    content_type = (types[0] or b"").lower() if types else b""
    if content_type.startswith(b"application/cloudevents-batch"):
        raise Rejected("bad_envelope")
    return content_type.startswith(b"application/cloudevents")


def _check_type(kind: str, topic: str) -> None:
    if kind not in _TYPES:
        raise Rejected("unknown_type")
    if _TYPES[kind][0] not in (None, topic):
        raise Rejected("wrong_topic")


# --- Signatures ----------------------------------------------------------------------------

def _needs_signature(kind: str, config: Configuration) -> bool:
    return config.signatures_required and kind in (SETTLED, REFUNDED, RECEIPTED)


def _check_signature(record: Record, attributes: dict, config: Configuration):
    """The key that signed."""
    names, texts = record.headers_named("signature-key"), record.headers_named("signature")
    if len(names) != 1 or len(texts) != 1 or not names[0] or not texts[0]:
        raise Rejected("bad_signature")
    key = config.signature_keys.get(names[0].decode("utf-8", "replace"))
    signature = strict_base64(texts[0])
    said = "\n".join(attributes[name] for name in ("id", "type", "time")).encode()
    message = said + b"\n" + (record.value or b"")
    if key is None or signature is None or not key.verifies(message, signature):
        raise Rejected("bad_signature")
    return key


# --- A whole record ------------------------------------------------------------------------

def _json_object(raw: bytes | None) -> dict:
    try:
        return strict_json.parse_object(raw)
    except strict_json.Malformed:
        raise Rejected("malformed") from None


def _read_data(record: Record, config: Configuration) -> Event:
    """The event, by the checks that come before the clock's."""
    structured = _is_structured(record)
    if structured:
        value = _json_object(record.value)
        data = value.get("data")
        if not isinstance(data, dict):
            raise Rejected("malformed")
        attributes = _structured_attributes(value)
    else:
        attributes = _binary_attributes(record)
    time = _check_envelope(attributes)
    kind = attributes["type"]
    _check_type(kind, record.topic)
    signed = _needs_signature(kind, config)
    signer = _check_signature(record, attributes, config) if signed else None
    if not structured:
        data = _json_object(record.value)
    fields = _read_fields(kind, time, data, config)
    if signer is not None and fields["bank"] not in signer.banks:
        raise Rejected("bad_signature")
    _check_key(record, kind, fields)
    return Event(kind, attributes["source"], attributes["id"], time, fields)


def _check_key(record: Record, kind: str, fields: dict) -> None:
    if kind == TICK:
        expected = "tick"
    else:
        expected = fields["payment_code" if record.topic == PAYMENT else "trainee_id"]
    if record.key != expected.encode():
        raise Rejected("key_mismatch")


def _check_catalogue(event: Event, config: Configuration) -> None:
    catalogue, fields = config.catalogue, event.fields
    if "term_id" in fields and fields["term_id"] not in catalogue.terms:
        raise Rejected("unknown_term")
    if "course_id" in fields and fields["course_id"] not in catalogue.courses:
        raise Rejected("unknown_course")
    if "bank" in fields and fields["bank"] not in catalogue.banks:
        raise Rejected("unknown_bank")
    if "paper_id" in fields:
        _check_paper(fields, catalogue.papers.get(fields["paper_id"]))
    if event.type in (PLAYED, ATTENDED):
        _check_report(event, catalogue.courses[fields["course_id"]])


def _check_paper(fields: dict, paper) -> None:
    if paper is None:
        raise Rejected("unknown_paper")
    if paper.course_id != fields["course_id"]:
        raise Rejected("wrong_paper")
    answered = set()
    for question, choice in fields.get("answers", ()):
        letters_only = all(len(c) == 1 and "A" <= c <= "Z" for c in choice)
        if (question not in paper.questions or question in answered or not letters_only
                or len(set(choice)) != len(choice)):
            raise Rejected("invalid_field")
        answered.add(question)


def _check_report(event: Event, course) -> None:
    fields = event.fields
    if event.type == PLAYED:
        start, end = fields["started_at"], fields["ended_at"]
        longest = course.programme.watch["max_report_s"] * SECOND
        bad = (course.kind != "recorded" or fields["to_s"] <= fields["from_s"]
               or fields["to_s"] > course.length_s)
    else:
        start, end = fields["joined_at"], fields["left_at"]
        longest, bad = LONGEST_LIVE, course.kind != "live"
    if bad or end <= start or end - start > longest:
        raise Rejected("bad_report")


def read(record: Record, config: Configuration) -> Reading:
    """Read once, whatever the number of foldings."""
    if record.reading is not None:
        return record.reading
    reading = Reading()
    try:
        event = reading.event = _read_data(record, config)
        reading.latest = max(
            event.time, *(event.fields.get(name, 0) for name in _INSTANTS))
        try:
            _check_catalogue(event, config)
        except Rejected as failure:
            reading.after_clock = failure.reason
    except Rejected as failure:
        reading.before_clock = failure.reason
    record.reading = reading
    return reading
