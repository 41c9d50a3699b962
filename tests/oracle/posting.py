"""Events as records: envelope, signature, key, and the many ways in which a record can be wrong."""

import base64
import json
import random
import re
import zlib
from dataclasses import dataclass

import contract
import deployments
import forms
import instants
from contract import PAYMENT, TICK
from instants import SECOND

_SIGNERS = {"BOC": ("hmac-all", "ed-boc", "sm-boc"), "ABC": ("hmac-all", "hmac-abc", "sm-boc")}


@dataclass(eq=False)
class Post:
    """One publication of an event: what it says, and when Kafka stamps it."""

    topic: str
    key: str
    type: str
    time: int
    published: int
    data: dict
    id: str
    source: str = "/platform"
    breakages: tuple[str, ...] = ()
    slow_signature: bool = False


def render(rng: random.Random, instant: int) -> str:
    """One of the many spellings of an instant."""
    style = rng.randrange(8)
    offset = rng.choice((480, -330, 1, -1439)) if style < 3 else 0
    local = instant + offset * 60 * SECOND
    text = instants.dumped(local)[:-8]
    fraction = f"{instant % SECOND:06d}"
    if style == 3:
        fraction += rng.choice(("999", "0", "001"))
    elif fraction == "000000":
        fraction = rng.choice(("", "0", "000"))
    else:
        fraction = fraction.rstrip("0")
    text += f".{fraction}" if fraction else ""
    if offset:
        text += f"{'+' if offset > 0 else '-'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    else:
        text += "+00:00" if style == 4 else "-00:00" if style == 5 else "Z"
    return text.lower() if style == 6 else text


class Draft:
    """A record in the making; breakages change it before or after it is signed."""

    def __init__(self, rng: random.Random, post: Post):
        self.rng, self.post = rng, post
        self.topic, self.key = post.topic, post.key.encode()
        self.attributes = {
            "specversion": "1.0", "id": post.id, "source": post.source, "type": post.type,
            "time": render(rng, post.time)}
        self.data = json.loads(json.dumps(post.data))
        self.structured = rng.random() < 0.2
        self.content_type = "application/cloudevents+json" if self.structured else rng.choice(
            (None, "application/json", "Application/JSON; charset=utf-8"))
        self.headers: list[tuple[str, bytes | None]] = []
        self.value: bytes | None = None
        self.signer = self._signer()

    def _signer(self) -> str | None:
        if self.post.topic != PAYMENT or self.post.type == TICK:
            return None
        usable = _SIGNERS.get(self.data.get("bank"), ("hmac-all",))
        return self.rng.choice(usable) if self.post.slow_signature else usable[0]

    def encode(self) -> None:
        ascii_only = self.rng.random() < 0.3
        if self.structured:
            document = dict(self.attributes) | {"data": self.data}
            if self.rng.random() < 0.5:
                document["datacontenttype"] = "application/json"
            self.value = json.dumps(document, ensure_ascii=ascii_only).encode()
        else:
            self.value = json.dumps(self.data, ensure_ascii=ascii_only).encode()
            upper = self.rng.random() < 0.1
            for name, value in self.attributes.items():
                name = f"ce_{name}"
                self.headers.append((name.upper() if upper else name, value.encode()))
            if self.rng.random() < 0.1:
                self.headers += [("ce_subject", b"any"), ("ce_myextension", b"\xff"),
                                 ("traceparent", b"00-x")]
        if self.content_type is not None:
            name = "Content-Type" if self.rng.random() < 0.2 else "content-type"
            self.headers.append((name, self.content_type.encode()))

    def sign(self) -> None:
        if self.signer is None:
            return
        said = "\n".join(self.attributes.get(n, "") for n in ("id", "type", "time")).encode()
        text = deployments.sign(self.signer, said + b"\n" + (self.value or b""))
        self.headers += [("signature-key", self.signer.encode()), ("signature", text)]

    def document(self) -> dict:
        document = {"topic": self.topic, "timestamp_ms": self.post.published // 1000,
                    "headers": [[name, _header(value)] for name, value in self.headers]}
        for name, raw in (("key", self.key), ("value", self.value)):
            if raw is None:
                document[name] = None
                continue
            try:
                document[name] = raw.decode("utf-8")
            except UnicodeDecodeError:
                document[f"{name}_base64"] = base64.b64encode(raw).decode()
        return document


