"""Every way in which a record is refused: what is sent, the reason, what the message must say.

One table for two users: the contract test sends each of them to the real daemon; a generated year
has some of them among its records.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .events import MINUTE, SECOND, Event, milliseconds, utc
from .keys import UNLISTED_BANK
from .people import id_number
from .records import Record, structured, to_json
from .samples import OPTIONAL, TYPES, Scene, sample

VALUE_MAX = 64 * 1024


@dataclass(frozen=True)
class Mistake:
    name: str
    reason: str
    record: Record
    says: str = ""  # what the message has to name

    def __str__(self) -> str:
        return self.name


def mistakes(scene: Scene) -> list[Mistake]:
    """All of them, each with its own record; none may change anything of the scene's people."""
    return [
        *_values(scene),
        *_envelopes(scene),
        *_types(scene),
        *_signatures(scene),
        *_fields(scene),
        *_keys(scene),
        *_clocks(scene),
        *_unknown_names(scene),
        *_reports(scene),
        *_conflicts(scene),
        *_refused_forms(scene),
        *_late(scene),
    ]


def _record(scene: Scene, event: Event) -> Record:
    return event.record(scene.enrollment.world.keys)


def _event(scene: Scene, kind: str, **attributes: Any) -> Record:
    """A sample whose event differs: key, topic, mode, headers, raw value."""
    return _record(scene, replace(sample(scene, kind), **attributes))


def _data(scene: Scene, kind: str, **members: Any) -> Record:
    """A sample whose data differ."""
    event = sample(scene, kind)
    event.data.update(members)
    return _record(scene, event)


def _values(scene: Scene) -> Iterator[Mistake]:
    body = to_json(sample(scene, "survey.submitted").data).encode()
    values = {
        "empty": b"",
        "blank": b" \n",
        "no JSON": b"enrollment_id=1",
        "no object": b"[" + body + b"]",
        "a string": b'"text"',
        "cut off": body[:-1],
        "trailing bytes": body + b"x",
        "two values": body + body,
        "a byte order mark": b"\xef\xbb\xbf" + body,
        "a member twice": body[:-1] + b',"survey_id":"again"}',
        "a member twice below": body[:-1] + b',"more":{"a":1,"a":2}}',
        "an invalid byte": body[:-1] + b',"more":"\xff"}',
        "an overlong form": body[:-1] + b',"more":"\xc0\xaf"}',
        "half a surrogate pair": body[:-1] + b',"more":"\\ud800"}',
        "a NUL": body[:-1] + b',"more":"\\u0000"}',
        "nine deep": body[:-1] + b',"more":' + b"[" * 8 + b"]" * 8 + b"}",
        "thousands deep": b"[" * 30000 + b"]" * 30000,
        "1e400": body[:-1] + b',"more":1e400}',
        "an integer of 65 bits": body[:-1] + b',"more":18446744073709551616}',
        "NaN": body[:-1] + b',"more":NaN}',
        "single quotes": body.replace(b'"', b"'"),
        "more than 64 KiB": body[:-1] + b',"more":"' + b"x" * VALUE_MAX + b'"}',
    }
    for name, value in values.items():
        yield Mistake(f"value: {name}", "malformed", _event(scene, "survey.submitted", raw=value))
    nothing = _event(scene, "survey.submitted")
    nothing.value = None
    yield Mistake("value: a tombstone", "malformed", nothing)
    for name, value in (("an array", b"[]"), ("null", b"null"), ("a string", b'"{}"')):
        record = _event(scene, "survey.submitted", mode=structured, raw=value)
        yield Mistake(f"structured: data is {name}", "malformed", record)
    cut = _event(scene, "survey.submitted", mode=structured)
    cut.value = (cut.value or b"")[:-1]
    yield Mistake("structured: cut off", "malformed", cut)


