"""Usage, analytics, events, requests, metrics and history: what the platform API tells over time."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fal import exceptions
from fal.api import SyncServerlessClient, to_rows
from fal.api._pager import AsyncPager
from fal.api.metrics import Metric, parse
from fal.sdk import RunnerInfo, RunnerState

_USER = {"user_id": "user-1", "nickname": "acme", "full_name": "Acme", "is_locked": False, "is_personal": True}
_COST = {
    "app": "my-app", "environment": None, "machine_type": "GPU-H100", "unit": "second", "quantity": 12.5,
    "unit_price": 0.0012, "percent_discount": None, "cost_subtotal": 0.015, "cost_discount": 0, "cost_total": 0.015,
    "cost": 0.015, "currency": "USD", "is_surge": False,
}  # fmt: skip
_EVENT = {
    "event_id": "e",
    "category": "runner_failed",
    "created_at": "2026-01-01T00:00:00Z",
    "payload": {"reason": "OOM"},
}
_REQUEST = {
    "request_id": "6f0e8cfe-1111-4222-8333-444455556666", "endpoint_id": "acme/my-app", "started_at": "2026-01-01T00:00:01Z",
    "sent_at": "2026-01-01T00:00:00Z", "runner_id": None, "status_code": 200, "duration": 1.5,
}  # fmt: skip


@pytest.fixture(autouse=True)
def account(wire: Any) -> None:
    wire.documents["/users/current"] = (200, _USER)


def pages(name: str, *contents: list[Any], **rest: Any) -> Any:
    """Return a document that hands out pages one by one."""

    def document(query: dict[str, list[str]]) -> Any:
        number = int(query.get("cursor", ["0"])[0])
        more = number + 1 < len(contents)
        return {name: contents[number], "has_more": more, "next_cursor": str(number + 1) if more else None, **rest}

    return (200, document)


def query_of(wire: Any, path: str) -> list[Any]:
    return [query for called, query in wire.calls if called == path]


# usage


def test_usage_is_read_page_by_page_and_money_is_decimal(client: SyncServerlessClient, wire: Any) -> None:
    steps = [{"bucket": f"2026-01-0{day}T00:00:00+01:00", "results": [_COST, _COST]} for day in (1, 2)]
    wire.documents["/v1/serverless/usage"] = pages("time_series", steps[:1], steps[1:])
    rows = client.usage.list("my-app", bucket="day", time_zone="Europe/Berlin", search="my")
    assert query_of(wire, "/v1/serverless/usage") == [], "nothing is asked for before a row is"
    first = next(rows)
    assert len(query_of(wire, "/v1/serverless/usage")) == 1
    assert (first.unit_price, first.cost_total, first.currency) == (Decimal("0.0012"), Decimal("0.015"), "USD")
    assert first.bucket == datetime(2025, 12, 31, 23, tzinfo=UTC)
    rest = list(rows)
    assert len(rest) == 3
    assert sum(entry.cost_total for entry in rest) == Decimal("0.045")
    asked, following = query_of(wire, "/v1/serverless/usage")
    assert asked == {
        "expand": ["time_series"], "app": ["my-app"], "timeframe": ["day"], "timezone": ["Europe/Berlin"], "search": ["my"],
    }  # fmt: skip
    assert following == {**asked, "cursor": ["1"]}


def test_rows_become_a_table(client: SyncServerlessClient, wire: Any) -> None:
    new = {**_COST, "new_member": 1}
    wire.documents["/v1/serverless/usage"] = pages("time_series", [{"bucket": "2026-01-01", "results": [new]}])
    (row,) = client.usage.list().to_rows()
    assert row["bucket"] == datetime(2026, 1, 1, tzinfo=UTC)
    assert row["cost_total"] == Decimal("0.015")
    assert row["new_member"] == 1
    assert "additional_properties" not in row


def test_a_column_has_one_type_throughout(client: SyncServerlessClient, wire: Any) -> None:
    more = {**_COST, "quantity": 12, "unit_price": 100, "cost_total": 0.0012345678901234567, "percent_discount": 5}
    wire.documents["/v1/serverless/usage"] = pages("time_series", [{"bucket": "2026-01-01", "results": [_COST, more]}])
    first, second = client.usage.list().to_rows()
    assert (first["cost_total"], second["cost_total"]) == (Decimal("0.015"), Decimal("0.0012345678901234567"))
    assert {row["cost_total"].as_tuple().exponent for row in (first, second)} == {-19}
    assert (str(first["unit_price"]), str(second["unit_price"])) == ("0.0012", "100.0000")
    assert [type(row["quantity"]) for row in (first, second)] == [float, float]
    assert (first["percent_discount"], type(second["percent_discount"])) == (None, float)


def test_a_row_holds_nothing_that_a_table_cannot_hold(client: SyncServerlessClient, wire: Any) -> None:
    payload = {"actor": {"nickname": "ada", "orbit": 7}, "new_config": {"keep_alive": 3, "regions": ["ä"]}}
    events = [{**_EVENT, "payload": payload, "moons": [1]}]
    wire.documents["/v1/serverless/apps/acme/my-app/events"] = pages("events", events, endpoint_id="acme/my-app")
    (row,) = client.events.list("my-app").to_rows()
    assert (row["category"], row["created_at"]) == ("runner_failed", datetime(2026, 1, 1, tzinfo=UTC))
    assert row["payload"]["actor"] == {"full_name": None, "nickname": "ada", "orbit": 7}
    assert row["payload"]["new_config"] == '{"keep_alive": 3, "regions": ["ä"]}'
    assert (row["payload"]["old_config"], row["moons"]) == (None, "[1]")
    sent = {**_REQUEST, "json_input": {"prompt": "a"}, "json_output": "text"}
    wire.documents["/v1/serverless/requests/by-endpoint"] = pages("items", [sent])
    (row,) = client.requests.list("my-app").to_rows()
    assert (row["request_id"], row["runner_id"]) == (_REQUEST["request_id"], None)
    assert (row["json_input"], row["json_output"]) == ('{"prompt": "a"}', '"text"')


def test_a_summary_is_of_the_whole_span(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/v1/serverless/usage"] = (200, {"summary": [_COST], "has_more": False, "next_cursor": None})
    since = datetime(2026, 1, 1, tzinfo=UTC)
    (entry,) = client.usage.summary(["a", "b"], since=since, environment_name="staging")
    assert entry.cost_total == Decimal("0.015")
    assert query_of(wire, "/v1/serverless/usage") == [
        {"expand": ["summary"], "app": ["a--staging", "b--staging"], "start": ["2026-01-01T00:00:00+00:00"]}
    ]


# analytics


def test_analytics_ask_for_all_figures_or_for_some(client: SyncServerlessClient, wire: Any) -> None:
    entry = {"endpoint_id": "acme/my-app", "request_count": 3, "p50_duration": 0.5}
    wire.documents["/v1/serverless/analytics"] = pages(
        "time_series", [{"bucket": "2026-01-01T00:00:00Z", "results": [entry]}]
    )
    (result,) = client.analytics.list("my-app", figures=["request_count", "P50_duration"])
    assert (result.request_count, result.p50_duration, result.error_count) == (3, 0.5, None)
    (asked,) = query_of(wire, "/v1/serverless/analytics")
    assert asked == {"endpoint_id": ["acme/my-app"], "expand": ["time_series", "request_count", "p50_duration"]}
    assert list(client.analytics.list(["my-app"]))
    assert {"time_series", "p99_duration", "cold_boot_count"} <= set(
        query_of(wire, "/v1/serverless/analytics")[1]["expand"]
    )


def test_results_of_any_kind_become_rows(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/v1/serverless/usage"] = (200, {"summary": [_COST], "has_more": False, "next_cursor": None})
    (row,) = to_rows(client.usage.summary())
    assert (row["app"], row["cost_total"]) == ("my-app", Decimal("0.015"))
    runner = RunnerInfo(
        runner_id="r", in_flight_requests=0, expiration_countdown=None, uptime=timedelta(seconds=2), external_metadata={},
        revision="v", alias="a", state=RunnerState.IDLE, machine_type="XS",
    )  # fmt: skip
    (row,) = to_rows([runner])
    assert (row["state"], type(row["state"]), row["uptime"]) == ("IDLE", str, timedelta(seconds=2))


def test_an_analytics_summary(client: SyncServerlessClient, wire: Any) -> None:
    entry = {"endpoint_id": "acme/my-app", "error_count": 2}
    wire.documents["/v1/serverless/analytics"] = (200, {"summary": [entry], "has_more": False, "next_cursor": None})
    assert client.analytics.summary("my-app")[0].error_count == 2


# events, requests, revisions, keys, apps


def test_events_are_narrowed_by_kind_and_time(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/v1/serverless/apps/acme/my-app/events"] = pages(
        "events", [_EVENT], [_EVENT], endpoint_id="acme/my-app"
    )
    until = datetime(2026, 1, 2, tzinfo=UTC)
    result = list(client.events.list("my-app", categories=["RUNNER_FAILED"], until=until))
    assert [event.payload.reason for event in result] == ["OOM", "OOM"]
    assert result[0].created_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert query_of(wire, "/v1/serverless/apps/acme/my-app/events")[0] == {
        "category": ["runner_failed"], "end": ["2026-01-02T00:00:00+00:00"], "limit": ["1000"],
    }  # fmt: skip


def test_requests_are_narrowed_and_expanded(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/v1/serverless/requests/by-endpoint"] = pages("items", [_REQUEST])
    (result,) = client.requests.list("my-app", status="user_error", sort_by="duration", payloads=True, billing=True)
    assert (result.status_code, result.duration) == (200, 1.5)
    assert result.request_id == _REQUEST["request_id"]
    assert query_of(wire, "/v1/serverless/requests/by-endpoint") == [
        {
            "endpoint_id": ["acme/my-app"], "status": ["user_error"], "sort_by": ["duration"], "limit": ["100"],
            "expand": ["payloads", "billing"],
        }
    ]  # fmt: skip


def test_the_history_of_an_app_shows_message_and_current(client: SyncServerlessClient, wire: Any) -> None:
    revision = {
        "revision_id": "r", "created_at": "2026-01-01T00:00:00Z", "is_current": True, "message": "fix", "annotations": {"a": "b"},
        "status": "deployed", "deployed_by": "alice",
    }  # fmt: skip
    wire.documents["/v1/serverless/apps/acme/my-app--staging/revisions"] = pages(
        "revisions", [revision], endpoint_id="x"
    )
    (result,) = client.apps.history("my-app", environment_name="staging")
    assert (result.message, result.annotations, result.is_current, result.deployed_by) == (
        "fix",
        {"a": "b"},
        True,
        "alice",
    )


def test_keys_show_who_made_them(client: SyncServerlessClient, wire: Any) -> None:
    key = {
        "key_id": "k",
        "alias": "ci",
        "scope": "API",
        "created_at": "2026-01-01T00:00:00Z",
        "creator_nickname": "alice",
    }
    wire.documents["/v1/keys"] = pages("keys", [key], [])
    assert [item.creator_nickname for item in client.keys.details()] == ["alice"]
    assert query_of(wire, "/v1/keys")[0] == {"expand": ["creator_info"]}


def test_apps_show_their_endpoints(client: SyncServerlessClient, wire: Any) -> None:
    app = {
        "endpoint_id": "acme/my-app", "name": "my-app", "owner": "acme", "environment": "main", "machine_type": "XS",
        "auth_mode": "private", "keep_alive": 10, "min_concurrency": 0, "max_concurrency": 2, "request_timeout": 3600,
        "startup_timeout": 600, "valid_regions": [], "updated_at": "2026-01-01T00:00:00Z", "endpoints": ["acme/my-app/run"],
    }  # fmt: skip
    wire.documents["/v1/serverless/apps"] = (200, {"apps": [app]})
    (result,) = client.apps.details(search="my", environment_name="main")
    assert result.endpoints == ["acme/my-app/run"]
    assert query_of(wire, "/v1/serverless/apps") == [
        {"search": ["my"], "environment": ["main"], "expand": ["endpoints"]}
    ]


def test_runners_are_counted_over_time(client: SyncServerlessClient, wire: Any) -> None:
    step = {"timestamp": "2026-01-01T00:00:00Z", "running": 2, "idle": 1, "pending": 0, "draining": 0}
    document = {"endpoint_id": "acme/my-app", "timeframe": "hour", "aggregation": "avg", "history": [step]}
    wire.documents["/v1/serverless/apps/acme/my-app/runners/history"] = (200, document)
    result = client.runners.history("my-app", bucket="hour", aggregation="avg")
    assert [(counts.running, counts.idle) for counts in result.history] == [(2, 1)]
    assert query_of(wire, "/v1/serverless/apps/acme/my-app/runners/history") == [
        {"timeframe": ["hour"], "aggregation": ["avg"]}
    ]


# paging


@pytest.mark.parametrize(("cursors", "asked"), [("aa", 2), ("aba", 3), ("abcb", 4)])
def test_pages_that_lead_back_are_an_error(client: SyncServerlessClient, wire: Any, cursors: str, asked: int) -> None:
    following = dict(zip(["", *cursors], cursors, strict=False))
    wire.documents["/v1/keys"] = (
        200,
        lambda query: {"keys": [], "has_more": True, "next_cursor": following[query.get("cursor", [""])[0]]},
    )
    with pytest.raises(exceptions.DataLoss, match="leads back to a page") as caught:
        list(client.keys.details())
    assert caught.value.method == "list_api_keys"
    assert len(query_of(wire, "/v1/keys")) == asked


def test_a_page_without_a_cursor_is_the_last(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/v1/keys"] = (200, {"keys": [], "has_more": True, "next_cursor": None})
    assert list(client.keys.details()) == []


def test_an_error_in_the_middle_keeps_what_came_before(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/v1/serverless/usage"] = pages("time_series", [{"bucket": "2026-01-01", "results": [_COST]}], [])
    rows = client.usage.list()
    assert next(rows)
    wire.documents["/v1/serverless/usage"] = (
        403,
        {"error": {"type": "authorization_error", "message": "not for this key"}},
    )
    with pytest.raises(exceptions.PermissionDenied, match="not for this key"):
        next(rows)


# arguments

_NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda c: c.usage.list(bucket="year"), "bucket='year' is not known"),
        (lambda c: c.usage.list(bucket="dya"), "did you mean 'day'"),
        (lambda c: c.usage.list(since=_NOW, until=_NOW - timedelta(hours=1)), "is not after since"),
        (lambda c: c.usage.list([]), "app_name is an empty list"),
        (lambda c: c.usage.list(time_zone=" "), "time_zone is empty"),
        (lambda c: c.usage.summary("a b"), "whitespace"),
        (lambda c: c.usage.list(environment_name="staging"), "environment_name needs app_name"),
        (lambda c: c.usage.summary(environment_name="staging"), "environment_name needs app_name"),
        (lambda c: c.analytics.list("a", figures=["requests_count"]), "did you mean 'request_count'"),
        (lambda c: c.analytics.list("a", figures=[]), "figures is an empty list"),
        (lambda c: c.events.list("a", categories=["runner_fail"]), "did you mean 'runner_failed'"),
        (lambda c: c.requests.list("a", status="failed"), "status='failed' is not known"),
        (lambda c: c.requests.list("a", sort_by="size"), "sort_by='size' is not known"),
        (lambda c: c.requests.list("a", request_id="abc"), "is not a UUID"),
        (lambda c: c.runners.history("a", aggregation="sum"), "aggregation='sum' is not known"),
        (lambda c: c.apps.history(""), "app_name is empty"),
    ],
)
def test_what_is_not_possible_is_named_and_not_sent(
    client: SyncServerlessClient, wire: Any, call: Any, says: str
) -> None:
    with pytest.raises(exceptions.InvalidInput, match=says):
        call(client)
    assert wire.calls == []


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.usage.list(since="yesterday"),
        lambda c: c.usage.list(5),
        lambda c: c.analytics.list(None),
        lambda c: c.analytics.list("a", figures="request_count"),
        lambda c: c.requests.list("a", payloads=1),
    ],
)
def test_what_is_of_another_type_is_refused(client: SyncServerlessClient, wire: Any, call: Any) -> None:
    with pytest.raises(exceptions.InvalidType):
        call(client)
    assert wire.calls == []


# metrics

_TEXT = """\
# HELP app_requests_total Requests, by status.\\nAll \\\\ of them.
# TYPE app_requests_total counter\x20
app_requests_total{app="acme/my-app",status="200"} 12 1395066363000
app_requests_total{app="a \\"quoted\\" \\\\ name\\n",} 1e3
# TYPE latency histogram
latency_bucket{le="+Inf"} 4
latency_sum 0.25