def _header(value: bytes | None):
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def partition_of(document: dict, partitions: int) -> int:
    """Any fixed assignment will do: what matters is that a key keeps its partition."""
    key = document.get("key") or document.get("key_base64") or ""
    return zlib.crc32(key.encode()) % partitions


# --- Breakages -----------------------------------------------------------------------------

def _values(draft: Draft) -> tuple[bytes | None, ...]:
    good = draft.value or b"{}"
    inner = good[1:-1]
    return (
        None, b"", b" ", b"[]", b"null", b"1", b"[" + good + b"]", good + b" x", good + good,
        good[:-1], b"\xef\xbb\xbf" + good, b"{" + inner + b',"z":1,"z":1}',
        b"{" + inner + b',"trainee_id":"x"}', b"{" + inner + b',"z":"\xff"}',
        b"{" + inner + b',"z":"\xed\xa0\x80"}', b"{" + inner + b',"z":"\\ud800"}',
        b"{" + inner + b',"z":"\\udc00\\ud800"}', b"{" + inner + b',"z":"\\u0000"}',
        b"{" + inner + b',"\\u0000":1}', b"{" + inner + b',"z":"\x00"}',
        b"{" + inner + b',"z":9223372036854775808}', b"{" + inner + b',"z":-9223372036854775809}',
        b"{" + inner + b',"z":1e400}', b"{" + inner + b',"z":-1e400}', b"{" + inner + b',"z":NaN}',
        b"{" + inner + b',"z":01}', b"{" + inner + b',"z":1.}', b"{" + inner + b',"z":"\t"}',
        b"{" + inner + b',"z":' + b"[" * 8 + b"]" * 8 + b"}",
        b"{" + inner + b',"z":' + b'{"a":' * 7 + b"[]" + b"}" * 7 + b"}",
        b"{" + inner + b',"z":' + b"[" * 100_0 + b"]" * 100_0 + b"}",
        good + b" " * (65_537 - len(good)), b"{" + inner + b",}", b"{'a':1}",
        # What follows is well-formed.
        good + b" " * (65_536 - len(good)), b"\r\n\t " + good,
        b"{" + inner + b',"z":' + b"[" * 6 + b"]" * 6 + b"}",
        b"{" + inner + b',"z":' + b"[" * 7 + b"]" * 7 + b"}",
        b"{" + inner + b',"z":[9223372036854775807,-9223372036854775808,1e-400,-0,1E5]}',
        b"{" + inner + b',"z":"\\ud83d\\ude00\\u0001"}', b"{" + inner + b',"":{}}',
    )


def _break_value(draft: Draft) -> None:
    draft.value = draft.rng.choice(_values(draft))


_BAD_TIMES = ("2023-06-10 10:00:00Z", "2023-06-10T10:00:60Z", "2023-06-10T10:00:00", "",
              "2023-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2023-06-10T24:00:00Z",
              "2023-06-10T10:00Z", "2023-06-10T10:00:00+24:00", "2023-06-10T10:00:00+08",
              "2023-06-10T10:00:00.Z", "2023-06-10T10:00:00,5Z", " 2023-06-10T10:00:00Z",
              "1969-12-31T23:59:59Z", "20230610T100000Z", "2023-6-10T10:00:00Z", "yesterday",
              "2023-06-10T10:00:00+08:60", "10000-06-10T10:00:00Z", "2023-00-10T10:00:00Z",
              "2023-06-00T10:00:00Z", "2023-06-10T10:60:00Z", "2023-06-10T10:00:00Zz")


