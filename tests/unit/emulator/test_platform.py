"""The platform API of the control plane: it answers from what really happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from fal._gen import rest
from fal.exceptions import FalServerlessException
from tests.support.platform_calls import OPERATIONS, every_operation
from tests.support.servers import http_serving
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fal.api import SyncServerlessClient
    from fal_emulator import Plane

APP = """
import fal

class Counted(fal.App):
    app_name = "counted"
    keep_alive = 300
    machine_type = "M"

    @fal.endpoint("/")
    def say(self) -> dict:
        return {}

    @fal.endpoint("/broken")
    def broken(self) -> dict:
        raise RuntimeError("on purpose")
"""


@pytest.fixture(scope="module")
def client(plane: Plane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncServerlessClient]:
    """A client, after one deploy, one call that worked and one that failed."""
    file = tmp_path_factory.mktemp("app") / "counted.py"
    file.write_text(APP)
    with plane.client() as made:
        made.deploy(f"{file}::Counted", message="the first")
        yield made


@pytest.fixture
def v1(client: SyncServerlessClient, http: httpx.Client) -> Any:
    def get(path: str, **params: Any) -> Any:
        answer = http.get(f"/v1/serverless/{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


@pytest.fixture
def called(client: SyncServerlessClient, http: httpx.Client) -> tuple[str, str]:
    """Return the ids of a request that worked and of one that failed."""
    good, bad = http.post("/local/counted/"), http.post("/local/counted/broken")
    assert (good.status_code, bad.status_code) == (200, 500)
    return good.headers["x-fal-request-id"], bad.headers["x-fal-request-id"]


def test_apps_are_listed_with_their_settings(v1: Any) -> None:
    (app,) = v1("apps", expand="endpoints")["apps"]
    assert (app["endpoint_id"], app["machine_type"], app["keep_alive"]) == ("local/counted", "M", 300)
    assert set(app["endpoints"]) == {"local/counted", "local/counted/broken", "local/counted/health"}
    assert v1("apps", search="nothing of this name")["apps"] == []
    assert "endpoints" not in v1("apps", search="COUNT")["apps"][0]


def test_events_show_the_deploy_and_its_runner(v1: Any) -> None:
    result = v1("apps/local/counted/events")
    kinds = [event["category"] for event in result["events"]]
    assert kinds[-1] == "deployment_started"
    assert {"deployment_ended", "runner_pending", "runner_setup", "runner_started"} <= set(kinds)
    assert result["endpoint_id"] == "local/counted"
    only = v1("apps/local/counted/events", category=["runner_started", "runner_setup"])["events"]
    assert {event["category"] for event in only} == {"runner_started", "runner_setup"}
    assert only[0]["payload"]["machine_type"] == "M"
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert v1("apps/local/counted/events", start=later)["events"] == []


def test_a_first_deploy_that_failed_is_an_event(client: SyncServerlessClient, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(APP.replace('"counted"', '"broken"') + "    def setup(self): raise OSError\n")
    with pytest.raises(FalServerlessException):
        client.deploy(f"{tmp_path}/broken.py::Counted")
    (event,) = client.events.list("broken", categories=["deployment_failed"])
    assert "OSError" in (event.payload.reason or "")


def test_a_change_of_the_settings_is_an_event(client: SyncServerlessClient, v1: Any) -> None:
    client.apps.scale("counted", keep_alive=301)
    payload = v1("apps/local/counted/events", category="config_changed")["events"][0]["payload"]
    assert (payload["old_config"], payload["new_config"]) == ({"keep_alive": 300}, {"keep_alive": 301})
    client.apps.scale("counted", keep_alive=300)


def test_pages_follow_each_other(v1: Any) -> None:
    whole = [event["event_id"] for event in v1("apps/local/counted/events")["events"]]
    collected: list[str] = []
    page: dict[str, Any] = {"has_more": True, "next_cursor": ""}
    while page["has_more"]:
        page = v1("apps/local/counted/events", limit=2, cursor=page["next_cursor"])
        assert len(page["events"]) <= 2
        collected += [event["event_id"] for event in page["events"]]
    assert page["next_cursor"] is None
    assert collected == whole


def test_what_comes_between_two_pages_shifts_nothing(v1: Any, called: tuple[str, str], http: httpx.Client) -> None:
    first = v1("requests/by-endpoint", endpoint_id="local/counted", limit=1)
    http.post("/local/counted/")
    following = v1("requests/by-endpoint", endpoint_id="local/counted", limit=1, cursor=first["next_cursor"])
    assert following["items"][0]["request_id"] != first["items"][0]["request_id"]
    assert following["items"][0]["ended_at"] <= first["items"][0]["ended_at"]


def test_revisions_carry_message_and_mark(v1: Any) -> None:
    (revision,) = v1("apps/local/counted/revisions")["revisions"]
    assert (revision["message"], revision["is_current"], revision["status"]) == ("the first", True, "deployed")
    assert revision["deployed_by"] == "local"


def test_requests_are_listed_by_status(v1: Any, called: tuple[str, str]) -> None:
    good, bad = called
    endpoint = "local/counted"
    shown = {item["request_id"]: item for item in v1("requests/by-endpoint", endpoint_id=endpoint)["items"]}
    assert (shown[good]["status_code"], shown[bad]["status_code"]) == (200, 500)
    assert shown[good]["duration"] > 0
    assert shown[good]["runner_id"]
    failed = v1("requests/by-endpoint", endpoint_id=endpoint, status="error")["items"]
    assert {item["status_code"] for item in failed} == {500}
    (one,) = v1("requests/by-endpoint", endpoint_id=f"{endpoint}/broken", request_id=bad)["items"]
    assert one["request_id"] == bad
    assert "billable_units" not in one
    (one,) = v1("requests/by-endpoint", endpoint_id=endpoint, request_id=bad, expand="billing")["items"]
    assert one["billable_units"] == one["duration"]


def test_the_output_of_a_queued_request_is_kept(client: SyncServerlessClient) -> None:
    handle = client.apps.submit("counted", {})
    assert handle.get() == {}
    (request,) = client.requests.list("counted", request_id=handle.request_id, payloads=True)
    assert (request.request_id, request.json_output, request.json_input) == (handle.request_id, {}, None)
    assert isinstance(request.runner_id, str)


def test_analytics_count_what_was_called(v1: Any, called: tuple[str, str]) -> None:
    wanted = ["summary", "time_series", "request_count", "error_count", "p50_duration"]
    result = v1("analytics", endpoint_id="local/counted", expand=wanted, timeframe="hour")
    (summary,) = result["summary"]
    assert summary["request_count"] >= 2
    assert summary["error_count"] >= 1
    assert summary["p50_duration"] > 0
    assert sum(step["results"][0]["request_count"] for step in result["time_series"]) == summary["request_count"]
    default = v1("analytics", endpoint_id="local/counted")
    assert set(default["time_series"][0]["results"][0]) == {"endpoint_id", "request_count"}
    assert "summary" not in default


def test_usage_is_seconds_of_runners(v1: Any, called: tuple[str, str]) -> None:
    (used,) = v1("usage", expand="summary", app="counted")["summary"]
    assert (used["app"], used["machine_type"], used["unit"]) == ("counted", "M", "second")
    assert used["quantity"] > 0
    assert v1("usage", expand="summary", search="other")["summary"] == []


def test_the_history_of_runners_is_counted(v1: Any, called: tuple[str, str]) -> None:
    history = v1("apps/local/counted/runners/history", timeframe="minute")["history"]
    assert max(step["idle"] + step["running"] for step in history) >= 1
    average = v1("apps/local/counted/runners/history", timeframe="day", aggregation="avg")
    assert (average["aggregation"], average["timeframe"]) == ("avg", "day")
    assert 0 < average["history"][-1]["idle"] < 1


def test_metrics_are_in_the_format_of_prometheus(http: httpx.Client, client: SyncServerlessClient) -> None:
    answer = http.get("/v1/serverless/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'fal_app_queue_size{app="local/counted"} 0' in answer.text


@pytest.mark.parametrize(
    ("path", "params", "status", "kind", "says"),
    [
        ("apps/local/none/events", {}, 404, "not_found", "none"),
        ("apps/other/counted/events", {}, 404, "not_found", "other/counted"),
        ("apps/local/counted/events", {"limit": "0"}, 400, "validation_error", "limit"),
        ("apps/local/counted/events", {"cursor": "?"}, 400, "validation_error", "cursor"),
        ("apps/local/counted/events", {"start": "soon"}, 400, "validation_error", "start"),
        ("apps/local/counted/runners/history", {"aggregation": "sum"}, 400, "validation_error", "aggregation"),
        ("requests/by-endpoint", {}, 400, "validation_error", "endpoint_id"),
        ("requests/by-endpoint", {"endpoint_id": "local/none"}, 404, "not_found", "none"),
        ("requests/by-endpoint", {"endpoint_id": "local/counted", "expand": "all"}, 400, "validation_error", "billing"),
        ("analytics", {"endpoint_id": "local/none"}, 404, "not_found", "none"),
        ("requests/by-endpoint", {"endpoint_id": "local/counted", "status": "fine"}, 400, "validation_error", "status"),
        ("analytics", {"endpoint_id": "local/counted", "expand": "all"}, 400, "validation_error", "expand"),
        ("usage", {"expand": "all"}, 400, "validation_error", "expand"),
        ("nothing", {}, 404, "not_found", "Not Found"),
    ],
)  # fmt: skip
def test_errors_have_the_form_of_the_platform(
    client: SyncServerlessClient,
    http: httpx.Client,
    path: str,
    params: dict[str, str],
    status: int,
    kind: str,
    says: str,
) -> None:
    answer = http.get(f"/v1/serverless/{path}", params=params)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (status, kind)
    assert says in error["message"]


def test_a_key_is_asked_for(plane: Plane) -> None:
    answer = httpx.get(f"{plane.host}/v1/serverless/apps", trust_env=False)
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "authorization_error")


def test_logs_are_paged_and_narrowed_by_request(http: httpx.Client, called: tuple[str, str]) -> None:
    _, bad = called
    narrowed: dict[str, Any] = {"app_id": "local/counted", "request_id": bad}
    eventually(lambda: len(http.post("/v1/serverless/logs/history", params=narrowed).json()["items"]) > 1)
    answer = http.post("/v1/serverless/logs/history", params={**narrowed, "limit": 1})
    page = answer.json()
    assert len(page["items"]) == 1
    assert page["has_more"]
    eventually(lambda: "on purpose" in http.post("/v1/serverless/logs/history", params=narrowed).text)
    parsed: Any = rest.serverless_logs_history().parse(200, answer.headers, answer.content)
    assert parsed.items[0].message == page["items"][0]["message"]


def test_logs_of_an_app_that_never_was_are_refused(http: httpx.Client) -> None:
    assert http.post("/v1/serverless/logs/history", params={"app_id": "nowhere"}).status_code == 404
    assert http.post("/logs/history", params={"app_id": "nowhere"}).status_code == 404


def test_files_are_those_of_the_volume(client: SyncServerlessClient, http: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    client.files.upload(tmp_path / "a.txt", "folder/a.txt")
    (file,) = http.get("/v1/serverless/files/list/folder").json()
    assert (file["name"], file["size"], file["is_file"]) == ("a.txt", 4, True)
    assert http.get("/v1/serverless/files/file/folder/a.txt").content == b"text"
    answer = http.get("/v1/serverless/files/list")
    result: Any = rest.serverless_list_root().parse(200, answer.headers, answer.content)
    assert [item.name for item in result] == ["folder"]


def test_keys_are_created_listed_and_deleted(http: httpx.Client) -> None:
    made = http.post("/v1/keys", json={"alias": "dashboards"})
    assert made.status_code == 201
    key = made.json()
    listed = {item["key_id"]: item for item in http.get("/v1/keys", params={"expand": "creator_info"}).json()["keys"]}
    assert listed[key["key_id"]]["alias"] == "dashboards"
    assert listed[key["key_id"]]["creator_nickname"] == "local"
    assert {item["scope"] for item in listed.values()} == {"API"}
    assert http.headers["authorization"].removeprefix("Key ").partition(":")[0] not in listed
    assert http.delete(f"/v1/keys/{key['key_id']}").status_code == 204
    assert key["key_id"] not in {item["key_id"] for item in http.get("/v1/keys").json()["keys"]}
    assert http.post("/v1/keys", json={"alias": ""}).status_code == 400


def test_of_two_requests_with_one_key_one_is_carried_out(http: httpx.Client) -> None:
    key = http.post("/v1/keys", json={"alias": "leaked"}).json()["key_id"]
    once = {"Idempotency-Key": "once"}
    assert [http.delete(f"/v1/keys/{key}", headers=once).status_code for _ in range(2)] == [204, 204]
    assert http.delete(f"/v1/keys/{key}", headers={"Idempotency-Key": "another"}).status_code == 404
    assert http.delete(f"/v1/keys/{key}").status_code == 404
    missing = "/v1/serverless/apps/local/nowhere/queue"
    assert [http.delete(missing, headers=once).status_code for _ in range(2)] == [404, 404]


def test_every_operation_is_answered(client: SyncServerlessClient, called: tuple[str, str]) -> None:
    with http_serving(lambda handler: handler.reply(200, b"fetched")) as (port, _):
        sent = every_operation(client, "local", "counted", folder="checked/", address=f"http://127.0.0.1:{port}/b.txt")
    assert sent == OPERATIONS
