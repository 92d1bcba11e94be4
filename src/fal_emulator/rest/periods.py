"""Spans of time and the steps that they are divided into, as the platform API has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..model.faults import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TIMEFRAMES = ("minute", "hour", "day", "week", "month")
_DEFAULT_SPAN = timedelta(days=1)
# Below which span a step is chosen when none was asked for.
_CHOSEN = (
    (timedelta(hours=2), "minute"),
    (timedelta(days=2), "hour"),
    (timedelta(days=64), "day"),
    (timedelta(days=183), "week"),
)
_MOST_STEPS = 50_000


@dataclass(frozen=True)
class Period:
    """A span of time in steps.

    Args:
        start: Its beginning.
        end: Its end, which is not part of it.
        timeframe: How long a step is.
    """

    start: datetime
    end: datetime
    timeframe: str

    @classmethod
    def of(cls, query: Mapping[str, str], now: float) -> Period:
        """Read a period from the parameters `start`, `end`, `timezone`, `timeframe` and `bound_to_timeframe`.

        Args:
            query: The parameters.
            now: Where it ends if they do not say, in seconds since 1970.

        Raises:
            Invalid: A parameter is not possible.
        """
        zone = _zone(query.get("timezone", "UTC"))
        end = moment(query, "end", zone) or datetime.fromtimestamp(now, UTC)
        start = moment(query, "start", zone) or end - _DEFAULT_SPAN
        if start >= end:
            raise Invalid("must be before the end", "query", "start")
        timeframe = query.get("timeframe") or next((name for limit, name in _CHOSEN if end - start < limit), "month")
        if timeframe not in TIMEFRAMES:
            raise Invalid(f"must be one of {', '.join(TIMEFRAMES)}", "query", "timeframe")
        start, end = start.astimezone(zone), end.astimezone(zone)
        bound = query.get("bound_to_timeframe", "true")
        if bound not in ("true", "false"):
            raise Invalid("must be true or false", "query", "bound_to_timeframe")
        if bound == "true":
            start = _floor(start, timeframe)
            last = _floor(end, timeframe)
            end = last if last == end else _next(last, timeframe)
        return cls(start, end, timeframe)

    def steps(self) -> Iterator[tuple[datetime, datetime]]:
        """Yield beginning and end of each step.

        Raises:
            Invalid: There are too many.
        """
        begin = self.start
        for _ in range(_MOST_STEPS):
            if begin >= self.end:
                return
            stop = min(_next(_floor(begin, self.timeframe), self.timeframe), self.end)
            yield begin, stop
            begin = stop
        raise Invalid(f"makes more than {_MOST_STEPS} steps of the span", "query", "timeframe")


def moment(query: Mapping[str, str], name: str, zone: ZoneInfo | None = None) -> datetime | None:
    """Return a parameter that is a time or a day, None when it is absent.

    Raises:
        Invalid: It is neither.
    """
    text = query.get(name)
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("is neither a time nor a day as in 2026-01-31", "query", name) from None
    return time if time.tzinfo is not None else time.replace(tzinfo=zone or UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{name!r} is not the name of a time zone", "query", "timezone") from None


def _floor(time: datetime, timeframe: str) -> datetime:
    start = time.replace(second=0, microsecond=0)
    if timeframe == "minute":
        return start
    start = start.replace(minute=0)
    if timeframe == "hour":
        return start
    start = start.replace(hour=0)
    if timeframe == "week":
        return start - timedelta(days=start.weekday())
    return start.replace(day=1) if timeframe == "month" else start


def _next(time: datetime, timeframe: str) -> datetime:
    """Return the beginning of the step after the one that begins at `time`."""
    if timeframe == "month":
        return (time.replace(day=28) + timedelta(days=4)).replace(day=1)
    if timeframe in ("minute", "hour"):
        # By the clock of the world: an hour that a time zone repeats is two hours.
        length = timedelta(minutes=1) if timeframe == "minute" else timedelta(hours=1)
        return (time.astimezone(UTC) + length).astimezone(time.tzinfo)
    return time + timedelta(days=7 if timeframe == "week" else 1)