def _envelopes(scene: Scene) -> Iterator[Mistake]:
    def headers(**changes: bytes | None) -> Record:
        named = {name.replace("content_type", "content-type"): v for name, v in changes.items()}
        return _event(scene, "survey.submitted", headers=named)

    for attribute in ("specversion", "id", "source", "type", "time"):
        header = f"ce_{attribute}"
        changes = {
            f"no {attribute}": headers(**{header: None}),
            f"empty {attribute}": headers(**{header: b""}),
            f"{attribute} is not UTF-8": headers(**{header: b"\xff"}),
        }
        doubled = _event(scene, "survey.submitted")
        doubled.headers += [pair for pair in doubled.headers if pair[0] == header]
        changes[f"{attribute} twice"] = doubled
        for name, record in changes.items():
            yield Mistake(f"envelope: {name}", "bad_envelope", record, attribute)
    for attribute in ("id", "source"):
        record = headers(**{f"ce_{attribute}": b"x" * 129})
        yield Mistake(f"envelope: {attribute} of 129 bytes", "bad_envelope", record, attribute)
    record = headers(ce_specversion=b"0.3")
    yield Mistake("envelope: specversion 0.3", "bad_envelope", record, "specversion")
    for when in (b"2023-07-01T10:00:00", b"2023-07-01", b"yesterday", b"2023-07-01T10:00:60Z"):
        record = headers(ce_time=when)
        yield Mistake(f"envelope: time is {when.decode()}", "bad_envelope", record, "time")
    for name in (b"text/plain", b"application/cloudevents-batch+json", b"application/jsonx"):
        record = headers(content_type=name)
        yield Mistake(f"envelope: content-type {name.decode()}", "bad_envelope", record)
    untyped = _event(scene, "survey.submitted", mode=structured)
    untyped.value = (untyped.value or b"").replace(b'"type":', b'"kind":')
    yield Mistake("structured: no type", "bad_envelope", untyped, "type")


def _types(scene: Scene) -> Iterator[Mistake]:
    for name in (
        "xueshi.survey.submitted.v2",
        "xueshi.survey.submitted",
        "xueshi.enrollment.changed.v1",
        "com.example.other",
    ):
        record = _event(scene, "survey.submitted", headers={"ce_type": name.encode()})
        yield Mistake(f"type: {name}", "unknown_type", record)
    for kind, topic in (
        ("survey.submitted", "xueshi.exam"),
        ("exam.submitted", "xueshi.watch-time"),
        ("watch.played", "xueshi.enrollment"),
        ("payment.settled", "xueshi.enrollment"),
        ("enrollment.submitted", "xueshi.payment"),
    ):
        record = _event(scene, kind, topic=topic)
        yield Mistake(f"topic: {kind} on {topic}", "wrong_topic", record)


def _signatures(scene: Scene) -> Iterator[Mistake]:
    def settled(**attributes: Any) -> Record:
        return _event(scene, "payment.settled", **attributes)

    cases = {
        "no signature": settled(headers={"signature": None}),
        "no key": settled(headers={"signature-key": None}),
        "neither": settled(headers={"signature": None, "signature-key": None}),
        "an unknown key": settled(headers={"signature-key": b"boc-9"}),
        "an empty signature": settled(headers={"signature": b""}),
        "not base64": settled(headers={"signature": b"@@@@"}),
    }
    doubled = settled()
    doubled.headers += [pair for pair in doubled.headers if pair[0] == "signature"]
    cases["a signature twice"] = doubled
    for bank, key in scene.enrollment.world.keys.banks.items():
        forged = _data(scene, "payment.settled", bank=bank)
        cases[f"a forged one for {bank}"] = replace(
            forged,
            headers=[
                *((n, v) for n, v in forged.headers if not n.startswith("signature")),
                ("signature-key", key.key_id.encode()),
                ("signature", base64.b64encode(b"0" * (32 if "hmac" in key.algorithm else 64))),
            ],
        )
        event = sample(scene, "payment.settled")
        event.data["bank"] = event.signed_by = bank
        altered = _record(scene, event)
        altered.value = (altered.value or b"").replace(b'"channel":"app"', b'"channel":"App"')
        cases[f"a byte altered after {bank} signed"] = altered
    first, other = scene.catalogue.banks[:2]
    cases["another bank's key"] = settled(signed_by=other)
    refund = sample(scene, "payment.refunded")
    refund.signed_by = other
    assert refund.data["bank"] == first
    cases["another bank's key for a refund"] = _record(scene, refund)
    for name, record in cases.items():
        yield Mistake(f"signature: {name}", "bad_signature", record)


