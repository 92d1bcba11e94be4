"""Requests that are queued now and answered later."""

from __future__ import annotations

import json
import logging
import sqlite3
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from fal_emulator.state.queue_store import QueueStore
from tests.support.engine import KEY, OTHER_KEY, SERVER, Lab, lab, pickled, server
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fal_emulator.model.records import QueueEntry


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path) as engine_lab:
        engine_lab.deploy(engine_lab.add(server()), max_concurrency=1)
        yield engine_lab


def submit(here: Lab, path: str = "", content: bytes = b"{}", headers: dict[str, str] | None = None) -> dict[str, Any]:
    response = here.http.post(f"/queue/me/app{path}", content=content, headers=headers)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def test_a_request_is_queued_run_and_answered(here: Lab) -> None:
    queued = submit(here, "/deep/path?x=1", b"the body")
    assert queued["response_url"] == f"{here.url}/queue/me/app/requests/{queued['request_id']}"
    done = eventually(lambda: (r := here.http.get(queued["status_url"])).status_code == 200 and r.json())
    assert done["status"] == "COMPLETED"
    assert done["metrics"]["inference_time"] >= 0
    result = here.http.get(queued["response_url"] + "/")
    assert result.status_code == 200
    seen = result.json()
    assert (seen["path"], seen["body"], seen["method"]) == ("/deep/path?x=1", "the body", "POST")
    assert "authorization" not in seen["headers"]


def test_a_call_is_logged_and_not_each_look_at_its_status(here: Lab, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "fal_emulator.calls")
    queued = submit(here)
    eventually(lambda: here.http.get(queued["status_url"]).status_code == 200)
    here.http.get(queued["response_url"])
    eventually(lambda: f"GET /queue/me/app/requests/{queued['request_id']} 200" in caplog.text)
    assert "POST /queue/me/app 200" in caplog.text
    assert "/status" not in caplog.text


def test_positions_size_logs_and_progress(here: Lab, tmp_path: Path) -> None:
    go = tmp_path / "go"
    first = submit(here, f"/hold?{go}")
    status = eventually(
        lambda: (r := here.http.get(first["status_url"] + "/?logs=1")).json()["status"] == "IN_PROGRESS" and r
    )
    assert status.status_code == 202
    waiting = [submit(here) for _ in range(2)]
    assert [here.http.get(w["status_url"]).json()["queue_position"] for w in waiting] == [0, 1]
    assert here.engine.queue_size("me", "app") == {"queue_size": 2, "in_progress": 1, "by_user": {"me": 2}}
    eventually(lambda: here.engine.metrics("me")["apps"]["me/app"]["queue_size"] == 2)
    assert here.engine.metrics("me")["summary"]["total_queue_size"] == 2
    not_yet = here.http.get(first["response_url"])
    assert not_yet.status_code == 400
    go.touch()
    eventually(lambda: here.http.get(first["status_url"]).json()["status"] == "COMPLETED")
    logs = here.http.get(first["status_url"], params={"logs": 1}).json()["logs"]
    assert [line["message"] for line in logs] == ["holding"]
    eventually(lambda: here.engine.queue_size("me", "app")["queue_size"] == 0)


def test_cancel_and_flush(here: Lab) -> None:
    running = submit(here, "/sleep?20")
    eventually(lambda: here.http.get(running["status_url"]).json()["status"] == "IN_PROGRESS")
    one, two = submit(here), submit(here)
    assert here.http.put(one["cancel_url"]).json() == {"status": "CANCELLATION_REQUESTED"}
    assert here.http.get(one["status_url"]).json()["error"] == "Request was cancelled"
    assert here.engine.queue_flush("me", "app", "nobody") == 0
    assert here.engine.queue_flush("me", "app") == 1
    assert here.http.get(two["status_url"]).json()["status"] == "COMPLETED"
    assert here.http.put(two["cancel_url"]).status_code == 400
    assert here.http.put(running["cancel_url"]).status_code == 200
    eventually(lambda: here.live()[0].in_flight == 0)


TELLS = f"""{SERVER}
VERSION, HEALTH, SETUP = "1", 200, lambda: None
inner = Handler.do_POST
def told(self):
    print("POST", self.path, self.headers["x-fal-request-id"], flush=True)
    inner(self)
Handler.do_POST = told
"""


def test_cancelling_what_is_in_progress_reaches_the_app_under_the_same_id(here: Lab) -> None:
    here.deploy(here.add(pickled(TELLS, "serve")))
    running = submit(here, "/sleep?20")
    eventually(lambda: here.http.get(running["status_url"]).json()["status"] == "IN_PROGRESS")
    here.http.put(running["cancel_url"])
    told = f"POST /sleep/cancel {running['request_id']}"
    eventually(lambda: any(told in str(line) for line in here.store.logs))


