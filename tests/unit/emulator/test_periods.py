"""Spans of time and their steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fal_emulator.model.faults import Invalid
from fal_emulator.rest.periods import Period

_NOW = datetime(2026, 3, 1, tzinfo=UTC).timestamp()


def steps(**query: str) -> list[str]:
    return [begin.isoformat() for begin, _ in Period.of(query, _NOW).steps()]


def test_a_span_is_widened_to_whole_steps() -> None:
    period = Period.of({"start": "2026-01-01T10:20:30Z", "end": "2026-01-01T11:05:00Z", "timeframe": "hour"}, _NOW)
    assert (period.start.hour, period.end.hour) == (10, 12)
    exact = Period.of(
        {
            "start": "2026-01-01T10:20:30Z",
            "end": "2026-01-01T11:05:00Z",
            "timeframe": "hour",
            "bound_to_timeframe": "false",
        },
        _NOW,
    )
    assert [(b.minute, e.minute) for b, e in exact.steps()] == [(20, 0), (0, 5)]


def test_days_begin_in_the_time_zone() -> None:
    assert steps(start="2026-03-28", end="2026-03-31", timeframe="day", timezone="Europe/Berlin") == [
        "2026-03-28T00:00:00+01:00",
        "2026-03-29T00:00:00+01:00",
        "2026-03-30T00:00:00+02:00",
    ]


def test_an_hour_that_is_repeated_is_two_steps() -> None:
    result = steps(start="2026-10-25T00:00:00Z", end="2026-10-25T03:00:00Z", timeframe="hour", timezone="Europe/Berlin")
    assert result == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"]


def test_weeks_and_months() -> None:
    assert steps(start="2026-01-01", end="2026-01-12", timeframe="week") == [
        "2025-12-29T00:00:00+00:00",
        "2026-01-05T00:00:00+00:00",
    ]
    assert steps(start="2026-01-31", end="2026-03-01", timeframe="month") == [
        "2026-01-01T00:00:00+00:00",
        "2026-02-01T00:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("days", "timeframe"), [(0.08, "minute"), (1, "hour"), (2, "day"), (63, "day"), (64, "week"), (183, "month")]
)
def test_a_step_is_chosen_by_the_span(days: float, timeframe: str) -> None:
    end = datetime(2026, 1, 1, tzinfo=UTC)
    assert (
        Period.of({"start": (end - timedelta(days=days)).isoformat(), "end": end.isoformat()}, _NOW).timeframe
        == timeframe
    )


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"start": "yesterday"}, "start"),
        ({"start": "2026-01-02", "end": "2026-01-01"}, "start"),
        ({"timeframe": "year"}, "timeframe"),
        ({"timezone": "Nowhere/There"}, "timezone"),
        ({"timezone": "../etc"}, "timezone"),
        ({"bound_to_timeframe": "yes"}, "bound_to_timeframe"),
    ],
)
def test_what_is_not_possible_is_named(query: dict[str, str], name: str) -> None:
    with pytest.raises(Invalid) as caught:
        list(Period.of(query, _NOW).steps())
    assert caught.value.place[1] == name


def test_too_many_steps_are_refused() -> None:
    period = Period.of({"start": "1990-01-01", "end": "2026-01-01", "timeframe": "minute"}, _NOW)
    with pytest.raises(Invalid, match="steps"):
        list(period.steps())
