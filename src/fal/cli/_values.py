"""What the texts of a command line mean. Each function raises ValueError with what is wrong and what would be right."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_AGO = re.compile(r"(\d+)\s*([smhdw])(?:\s+ago)?")


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
    """Read "now", how long ago it was ("30m", "2h", "7d") or an ISO 8601 time; without a zone it is local time."""
    present = now or datetime.now(UTC)
    ago = _AGO.fullmatch(text.strip())
    if text.strip() == "now":
        return present
    try:
        if ago is not None:
            return present - timedelta(seconds=int(ago[1]) * _UNITS[ago[2]])
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a time; give e.g. 30m, 2h, 7d, now or 2026-01-31T12:00") from None


def pair(text: str) -> tuple[str, str]:
    """Read "KEY=VALUE"; the value may be empty and may hold more equal signs."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ValueError(f"{text!r} is not of the form KEY=VALUE")
    return key, value