def _break_attributes(draft: Draft) -> None:
    rng, attributes = draft.rng, draft.attributes
    name = rng.choice(list(attributes))
    what = rng.randrange(6)
    if what == 0:
        del attributes[name]
    elif what == 1:
        attributes[name] = ""
    elif what == 2:
        attributes["time"] = rng.choice(_BAD_TIMES)
    elif what == 3:
        long = rng.choice(("a" * 128, "a" * 129, "é" * 64, "é" * 64 + "a"))
        attributes[rng.choice(("id", "source"))] = long
    elif what == 4:
        attributes["specversion"] = rng.choice(("0.3", "1", "1.0 ", "1.0.0"))
    else:
        draft.content_type = rng.choice((
            "text/plain", "application/cloudevents-batch+json", "application/jsonx",
            "application/json;x=1", "APPLICATION/CLOUDEVENTS+JSON; charset=UTF-8"))


def _break_headers(draft: Draft) -> None:
    """After encoding: a header doubled, lost, emptied, or not UTF-8."""
    rng, headers = draft.rng, draft.headers
    if not headers:
        return
    at = rng.randrange(len(headers))
    name, value = headers[at]
    what = rng.randrange(5)
    if what == 0:
        headers.append((rng.choice((name, name.upper())), value))
    elif what == 1:
        del headers[at]
    elif what == 2 and name.lower() != "content-type":
        headers[at] = (name, rng.choice((None, b"")))
    elif what == 3 and name.lower() != "content-type":
        headers[at] = (name, b"\xff" + (value or b""))
    else:
        headers.append((rng.choice(("ce_", "x-unknown", "ce_dataschema")), rng.choice((None, b"x"))))


def _break_type(draft: Draft) -> None:
    draft.attributes["type"] = draft.rng.choice((
        "xueshi.enrollment.submitted.v2", "xueshi.certificate.issued.v1", "unknown", "XUESHI",
        "xueshi.enrollment.changed.v1", *contract._TYPES))


def _break_topic(draft: Draft) -> None:
    draft.topic = draft.rng.choice(contract.TOPICS)


def _break_signature(draft: Draft) -> None:
    """After signing."""
    rng, headers = draft.rng, draft.headers
    places = [i for i, (name, _) in enumerate(headers) if name.startswith("signature")]
    if not places:
        return
    at = rng.choice(places)
    name, value = headers[at][0], headers[at][1] or b""
    what = rng.randrange(6)
    if what == 0:
        del headers[at]
    elif what == 1:
        headers.append((name.upper(), value))
    elif what == 2:
        headers[at] = (name, rng.choice((None, b"", b"\xff", b"nobody", value + b"\n", value[:-1])))
    elif what == 3:
        draft.value = (draft.value or b"") + b" "
    elif what == 4:
        headers[places[0]] = ("signature-key", b"hmac-abc")
    else:
        text = bytearray((headers[places[-1]][1] or b"").ljust(4, b"A"))
        text[3] = ord("A") if text[3] != ord("A") else ord("B")
        headers[places[-1]] = ("signature", bytes(text))


def _break_signer(draft: Draft) -> None:
    """Signed well, by a key that is not this bank's."""
    if draft.signer is not None:
        draft.signer = draft.rng.choice(("hmac-abc", "ed-boc", "sm-boc", "hmac-all"))


