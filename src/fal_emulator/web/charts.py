"""What happened, counted by the minute, for the charts of the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..model.figures import RUNNER_EVENTS, phases, quantile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.records import RequestRecord
    from ..state.activity import Activity

MINUTE = 60.0  # seconds
_MOST = 50_000  # requests and events that are looked at


def series(activity: Activity, minutes: int, now: float) -> dict[str, Any]:
    """Return the figures of the last minutes, the oldest first; None where there are none.

    Args:
        activity: What happened.
        minutes: How many.
        now: The end of the last one, in seconds since 1970.
    """
    first = now - minutes * MINUTE
    requests = activity.requests(since=first, limit=_MOST)
    buckets: list[list[RequestRecord]] = [[] for _ in range(minutes)]
    for record in requests:
        assert record.ended_at is not None
        buckets[min(int((record.ended_at - first) // MINUTE), minutes - 1)].append(record)
    lives = phases(activity.events(categories=RUNNER_EVENTS, limit=_MOST))
    ends = [first + (index + 1) * MINUTE for index in range(minutes)]
    waits = [(r.sent_at, r.started_at or r.ended_at or now) for r in requests]
    waits += [(r.sent_at, r.started_at or math.inf) for r in activity.live()]
    return {
        "from": first,
        "step": MINUTE,
        "series": {
            "requests": [len(bucket) for bucket in buckets],
            "errors": [sum((r.status or 500) >= 400 for r in bucket) for bucket in buckets],
            "p50_duration": [quantile(durations(bucket), 0.5) for bucket in buckets],
            "p99_duration": [quantile(durations(bucket), 0.99) for bucket in buckets],
            "runners": [sum(life.state == "ready" and life.begin <= end < life.end for life in lives) for end in ends],
            "waiting": [sum(begin <= end < stop for begin, stop in waits) for end in ends],
        },
    }


def durations(requests: Iterable[RequestRecord]) -> list[float]:
    """Return how long runners worked on requests, in seconds, the shortest first."""
    return sorted(record.duration for record in requests if record.duration is not None)