up 1
odd{le="}"} NaN
deep -Inf
\todd_ends{a="x\x85\u2028\x0cy"} .5 \r
"""


def test_metrics_are_parsed(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/v1/serverless/metrics"] = (200, _TEXT.encode())
    assert client.metrics.text() == _TEXT
    first, second, bucket, total, up, odd, deep, ends = client.metrics.list()
    assert first == Metric(
        "app_requests_total",
        {"app": "acme/my-app", "status": "200"},
        12.0,
        "counter",
        "Requests, by status.\nAll \\ of them.",
    )
    assert (ends.labels, ends.value) == ({"a": "x\x85\u2028\x0cy"}, 0.5)
    assert (second.labels, second.value) == ({"app": 'a "quoted" \\ name\n'}, 1000.0)
    assert (bucket.kind, total.kind, up.kind) == ("histogram", "histogram", "untyped")
    assert (odd.labels, math.isnan(odd.value), deep.value) == ({"le": "}"}, True, -math.inf)


@pytest.mark.parametrize(
    "line",
    [
        *("no value", "<html>", "a{b=1} 2", 'a{b="c} 2', "a b c d", "a{} x", "a 1_0", "a 0x1", "a \u0661", "a5"),
        *('a{b="1",b="2"} 1', f"a{' ' * 100_000}x", f"a{{{'}' * 10_000} 1x"),
    ],
)
def test_malformed_metrics_are_refused(line: str) -> None:
    with pytest.raises(exceptions.DataLoss, match="line 2"):
        parse(f"up 1\n{line}\n")


# hosts


def test_the_platform_has_a_host_of_its_own(clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolved(**options: Any) -> tuple[str, str]:
        result = SyncServerlessClient(api_key="a:b", **options).auth_info()
        return result.platform_url, result.sources["platform_host"]

    assert resolved() == ("https://api.fal.ai/v1", "derived from default")
    assert resolved(host="127.0.0.1:1")[0] == "https://127.0.0.1:1/v1"
    for given, url in {"": "/v1", "/": "", "/v2": "/v2", ":8000": ":8000/v1"}.items():
        host = f"platform.example{given}"
        assert resolved(platform_host=host) == (f"https://platform.example{url}", "argument platform_host")
    monkeypatch.setenv("FAL_PLATFORM_HOST", "variable.example/v1")
    assert resolved() == ("https://variable.example/v1", "variable FAL_PLATFORM_HOST")
    # A key that is meant for a host that was named goes to no other.
    assert resolved(host="api.other.example") == ("https://api.other.example/v1", "derived from argument host")
    with pytest.raises(exceptions.ConfigurationError, match="plaintext"):
        resolved(platform_host="http://platform.example")


def test_a_profile_names_its_hosts(clean_environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[work]\nkey = "a:b"\nplatform_host = "work.example/v1"\n')
    monkeypatch.setenv("FAL_CONFIG_PATH", str(file))
    result = SyncServerlessClient(profile="work").auth_info()
    assert result.platform_url == "https://work.example/v1"
    assert "platform_host" in result.sources["platform_host"]
    other = SyncServerlessClient(profile="work", host="api.other.example").auth_info()
    assert other.platform_url == "https://api.other.example/v1"


# async rows


@pytest.mark.parametrize("wire", ["async"], indirect=True)
def test_async_rows_are_iterated_and_exported(wire: Any) -> None:
    import asyncio

    from fal.api import AsyncServerlessClient

    wire.documents["/v1/serverless/usage"] = pages("time_series", [{"bucket": "2026-01-01", "results": [_COST]}])

    async def main() -> None:
        options = {
            "host": wire.host,
            "rest_host": wire.rest_host,
            "platform_host": f"{wire.rest_host}/v1",
            "api_key": "a:b",
        }
        async with AsyncServerlessClient(**options) as client:
            rows = client.usage.list()
            assert isinstance(rows, AsyncPager)
            assert [entry.app async for entry in rows] == ["my-app"]
            assert (await client.usage.list().to_rows())[0]["currency"] == "USD"
            assert (await anext(client.usage.list())).app == "my-app"

    asyncio.run(main())