_IDENTIFIERS = ("", "a b", "a/b", "x" * 65, "日", 7, None)
_TEXTS = ("", "长" * 201, 7, ["a"])
_INTEGERS = (1.0, "1", True, None)
_INSTANTS = (
    "2023-07-01T10:00:00",
    "2023-07-01 10:00:00Z",
    "2023-02-30T10:00:00Z",
    "2023-07-01T10:00:60Z",
    "1969-12-31T23:59:59Z",
    1688205600,
)
# What a field is not; those that are not here are identifiers.
_BAD: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("started_at", "ended_at", "joined_at", "left_at", "as_of"), _INSTANTS),
    **dict.fromkeys(("prefecture", "reviewer", "actor", "reason", "provider"), _TEXTS),
    **dict.fromkeys(("evidence_no", "receipt_no", "device_id"), _TEXTS),
    "title_level": ("professor", "", 1),
    "employer_kind": ("university", None),
    "decision": ("maybe", "APPROVED", None),
    "category": ("professional", 1),
    "currency": ("USD", "cny"),
    "channel": ("cheque", None),
    "name": (*_TEXTS, "a\tb", "a\x7f", "a\x85"),
    "employer": (*_TEXTS, "a\nb"),
    "id_number": (
        id_number("650102", date(1980, 5, 6), 12)[:-1] + "A",
        "650102198013061234",
        "650102800506123",
        "６５０１０２１９８００５０６１２３４",
        650102198005061234,
        "",
    ),
    "mobile": ("1380000000", "138000000000", "+0861380000", "+86 13800000000", 13800000000, ""),
    "photo": (
        {"uri": "https://a"},
        {"sha256": "0" * 64},
        {"sha256": "g" * 64, "uri": "https://a"},
        {"sha256": "0" * 63, "uri": "https://a"},
        {"sha256": "0" * 64, "uri": "a" * 501},
        "photo.jpg",
    ),
    "year": (1999, 2101, *_INTEGERS),
    "hours": (0, -1, 200.1, 7.55, "7", None),
    "amount_fen": (0, -20000, 10**12 + 1, *_INTEGERS),
    "payment_code": ("1234567890", "99991234567890123456", "6501123456789012345A", 1),
    "from_s": (-1, *_INTEGERS),
    "to_s": _INTEGERS,
    "extra": (0, 4, *_INTEGERS),
    "answers": (
        "A",
        [{"question": "q1"}],
        [{"choice": ["A"]}],
        [{"question": "q1", "choice": "A"}],
        [{"question": "q1", "choice": [1]}],
        [{"question": "nowhere", "choice": ["A"]}],
        [{"question": "q1", "choice": ["A"]}, {"question": "q1", "choice": ["B"]}],
        [{"question": "q1", "choice": ["a"]}],
        [{"question": "q1", "choice": ["A", "A"]}],
    ),
}


def _label(value: Any) -> str:
    text = to_json(value)
    return text if len(text) <= 40 else f"{text[:30]}… of {len(text)}"


def _fields(scene: Scene) -> Iterator[Mistake]:
    for kind in TYPES:
        for field in sample(scene, kind).data:
            if field not in OPTIONAL.get(kind, ()):
                event = sample(scene, kind)
                del event.data[field]
                record = _record(scene, event)
                yield Mistake(f"{kind}: no {field}", "invalid_field", record, field)
            for value in _BAD.get(field, _IDENTIFIERS):
                record = _data(scene, kind, **{field: value})
                name = f"{kind}: {field} = {_label(value)}"
                yield Mistake(name, "invalid_field", record, field)
    for score in (-1, 101, *_INTEGERS):
        event = sample(scene, "exam.submitted")
        del event.data["answers"]
        event.data["score"] = score
        name = f"exam.submitted: score = {_label(score)}"
        yield Mistake(name, "invalid_field", _record(scene, event), "score")
    both = _data(scene, "exam.submitted", score=100)
    yield Mistake("exam.submitted: answers and score", "invalid_field", both, "score")
    neither = sample(scene, "exam.submitted")
    del neither.data["answers"]
    record = _record(scene, neither)
    yield Mistake("exam.submitted: neither answers nor score", "invalid_field", record, "score")
    early = _data(scene, "exam.submitted", started_at=utc(scene.at + SECOND))
    yield Mistake("exam.submitted: started later", "invalid_field", early, "started_at")
    nothing = sample(scene, "enrollment.corrected")
    del nothing.data["employer"]
    record = _record(scene, nothing)
    yield Mistake("enrollment.corrected: nothing to correct", "invalid_field", record)
    # It would travel in keys and subjects.
    number = scene.trainee.person.id_number.upper()
    secrets = (("an ID number", number), ("a mobile number", "13812345678"))
    for field in ("trainee_id", "enrollment_id"):
        for name, secret in secrets:
            record = _data(scene, "survey.submitted", **{field: secret})
            yield Mistake(f"survey.submitted: {field} is {name}", "invalid_field", record, field)