def test_a_queued_request_that_is_not_to_be_tried_again_says_that_its_runner_stopped(here: Lab) -> None:
    queued = submit(here, "/crash", headers={"x-fal-no-retry": "1"})
    done = eventually(lambda: (r := here.http.get(queued["status_url"])).status_code == 200 and r.json())
    assert "runner stopped" in done["error"]
    result = here.http.get(queued["response_url"])
    assert (result.status_code, done["error_type"]) == (503, "runner_disconnected")
    assert (result.json()["error_type"], result.headers["x-fal-error-type"]) == ("runner_disconnected",) * 2
    assert "runner stopped" in result.json()["detail"]


def test_a_queued_request_whose_runner_stopped_goes_to_another(here: Lab) -> None:
    queued = submit(here, "/crash")
    eventually(lambda: sum("it ended with status" in str(line) for line in here.store.logs) > 1)
    here.http.put(queued["cancel_url"])
    result = here.http.get(queued["response_url"])
    assert (result.status_code, result.json()["error_type"]) == (499, "client_cancelled")


def test_a_request_waits_while_the_disk_is_full_and_is_then_answered(
    here: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("fal_emulator.state.queue_store._TRY_AGAIN_AFTER", 0.01)
    go = tmp_path / "go"
    first, second = submit(here, f"/hold?{go}"), submit(here)
    eventually(lambda: here.http.get(first["status_url"]).json()["status"] == "IN_PROGRESS")
    with monkeypatch.context() as full:
        refusals: list[str] = []

        def refuse(_: object, entry: QueueEntry, *__: object) -> None:
            refusals.append(entry.id)
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

        full.setattr(QueueStore, "complete", refuse)
        full.setattr(QueueStore, "save", refuse)
        go.touch()
        eventually(lambda: first["request_id"] in refusals and second["request_id"] in refusals)
        assert here.http.get(first["status_url"]).json()["status"] == "IN_PROGRESS"
        assert here.get().status_code == 200  # other calls go on
        assert here.http.put(second["cancel_url"]).status_code == 507
    assert eventually(lambda: (r := here.http.get(first["response_url"])).status_code == 200 and r.json())
    assert eventually(lambda: (r := here.http.get(second["response_url"])).status_code == 200 and r.json())
    assert "the queue cannot be written" in caplog.text


def test_the_queue_asks_for_the_same_keys_as_the_app(here: Lab) -> None:
    here.set(auth_mode="private")
    assert httpx.post(f"{here.url}/queue/me/app").status_code == 401
    assert httpx.post(f"{here.url}/queue/me/app", headers={"authorization": OTHER_KEY}).status_code == 403
    queued = httpx.post(f"{here.url}/queue/me/app", headers={"authorization": KEY}).json()
    assert httpx.get(queued["status_url"]).status_code == 401


def test_a_host_name_that_says_queue_needs_no_prefix(here: Lab) -> None:
    queued = here.http.post("/me/app", headers={"host": "queue.localhost:1"}).json()
    assert queued["status_url"] == f"http://queue.localhost:1/me/app/requests/{queued['request_id']}/status"
    assert here.http.get(f"/queue/me/app/requests/{queued['request_id']}/status").status_code in (200, 202)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/queue/me/app/requests/none/status", 404),
        ("GET", "/queue/me/app", 404),
        ("POST", "/queue/me/none", 404),
        ("DELETE", "/queue/me/app/requests/none", 404),
    ],
)
def test_unknown_requests_are_not_found(here: Lab, method: str, path: str, status: int) -> None:
    response = here.http.request(method, path)
    assert response.status_code == status
    assert response.json()["detail"]


def test_a_status_is_streamed_down_to_its_end(here: Lab, tmp_path: Path) -> None:
    go = tmp_path / "go"
    request = submit(here, f"/hold?{go}")
    seen: list[dict[str, Any]] = []
    with here.http.stream("GET", f"{request['status_url']}/stream", params={"logs": 1}) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        for line in answer.iter_lines():
            if line:
                seen.append(json.loads(line.removeprefix("data: ")))
            if seen[-1].get("logs"):
                go.touch()
    assert [each["status"] for each in seen][-1] == "COMPLETED" and "IN_PROGRESS" in [each["status"] for each in seen]
    assert [line["message"] for line in seen[-1]["logs"]] == ["holding"]
    assert seen[-1]["status_url"] == request["status_url"]
    with here.http.stream("GET", f"{request['status_url']}/stream") as again:
        assert len([line for line in again.iter_lines() if line]) == 1
    for path, status in (("/other", 405), ("/status/other", 405), ("/status/stream/x", 404)):
        assert here.http.get(request["response_url"] + path).status_code == status
