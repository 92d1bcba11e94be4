"""Logs: pages walked backwards, lines streamed, conditions by the names of the wire."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import grpc
import pytest

from fal import exceptions
from fal._gen.proto import controller_pb2 as pb
from fal.api import SyncServerlessClient
from tests.unit.api.conftest import Events

_START = datetime(2026, 1, 1, tzinfo=UTC)


def _line(number: int) -> dict[str, Any]:
    moment = (_START + timedelta(seconds=number)).isoformat()
    return {"app": "my-app", "level": "INFO", "message": f"line {number}", "timestamp": moment}


def _platform(lines: int) -> Any:
    """Hand out pages of at most 1000 lines as the platform does: the newest first, with a mark for what comes before."""

    def page(query: dict[str, list[str]]) -> dict[str, Any]:
        before = datetime.fromisoformat(query["until"][0]) if "until" in query else None
        numbers = [n for n in range(lines) if before is None or _START + timedelta(seconds=n) < before][::-1]
        size = min(int(query["page_size"][0]), 1000)
        items = [_line(number) for number in numbers[:size]]
        return {"items": items, "next_until": items[-1]["timestamp"] if len(numbers) > size else None}

    return 200, page


KNOWN = pb.ListAliasesResult(aliases=[pb.AliasInfo(alias=name) for name in ("my-app", "my-app--staging")])


def test_no_lines_of_an_app_that_does_not_exist_are_no_lines(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/logs/history"] = (200, {"items": []})
    wire.answers["ListAliases"] = KNOWN
    assert client.logs.history("my-app") == []
    with pytest.raises(exceptions.NotFound, match="no app 'other'"):
        client.logs.history("other")
    with pytest.raises(exceptions.NotFound, match="no app 'other'"):
        next(iter(client.logs.stream("other")))
    assert "/logs/stream" not in [name for name, _ in wire.calls]
    for status in (grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAVAILABLE):
        wire.answers["ListAliases"] = (status, "no")
        assert client.logs.history("other") == []  # nobody tells


def test_the_lines_of_a_runner_begin_with_it(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/logs/history"] = (200, {"items": [_line(1)]})
    wire.documents["/runners/runner-1"] = (200, {"started_at": "2026-01-01T00:00:00Z"})
    assert [line.message for line in client.logs.history(runner_id="runner-1")] == ["line 1"]
    assert wire.calls[-1][1]["since"] == [_START.isoformat()]
    client.logs.history(runner_id="runner-1", since=_START + timedelta(hours=1))
    assert wire.calls[-1][1]["since"] == ["2026-01-01T01:00:00+00:00"]
    wire.documents["/runners/runner-1"] = (403, {"detail": "no"})
    assert client.logs.history(runner_id="runner-1"), "lines can be read without a right to see runners"
    assert "since" not in wire.calls[-1][1]


def test_no_lines_of_a_runner_that_does_not_exist_are_no_lines(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/logs/history"] = (200, {"items": []})
    with pytest.raises(exceptions.NotFound, match="no runner 'other'"):
        client.logs.history(runner_id="other")
    with pytest.raises(exceptions.NotFound, match="no runner 'other'"):
        next(iter(client.logs.stream("my-app", runner_id="other")))
    assert not [name for name, _ in wire.calls if name.startswith("/logs")]


@pytest.mark.parametrize(
    ("stored", "limit", "first", "requests"),
    [(0, 10, None, 1), (5, 10, 0, 1), (5, 3, 2, 1), (2500, 2200, 300, 3), (2500, 5000, 0, 3), (1000, 1000, 0, 1)],
)
def test_the_newest_lines_come_in_the_order_they_were_written(
    client: SyncServerlessClient, wire: Any, stored: int, limit: int, first: int | None, requests: int
) -> None:
    wire.documents["/logs/history"] = _platform(stored)
    wire.answers["ListAliases"] = KNOWN
    result = client.logs.history("my-app", limit=limit)
    assert [line.message for line in result] == [f"line {n}" for n in range(first or 0, stored)]
    assert len([name for name, _ in wire.calls if name != "ListAliases"]) == requests
    assert all(line.timestamp.tzinfo for line in result)


def test_a_mark_that_does_not_move_ends_the_walk(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/logs/history"] = (200, {"items": [_line(1)], "next_until": "the same"})
    assert len(client.logs.history(limit=100)) == 2
    assert len(wire.calls) == 2


def test_a_server_that_sends_more_than_was_asked_for(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/logs/history"] = (200, {"items": [_line(n) for n in (5, 4, 3)]})
    assert [line.message for line in client.logs.history(limit=2)] == ["line 4", "line 5"]


def test_conditions_have_the_names_of_the_wire(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/logs/history"] = (200, {"items": []})
    wire.documents["/runners/runner-1"] = (200, {})
    wire.answers["ListAliases"] = KNOWN
    client.logs.history(
        "my-app",
        revision="rev-1",
        runner_id="runner-1",
        request_id="request-1",
        endpoint="/",
        level="ERROR",
        search="out of memory",
        since=_START,
        until=_START + timedelta(hours=1),
        limit=7,
        environment_name="staging",
    )
    assert wire.calls[1][1] == {
        "app_id": ["my-app--staging"],
        "revision": ["rev-1"],
        "job_id": ["runner-1"],
        "request_id": ["request-1"],
        "endpoint": ["/"],
        "level": ["ERROR"],
        "search": ["out of memory"],
        "since": ["2026-01-01T00:00:00+00:00"],
        "until": ["2026-01-01T01:00:00+00:00"],
        "page_size": ["7"],
        "direction": ["desc"],
    }


def test_lines_are_followed_until_the_stream_ends(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/runners/runner-1"] = (200, {})
    wire.documents["/logs/stream"] = (200, Events(f"data: {json.dumps(_line(n))}\n\n" for n in range(3)))
    followed = client.logs.stream("my-app", runner_id="runner-1", since=_START)
    assert [line.message for line in followed] == ["line 0", "line 1", "line 2"]
    assert wire.calls[-1] == (
        "/logs/stream",
        {"app_id": ["my-app"], "job_id": ["runner-1"], "since": ["2026-01-01T00:00:00+00:00"]},
    )


def test_a_stream_that_reports_an_error_raises_it_after_its_lines(client: SyncServerlessClient, wire: Any) -> None:
    events = [f"data: {json.dumps(_line(0))}\n\n", "event: error\ndata: the store is away\n\n"]
    wire.documents["/logs/stream"] = (200, Events(events))
    followed = iter(client.logs.stream())
    assert [line.message for line in islice(followed, 1)] == ["line 0"]
    with pytest.raises(exceptions.FalServerlessException, match="the store is away"):
        next(followed)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"environment_name": "staging"}, "environment_name"),
        ({"app_name": ""}, "app_name"),
        ({"since": "yesterday"}, "since"),
        ({"runner_id": "a b"}, "runner_id"),
        ({"search": 5}, "search"),
    ],
)
def test_nothing_is_sent_for_a_bad_argument(
    client: SyncServerlessClient, wire: Any, options: dict[str, Any], named: str
) -> None:
    with pytest.raises((exceptions.InvalidInput, exceptions.InvalidType), match=named):
        client.logs.history(**options)
    if "limit" not in options:
        with pytest.raises((exceptions.InvalidInput, exceptions.InvalidType), match=named):
            client.logs.stream(**options)
    assert wire.calls == []
