"""What the texts of a command line mean. Each function raises ValueError with what is wrong and what would be right."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_UNIT = r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])"
_PART = re.compile(rf"(\d+(?:\.\d+)?)\s*({_UNIT})")
_AGO = re.compile(rf"(?:\d+(?:\.\d+)?\s*{_UNIT}\s*)+(?:ago)?")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?")


def integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number") from None


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None


def moment(text: str, *, now: datetime | None = None) -> datetime:
    """Read "now", "yesterday", how long ago it was, the last time that a clock showed it ("9:30"), or an ISO 8601 time.

    How long ago is e.g. "30m", "1h30m" or "2 days ago". A time without a zone is local time.
    """
    present = now or datetime.now(UTC)
    given = text.strip().lower()
    if given == "now":
        return present
    try:
        if given == "yesterday" or _AGO.fullmatch(given):
            parts = _PART.findall("1 day" if given == "yesterday" else given)
            return present - timedelta(seconds=sum(float(count) * _UNITS[unit[0]] for count, unit in parts))
        if _CLOCK.fullmatch(given):
            here = present.astimezone()
            shown = datetime.combine(here, time.fromisoformat(given.zfill(5))).astimezone()
            return shown if shown <= here else shown - timedelta(days=1)
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a time; give e.g. 30m, 2h, 7d, 9:30, now or 2026-01-31T12:00") from None


def pair(text: str) -> tuple[str, str]:
    """Read "KEY=VALUE"; the value may be empty and may hold more equal signs."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ValueError(f"{text!r} is not of the form KEY=VALUE")
    return key, value