def _keys(scene: Scene) -> Iterator[Mistake]:
    for kind in TYPES:
        for name, key in (("another", "somebody-else"), ("an empty", "")):
            record = _event(scene, kind, key=key)
            yield Mistake(f"key: {name} for {kind}", "key_mismatch", record)
        absent = _event(scene, kind)
        # Where the key would have put it: for whoever publishes without one, any partition will do.
        absent.key, absent.partition = None, 0
        yield Mistake(f"key: none for {kind}", "key_mismatch", absent)


def _clocks(scene: Scene) -> Iterator[Mistake]:
    skew = scene.catalogue["watch"]["max_skew_s"] * SECOND
    later = scene.at + skew + 1
    for kind in TYPES:
        if kind == "clock.ticked":
            continue  # always applied
        record = _event(scene, kind, at=later, arrival=scene.at)
        yield Mistake(f"clock: time of {kind} ahead", "clock_skew", record)
    ended = _event(scene, "watch.played", arrival=scene.at - skew - 1, at=scene.at - skew - 1)
    yield Mistake("clock: ended_at ahead", "clock_skew", ended)
    left = _event(scene, "live.attended", arrival=scene.at - skew - 1, at=scene.at - skew - 1)
    yield Mistake("clock: left_at ahead", "clock_skew", left)


def _unknown_names(scene: Scene) -> Iterator[Mistake]:
    elsewhere = next(
        course
        for term in scene.catalogue.terms
        if term is not scene.enrollment.term
        for course in term.courses
        if course.kind == "live" and course not in scene.enrollment.term.courses
    )
    wrong = scene.recorded[1].paper
    number = scene.trainee.certificate_no
    rows = (
        ("enrollment.submitted", {"term_id": "2019-1"}, "unknown_term", "term_id"),
        ("watch.played", {"course_id": "nowhere"}, "unknown_course", "course_id"),
        ("live.attended", {"course_id": "nowhere"}, "unknown_course", "course_id"),
        ("live.attended", {"course_id": elsewhere.id}, "unknown_course", ""),
        ("exam.submitted", {"course_id": "nowhere"}, "unknown_course", "course_id"),
        ("exam.attempts-granted", {"course_id": "nowhere"}, "unknown_course", "course_id"),
        ("exam.submitted", {"paper_id": "nowhere"}, "unknown_paper", "paper_id"),
        ("exam.submitted", {"paper_id": wrong}, "wrong_paper", "paper_id"),
        (
            "certificate.revocation-ordered",
            {"certificate_no": scene.other.certificate_no},
            "unknown_certificate",
            "",
        ),
        (
            "certificate.revocation-ordered",
            {"certificate_no": number[:-1] + ("0" if number[-1] != "0" else "1")},
            "unknown_certificate",
            "",
        ),
    )
    for kind, members, reason, says in rows:
        (member,) = members
        name = f"{kind}: {member} = {members[member]}"
        yield Mistake(name, reason, _data(scene, kind, **members), says)
    for kind in ("payment.settled", "payment.refunded", "payment.receipted"):
        record = _data(scene, kind, bank=UNLISTED_BANK)
        yield Mistake(f"{kind}: bank = {UNLISTED_BANK}", "unknown_bank", record, "bank")


