"""The forms of single fields (events.md "Data", fold.md section 2).

Every form takes a JSON value and the event's time; it returns the value as the fold keeps it
(instants in microseconds, hours in tenths, X in an ID number) or raises Invalid.
"""

import re
from datetime import date
from decimal import Decimal

import instants

_IDENTIFIER = re.compile(r"[A-Za-z0-9._:-]{1,64}").fullmatch
_MOBILE = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{11}").fullmatch
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]").fullmatch
_PHONE_LIKE = re.compile(r"1[0-9]{10}").fullmatch
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}").fullmatch
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f]").search
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Invalid(Exception):
    """The field is missing, of the wrong type, or out of range."""


def check_digit(seventeen: str) -> str:
    """GB 11643: ISO 7064 MOD 11-2."""
    return "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, seventeen)) % 11]


def is_id_number(text: str, time: int | None) -> bool:
    """Dated to the event's day at the latest, or without a time to any day."""
    if not _ID_NUMBER(text):
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    if born.year < 1900 or time is not None and born > instants.utc_day(time):
        return False
    return check_digit(text[:17]) == text[17].upper()


def _text(value) -> str:
    if not isinstance(value, str):
        raise Invalid
    return value


def identifier(value, time: int) -> str:
    if not isinstance(value, str) or not _IDENTIFIER(value):
        raise Invalid
    return value


def person_key(value, time: int) -> str:
    """A trainee_id or enrollment_id: it travels in keys and subjects, so it must be no secret."""
    identifier(value, time)
    if _PHONE_LIKE(value) or is_id_number(value, None):
        raise Invalid
    return value


def words(*allowed: str):
    def word(value, time: int) -> str:
        if value not in allowed:
            raise Invalid
        return value
    return word


def free_text(longest: int = 200, controls: bool = True):
    def form(value, time: int) -> str:
        if not 1 <= len(_text(value)) <= longest or not controls and _CONTROL(value):
            raise Invalid
        return value
    return form


def integer(least: int, most: int | None = None):
    def form(value, time: int) -> int:
        if type(value) is not int or value < least or most is not None and value > most:
            raise Invalid
        return value
    return form


def instant(value, time: int) -> int:
    moment = instants.parse(_text(value))
    if moment is None:
        raise Invalid
    return moment


def hours(value, time: int) -> int:
    if type(value) is not int and not isinstance(value, Decimal):
        raise Invalid
    if not 0 < value <= 200 or not _has_one_decimal(value):
        raise Invalid
    return int(value * 10)


def _has_one_decimal(value: int | Decimal) -> bool:
    _, digits, exponent = Decimal(value).as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return exponent + zeros >= -1


def mobile(value, time: int) -> str:
    if not _MOBILE(_text(value)):
        raise Invalid
    return value


def id_number(value, time: int) -> str:
    if not is_id_number(_text(value), time):
        raise Invalid
    return value.upper()


def photo(value, time: int) -> tuple[str, str]:
    if not isinstance(value, dict) or not _SHA256(_text(value.get("sha256"))):
        raise Invalid
    return value["sha256"], free_text(500)(value.get("uri"), time)


def answers(value, time: int) -> tuple:
    """Shape only; whether the answers fit the paper is asked later, with the paper at hand."""
    if not isinstance(value, list):
        raise Invalid
    return tuple(_answer(entry, time) for entry in value)


def _answer(entry, time: int) -> tuple[str, tuple]:
    if not isinstance(entry, dict) or not isinstance(entry.get("choice"), list):
        raise Invalid
    question = identifier(entry.get("question"), time)
    return question, tuple(_text(letter) for letter in entry["choice"])