_BAD_FIELDS = (
    None, True, False, 0, -1, 1, 2, 4, 100, 101, 1.0, 7.55, 7.5, 0.1, 200, 200.1, 2**63 - 1, 10**12,
    10**12 + 1, 1999, 2100, 2101, "", " ", "1", "x" * 64, "x" * 65, "x" * 200, "x" * 201, "é" * 200,
    "a b", "a/b", "a\tb", "a\x7fb", "a\u0085b", "a\u200eb", [], {}, [1], ["A"], {"sha256": "a" * 64},
    {"sha256": "a" * 64, "uri": "u" * 500}, {"sha256": "A" * 64, "uri": "u" * 501},
    {"sha256": "g" * 64, "uri": "u"}, {"sha256": "a" * 63, "uri": "u"}, "13800138000",
    "23800138000", "1380013800", "+8613800138000", "+013800138000", "+123456", "+1234567",
    "+123456789012345", "+1234567890123456", "11010519491231002X", "11010519491231002x",
    "110105194912310021", "11010519490229002X", "110105189912310020", "11010520990101001X",
    "１１０１０５19491231002X", "110105491231002", "senior", "Senior", "junior", "other",
    "cadre-school", "approved", "rejected", "public", "professional", "CNY", "USD", "counter",
    "app", "BOC", "ABC", "boc", "party-school", "2023-06-20T00:00:00Z", "2023-06-20T00:00:00",
    "urumqi", "65010000000000000001", "7701", "650200000000000x", "6502000000000001",
    *_BAD_TIMES,
    [{"question": "q1", "choice": ["A"]}], [{"question": "q1", "choice": "A"}],
    [{"question": "q1"}], [{"question": "q1", "choice": [1]}], [{"choice": ["A"]}],
    [{"question": "q1", "choice": ["a"]}], [{"question": "q1", "choice": ["AB"]}],
    [{"question": "q1", "choice": ["A", "A"]}], [{"question": "q9", "choice": ["A"]}],
    [{"question": "q1", "choice": ["A"]}, {"question": "q1", "choice": ["B"]}],
    [{"question": "q1", "choice": []}], [{"question": "q 1", "choice": ["A"]}],
    [{"question": "q1", "choice": ["A"], "more": 1}],
)


def _break_field(draft: Draft) -> None:
    rng, data = draft.rng, draft.data
    if not isinstance(data, dict) or not data:
        return
    optional = ("reason", "receipt_no", "device_id", "name", "mobile", "employer", "score",
                "answers", "unknown")
    name = rng.choice([*data, rng.choice(optional)])
    if rng.random() < 0.2:
        data.pop(name, None)
    else:
        data[name] = rng.choice(_BAD_FIELDS)
    if name in ("trainee_id", "payment_code") and rng.random() < 0.5:
        draft.key = str(data.get(name)).encode()


_TRICKY = ("0", "1", "5", "9", "A", "Z", "a", "x", "X", "-", "_", ".", ":", "+", "T", "t", "Z", "z",
           " ", "\t", "\x7f", "\x85", "\u00a0", "é", "\u3000", "１", "𠮷", "/", "@", "[", "`", "{")


def _edited(rng: random.Random, text: str) -> str:
    """One character lost, doubled, replaced or added."""
    at = rng.randrange(len(text) + 1)
    what = rng.randrange(4)
    if what == 0:
        return text[:at] + text[at + 1:]
    if what == 1:
        return text[:at] + text[at:at + 1] + text[at:]
    return text[:at] + rng.choice(_TRICKY) + text[at + (what == 2):]


def _break_text(draft: Draft) -> None:
    """A hardly wrong text, or one that is still right."""
    rng, data = draft.rng, draft.data
    names = [name for name, value in data.items() if isinstance(value, str)]
    if rng.random() < 0.15:
        name = rng.choice(list(draft.attributes))
        draft.attributes[name] = _edited(rng, draft.attributes[name])
    elif names:
        name = rng.choice(names)
        data[name] = _edited(rng, data[name])
        if name in ("trainee_id", "payment_code"):
            draft.key = data[name].encode()
    if isinstance(data.get("photo"), dict) and rng.random() < 0.2:
        data["photo"]["sha256"] = _edited(rng, rng.choice(("A", "f", "0")) * 64)