def _reports(scene: Scene) -> Iterator[Mistake]:
    at, film = scene.at, scene.recorded[0]
    longest = scene.catalogue["watch"]["max_report_s"]

    def played(name: str, **members: Any) -> Mistake:
        return Mistake(f"report: {name}", "bad_report", _data(scene, "watch.played", **members))

    yield played("backwards in the film", from_s=300, to_s=0)
    yield played("no film", from_s=300, to_s=300)
    yield played("past the end", from_s=film.length_s - 10, to_s=film.length_s + 1)
    yield played("no time", started_at=utc(at))
    yield played("backwards in time", started_at=utc(at + MINUTE))
    too_long = utc(at - longest * SECOND - 1)
    yield played("longer than a report may be", started_at=too_long, to_s=longest)
    yield played("of a broadcast", course_id=scene.live.id)

    def attended(name: str, **members: Any) -> Mistake:
        return Mistake(f"report: {name}", "bad_report", _data(scene, "live.attended", **members))

    yield attended("presence of no time", joined_at=utc(at))
    yield attended("presence of half a day and more", joined_at=utc(at - 12 * 60 * MINUTE - 1))
    yield attended("presence in a film", course_id=film.id)


def _conflicts(scene: Scene) -> Iterator[Mistake]:
    """What was said before, said otherwise: under the fact's name, and under the event's id."""
    said = scene.trainee.said
    rows = (
        ("enrollment.submitted", "employer", "另一单位"),
        ("payment.settled", "amount_fen", 19999),
        ("payment.receipted", "receipt_no", "另一票据号"),
        ("credit.imported", "hours", 3),
        ("exam.submitted", "started_at", utc(scene.enrollment.training[0])),
    )
    for kind, member, value in rows:
        if kind in said:
            data = {**said[kind].data, member: value}
            event = replace(said[kind], data=data, id=scene.fresh("m"), arrival=scene.at)
            name = f"conflict: {kind} with another {member}"
            yield Mistake(name, "conflict", _record(scene, event))
    reviewed = said["enrollment.reviewed"]
    event = replace(reviewed, data={**reviewed.data, "decision": "rejected"}, arrival=scene.at)
    yield Mistake("conflict: a review under the same id", "conflict", _record(scene, event))
    settled = said["payment.settled"]
    later = replace(settled, at=settled.at + SECOND, arrival=scene.at)
    yield Mistake("conflict: another time under the same id", "conflict", _record(scene, later))


def _refused_forms(scene: Scene) -> Iterator[Mistake]:
    """Enrollments that are not accepted; all of them in the scene's own partition."""
    term = scene.enrollment.term
    when = scene.enrollment.submitted_at + MINUTE

    def form(title: str, reason: str, trainee: str, at: int = when, **members: Any) -> Mistake:
        event = sample(scene, "enrollment.submitted")
        event.data.update(trainee_id=trainee, **members)
        event.at, event.arrival, event.key = at, scene.at, trainee
        return Mistake(f"form: {title}", reason, _record(scene, event))

    other, person = scene.other.id, scene.other.person
    own = {"id_number": person.id_number, "mobile": person.mobile, "name": person.name}
    yield form("another base", "not_eligible", other, base_id="base-elsewhere", **own)
    yield form("another series", "not_eligible", other, series="doctors", **own)
    before = milliseconds(term.registration_from) - 1
    after = milliseconds(term.registration_to)
    yield form("a moment too early", "outside_registration", other, before, **own)
    yield form("a moment too late", "outside_registration", other, after, **own)
    yield form("a second one", "already_enrolled", scene.trainee.id)
    yield form("somebody else's ID number", "duplicate_identity", other)


def _late(scene: Scene) -> Iterator[Mistake]:
    """After the term's books are closed; and what waited in vain until then."""
    closed = milliseconds(scene.enrollment.term.close_at) + 1
    for kind in (
        "watch.played",
        "live.attended",
        "exam.submitted",
        "exam.attempts-granted",
        "enrollment.reviewed",
        "survey.submitted",
    ):
        record = _event(scene, kind, arrival=closed)
        yield Mistake(f"late: {kind}", "never_released", record)
    form = sample(scene, "enrollment.submitted")
    form.at, form.arrival = scene.enrollment.submitted_at + MINUTE, closed
    yield Mistake("late: enrollment.submitted", "never_released", _record(scene, form))
    for kind in ("watch.played", "exam.submitted", "survey.submitted", "enrollment.withdrawn"):
        record = _data(scene, kind, enrollment_id="e-nobody")
        yield Mistake(f"held in vain: {kind}", "never_released", record)

