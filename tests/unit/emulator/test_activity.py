"""What the control plane remembers of requests and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fal_emulator.model.records import RequestRecord
from fal_emulator.state.activity import Activity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def activity(tmp_path: Path) -> Iterator[Activity]:
    opened = Activity(tmp_path / "activity.db", most_requests=3, most_events=3)
    yield opened
    opened.close()


def answered(activity: Activity, name: str, app: str = "app", status: int = 200, *, sent: float = 1.0) -> None:
    activity.begin(RequestRecord(name, app, "/", queued=False, sent_at=sent))
    activity.update(name, started_at=sent + 1, runner_id="runner")
    activity.end(name, status=status)


def test_a_request_is_live_until_it_ends(activity: Activity) -> None:
    activity.begin(RequestRecord("one", "app", "/", queued=True, sent_at=1.0))
    assert [record.request_id for record in activity.live()] == ["one"]
    assert activity.requests(limit=10) == []
    activity.update("one", started_at=2.0, runner_id="runner", cold=True)
    activity.end("one", status=500, error="it broke")
    assert activity.live() == []
    (record,) = activity.requests(limit=10)
    assert (record.status, record.error, record.runner_id, record.cold, record.queued) == (
        500,
        "it broke",
        "runner",
        True,
        True,
    )
    assert record.duration is not None
    assert record.duration > 0


def test_what_is_not_known_is_passed_over(activity: Activity) -> None:
    activity.update("none", started_at=1.0)
    activity.end("none", status=200)
    assert activity.requests(limit=10) == []


def test_the_oldest_go_first(activity: Activity) -> None:
    for number in range(5):
        answered(activity, f"request {number}")
        activity.note("app", "runner_started", job_id=str(number))
        activity.events(limit=1)  # written one by one
    assert [record.request_id for record in activity.requests(limit=10)] == ["request 4", "request 3", "request 2"]
    assert [event.payload["job_id"] for event in activity.events(limit=10)] == ["4", "3", "2"]


def test_requests_are_narrowed_and_ordered(activity: Activity) -> None:
    answered(activity, "long", "a", sent=1.0)
    answered(activity, "short", "b", sent=1e9)
    (first, second) = activity.requests(limit=10)
    assert first.ended_at is not None
    assert {first.request_id, second.request_id} == {"long", "short"}
    assert [r.request_id for r in activity.requests(limit=10, order="duration")] == ["long", "short"]
    assert [r.request_id for r in activity.requests(["b"], limit=10)] == ["short"]
    assert [r.request_id for r in activity.requests(request_id="long", limit=10)] == ["long"]
    assert activity.requests(since=first.ended_at + 60, limit=10) == []
    assert activity.requests(until=0.0, limit=10) == []
    assert len(activity.requests(limit=1)) == len(activity.requests(limit=10, offset=1)) == 1


def test_events_are_narrowed_and_leave_out_what_is_not_known(activity: Activity) -> None:
    activity.note("a", "runner_started", job_id="1", reason=None)
    activity.note("b", "config_changed", new_config={"keep_alive": 5})
    (event,) = activity.events("a", limit=10)
    assert event.payload == {"job_id": "1"}
    assert [item.app for item in activity.events(categories=["config_changed"], limit=10)] == ["b"]
    assert activity.events(until=0.0, limit=10) == []


def test_it_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Activity(tmp_path / "activity.db")
    answered(first, "one")
    first.note("app", "runner_started")
    first.close()
    again = Activity(tmp_path / "activity.db")
    assert [record.request_id for record in again.requests(limit=10)] == ["one"]
    assert [event.category for event in again.events(limit=10)] == ["runner_started"]
    again.close()