_NUMBERS = (b"7.50", b"75e-1", b"7.5E0", b"1e1", b"0.1e1", b"7.55", b"200.0", b"2e2", b"200.1", b"1E-1",
            b"1e-2", b"30.0000", b"30.00000000000000000001", b"-0", b"0.0", b"-1", b"30.0", b"1e-400",
            b"0.10", b"1000e-1", b"100e1", b"7.5e+0", b"199.9", b"0.05", b"60.0", b"60", b"20000.0")


def _break_number(draft: Draft) -> None:
    """After encoding: one of the many spellings of a number."""
    places = list(re.finditer(rb'": (-?[0-9][0-9.]*)', draft.value or b""))
    if places:
        place = draft.rng.choice(places)
        number = draft.rng.choice((*_NUMBERS, place[1] + b".0", place[1] + b"e0"))
        draft.value = draft.value[:place.start(1)] + number + draft.value[place.end(1):]


def _secret_id(draft: Draft) -> None:
    """An id that looks like an ID number or a mobile number."""
    rng, data = draft.rng, draft.data
    name = rng.choice([n for n in ("trainee_id", "enrollment_id", "session_id") if n in data] or [""])
    born = rng.choice(("19491231", "20230101", "20991231", "18991231", "20230230"))
    seventeen = f"650104{born}{rng.randrange(1000):03d}"
    data[name] = rng.choice((
        seventeen + forms.check_digit(seventeen), seventeen + "X", seventeen + "x", "13800138000",
        "23800138000", "1380013800", "138001380000", "+13800138000"))
    if name == "trainee_id":
        draft.key = data[name].encode()


def _break_clock(draft: Draft) -> None:
    """An instant as far ahead of the Kafka timestamp as it may be, or hardly farther."""
    rng = draft.rng
    ahead = draft.post.published // 1000 * 1000 + rng.choice((60, 300, 600)) * SECOND
    text = render(rng, ahead + rng.choice((-1, 0, 1, 86_400 * SECOND)))
    named = [n for n in ("started_at", "ended_at", "joined_at", "left_at") if n in draft.data]
    if named and rng.random() < 0.5:
        draft.data[rng.choice(named)] = text
    else:
        draft.attributes["time"] = text


def _break_reference(draft: Draft) -> None:
    """What the event points to is another, or nothing."""
    rng, data = draft.rng, draft.data
    named = [name for name in ("enrollment_id", "term_id", "course_id", "paper_id", "bank",
                               "certificate_no") if name in data]
    if named:
        data[named[-1] if rng.random() < 0.5 else rng.choice(named)] = rng.choice((
            "2023-1", "2023-2", "t-1", "s-1", "c1", "c2", "l1", "l2", "r1", "v1", "v2", "s1", "s2",
            "p1", "p2", "ps1", "pr1", "pr2", "BOC", "ABC", "ICBC", "XJRCU", "nowhere"))


def _break_key(draft: Draft) -> None:
    draft.key = draft.rng.choice((None, b"", b"other", b"\xff", (draft.key or b"") + b" ", b"tick"))


_BEFORE_ENCODING = {
    "attributes": _break_attributes, "type": _break_type, "topic": _break_topic,
    "field": _break_field, "text": _break_text, "secret id": _secret_id, "reference": _break_reference,
    "clock": _break_clock, "key": _break_key,
    "signer": _break_signer,
}
_AFTER_ENCODING = {
    "value": _break_value, "number": _break_number, "headers": _break_headers}
_AFTER_SIGNING = {"signature": _break_signature}
BREAKAGES = (*_BEFORE_ENCODING, *_AFTER_ENCODING, *_AFTER_SIGNING)


def record(rng: random.Random, post: Post) -> dict:
    """The post as a record of a log, but for its partition and offset."""
    draft = Draft(rng, post)
    for stage, advance in ((_BEFORE_ENCODING, draft.encode), (_AFTER_ENCODING, draft.sign),
                           (_AFTER_SIGNING, draft.document)):
        for breakage in post.breakages:
            if breakage in stage:
                stage[breakage](draft)
        document = advance()
    return document
