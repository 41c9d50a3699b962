"""Instants: integer microseconds UTC, RFC 3339 in and out (fold.md sections 1, 2 and 9)."""

import re
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

SECOND = 1_000_000
DAY = 86_400 * SECOND
_EPOCH = date(1970, 1, 1).toordinal()
_LAST = (date(9999, 12, 31).toordinal() + 1 - _EPOCH) * DAY

_RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])"
    r"(?:\.([0-9]+))?(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_CIVIL = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})")


def parse(text: str) -> int | None:
    """Microseconds since 1970, or None where the text is no instant of the contract."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, off_h, off_m = match.groups()
    try:
        days = date(int(year), int(month), int(day)).toordinal() - _EPOCH
    except ValueError:
        return None
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second)
    if sign:
        offset = int(off_h) * 3600 + int(off_m) * 60
        seconds -= offset if sign == "+" else -offset
    micros = int((fraction or "").ljust(6, "0")[:6])
    instant = days * DAY + seconds * SECOND + micros
    return instant if 0 <= instant < _LAST else None


def _seconds_text(instant: int) -> str:
    moment = datetime(1970, 1, 1) + timedelta(seconds=instant // SECOND)
    return moment.isoformat(timespec="seconds")


def published(instant: int) -> str:
    """As in what goes out: Z, no fraction when it is 0, no trailing zeros."""
    fraction = f"{instant % SECOND:06d}".rstrip("0")
    return _seconds_text(instant) + (f".{fraction}" if fraction else "") + "Z"


def dumped(instant: int | None) -> str | None:
    """As in the canonical dump: always six digits."""
    return None if instant is None else f"{_seconds_text(instant)}.{instant % SECOND:06d}Z"


def utc_day(instant: int) -> date:
    return date.fromordinal(instant // DAY + _EPOCH)


def of_civil(text: str, zone: ZoneInfo) -> int:
    """A catalogue's civil time, `T24:00` allowed, as an instant."""
    match = _CIVIL.fullmatch(text)
    if match is None:
        raise ValueError(f"no civil time: {text}")
    year, month, day, hour, minute = map(int, match.groups())
    midnight = datetime(year, month, day)
    local = (midnight + timedelta(hours=hour, minutes=minute)).replace(tzinfo=zone)
    return int(local.timestamp()) * SECOND


def civil_day(instant: int, zone: ZoneInfo) -> tuple[str, int]:
    """The civil date of an instant, and the instant at which the next civil date begins."""
    local = datetime.fromtimestamp(instant // SECOND, timezone.utc).astimezone(zone)
    following = datetime(local.year, local.month, local.day) + timedelta(days=1)
    return local.date().isoformat(), int(following.replace(tzinfo=zone).timestamp()) * SECOND
