"""Statistics of requests and runners, from recorded events."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .records import Event, RequestRecord

_PERCENTILES = {
    "prepare": (50, 75, 90, 95, 99),
    "": (25, 50, 75, 90, 95, 99),
    "cold_boot": (50, 75, 90),
}
_COUNTS = (
    "request_count", "success_count", "user_error_count", "error_count", "startup_error_count", "connection_error_count",
    "timeout_error_count", "runtime_error_count", "cold_boot_count", "total_billable_duration",
)  # fmt: skip
FIGURES = (
    *_COUNTS,
    *(f"p{p}_{name}_duration".replace("__", "_") for name, parts in _PERCENTILES.items() for p in parts),
)


def quantile(values: Sequence[float], part: float) -> float | None:
    """Return the value below which a part of sorted values lies, None of none."""
    return values[min(int(part * len(values)), len(values) - 1)] if values else None


def analytics(requests: Iterable[RequestRecord], wanted: Iterable[str]) -> dict[str, Any]:
    """Return figures of requests by their names on the wire; those that nothing is known of are left out."""
    requests = list(requests)
    statuses = [r.status or 502 for r in requests]
    work = sorted(r.duration for r in requests if r.duration is not None)
    prepare = sorted(r.started_at - r.sent_at for r in requests if r.started_at is not None)
    cold = sorted(r.started_at - r.sent_at for r in requests if r.started_at is not None and r.cold)
    figures: dict[str, Any] = {
        "request_count": len(requests),
        "success_count": sum(status < 400 for status in statuses),
        "user_error_count": sum(400 <= status < 500 for status in statuses),
        "error_count": sum(status >= 500 for status in statuses),
        "startup_error_count": sum(r.started_at is None and (r.status or 502) >= 500 for r in requests),
        "connection_error_count": statuses.count(502) + statuses.count(503),
        "timeout_error_count": statuses.count(504),
        "runtime_error_count": statuses.count(500),
        "cold_boot_count": len(cold),
        "total_billable_duration": sum(work),
    }
    for name, values in (("prepare", prepare), ("", work), ("cold_boot", cold)):
        for percent in _PERCENTILES[name]:
            value = quantile(values, percent / 100)
            if value is not None:
                figures[f"p{percent}_{name}_duration".replace("__", "_")] = value
    names = set(wanted)
    return {name: value for name, value in figures.items() if name in names}


# What the events of a runner say of the time after them.
_PHASES = {
    "runner_pending": "pending",
    "runner_docker_pull": "pending",
    "runner_setup": "pending",
    "runner_started": "ready",
    "runner_draining": "draining",
    "runner_stopping": "draining",
}
_ENDS = frozenset({"runner_finished", "runner_failed", "runner_startup_failure"})
RUNNER_EVENTS = frozenset({*_PHASES, *_ENDS})


@dataclass(frozen=True)
class Phase:
    """A stretch of the life of a runner, in seconds since 1970; the end of one that goes on is infinity."""

    app: str
    runner_id: str
    machine_type: str
    state: str  # pending, ready or draining
    begin: float
    end: float


def phases(events: Iterable[Event]) -> list[Phase]:
    """Return the lives of runners.

    Args:
        events: In any order.
    """
    by_runner: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.category in RUNNER_EVENTS:
            by_runner[str(event.payload.get("job_id"))].append(event)
    spans: list[Phase] = []
    for runner, happened in by_runner.items():
        happened.sort(key=lambda event: event.created_at)
        ends = [*(event.created_at for event in happened[1:]), math.inf]
        for event, end in zip(happened, ends, strict=True):
            if event.category in _PHASES:
                machine = str(event.payload.get("machine_type", "XS"))
                spans.append(Phase(event.app, runner, machine, _PHASES[event.category], event.created_at, end))
    return spans


def runner_counts(
    lives: Iterable[Phase], requests: Iterable[RequestRecord], begin: float, end: float, *, largest: bool
) -> dict[str, float]:
    """Count the runners of each state within a step of time.

    Args:
        lives: The lives of the runners.
        requests: What they answered; a runner that answers something is running, else idle.
        begin, end: The step, in seconds since 1970.
        largest: Whether the largest count is returned, or else the average over the step.
    """
    busy: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for request in requests:
        if request.runner_id is not None and request.started_at is not None:
            busy[request.runner_id].append((request.started_at, request.ended_at or math.inf))
    spans: dict[str, list[tuple[float, float]]] = {"running": [], "idle": [], "pending": [], "draining": []}
    for life in lives:
        if life.state != "ready":
            spans[life.state].append((life.begin, life.end))
            continue
        at = life.begin
        for start, stop in sorted(busy[life.runner_id]):
            start, stop = max(start, at), min(stop, life.end)
            if start < stop:
                spans["idle"].append((at, start))
                spans["running"].append((start, stop))
                at = stop
        spans["idle"].append((at, life.end))
    measure = _largest if largest else _average
    return {state: measure(span, begin, end) for state, span in spans.items()}


def overlap(first: float, last: float, begin: float, end: float) -> float:
    """Return for how long two stretches of time are the same, in seconds."""
    return max(0.0, min(last, end) - max(first, begin))


def _average(spans: Iterable[tuple[float, float]], begin: float, end: float) -> float:
    return sum(overlap(first, last, begin, end) for first, last in spans) / (end - begin)


def _largest(spans: Iterable[tuple[float, float]], begin: float, end: float) -> float:
    changes: list[tuple[float, int]] = []
    for first, last in spans:
        if overlap(first, last, begin, end):
            changes += [(max(first, begin), 1), (min(last, end), -1)]
    most = now = 0
    # What ends goes before what begins at the same moment.
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most
