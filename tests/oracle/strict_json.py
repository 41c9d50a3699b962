"""JSON as the contract takes it: one object, and nothing that two parsers could read in two ways.

Integers come back as int, every other number as Decimal, so that 1 and 1.0 stay apart.
"""

import json
from decimal import Decimal, InvalidOperation

MAX_BYTES = 65_536
MAX_DEPTH = 8


class Malformed(Exception):
    """The value can be no event's data."""


def _integer(text: str) -> int:
    if len(text) > 20:
        raise Malformed("integer beyond 64 bits")
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise Malformed("integer beyond 64 bits")
    return number


def _real(text: str) -> Decimal:
    if float(text) in (float("inf"), float("-inf")):
        raise Malformed("number out of range")
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent that no Decimal holds: nothing, seen from here
        return Decimal(0)


def _constant(text: str):
    raise Malformed(f"{text} is not JSON")


def _members(pairs: list) -> dict:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("duplicate key")
    return members


_DECODER = json.JSONDecoder(
    parse_int=_integer, parse_float=_real, parse_constant=_constant, object_pairs_hook=_members
)


def _check_string(text: str) -> None:
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise Malformed("NUL or lone surrogate")


def _check(value, depth: int) -> None:
    """Depth, and the characters that only an escape can bring."""
    if isinstance(value, str):
        _check_string(value)
    elif isinstance(value, (dict, list)):
        if depth > MAX_DEPTH:
            raise Malformed("deeper than 8")
        if isinstance(value, dict):
            for key in value:
                _check_string(key)
            value = value.values()
        for inner in value:
            _check(inner, depth + 1)


def _could_surprise(raw: bytes) -> bool:
    return b"\\u" in raw or raw.count(b"{") + raw.count(b"[") > MAX_DEPTH


def parse_object(raw: bytes | None) -> dict:
    """The object that `raw` is, or Malformed."""
    if not raw or len(raw) > MAX_BYTES:
        raise Malformed("empty or over 64 KiB")
    try:
        text = raw.decode("utf-8").lstrip(" \t\n\r")
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from error
    if not isinstance(value, dict) or text[end:].strip(" \t\n\r"):
        raise Malformed("not one object")
    if _could_surprise(raw):
        _check(value, 1)
    return value
