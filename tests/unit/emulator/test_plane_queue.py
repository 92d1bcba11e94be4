"""Queued calls that outlive the process: kept, retried, expired, put in order, and delivered to webhooks."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.server
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import fal_emulator
from fal._gen import rpc
from tests.support.engine import pickled, server
from tests.support.plane import Wire, http_to, wire_to
from tests.support.waiting import LIMIT, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Answers once the file that is asked for is there, with the status that is asked for; notes each request in a file.
APP = """
import http.server, json, os, time
from urllib.parse import parse_qs

def serve(exposed_port, exposed_metrics_port):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            query = {name: values[0] for name, values in parse_qs(self.path.partition("?")[2]).items()}
            if "note" in query:
                with open(query["note"], "a") as file:
                    file.write(body + "\\n")
            while "until" in query and not os.path.exists(query["until"]):
                time.sleep(0.01)
            if query.get("crash") and not os.path.exists(query["crash"]):
                open(query["crash"], "w").close()
                os._exit(1)
            status = int(query.get("status", 200))
            if query.get("fails"):
                left = query["fails"]
                times = int(open(left).read())
                open(left, "w").write(str(max(0, times - 1)))
                status = 500 if times else 200
            text = json.dumps({"body": body, "query": self.path, "id": self.headers["x-fal-request-id"]}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            for name in ("x-fal-needs-retry", "x-fal-stop-runner"):
                if name in query:
                    self.send_header(name, query[name])
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", exposed_port), Handler).serve_forever()
"""
ONE_AT_A_TIME = {"keep_alive": 60, "max_concurrency": 1}


def submit(http: httpx.Client, body: str = "{}", headers: dict[str, str] | None = None, **query: Any) -> dict[str, Any]:
    answer = http.post("/queue/local/app/", content=body.encode(), params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def done(http: httpx.Client, queued: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = eventually(
        lambda: (answer := http.get(queued["status_url"]).json())["status"] == "COMPLETED" and answer
    )
    return result


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[httpx.Client, Wire]]:
    with fal_emulator.start(isolation="inline") as plane, http_to(plane) as http:
        wire = wire_to(plane)
        wire.deploy("app", pickled(APP, "serve"), machine=ONE_AT_A_TIME)
        yield http, wire
        wire.close()


def test_the_app_sees_the_id_of_the_queue(served: tuple[httpx.Client, Wire]) -> None:
    http, _ = served
    queued = submit(http, "hello", word="x")
    done(http, queued)
    answer = http.get(queued["response_url"]).json()
    assert (answer["id"], answer["body"], answer["query"]) == (queued["request_id"], "hello", "/?word=x")


def started(state: Path, ready: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "fal_emulator", "--state", str(state), "--isolation", "inline"]
    ready.unlink(missing_ok=True)
    process = subprocess.Popen(
        [*command, "--ready-file", str(ready)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    eventually(ready.exists)
    return process


def test_no_acknowledged_request_is_lost_by_a_kill(tmp_path: Path) -> None:
    state, ready, go, note = tmp_path / "state", tmp_path / "ready.json", tmp_path / "go", tmp_path / "note"
    first = started(state, ready)
    try:
        body = json.loads(ready.read_text())
        key = {"authorization": f"Key {body['key']}"}
        with httpx.Client(base_url=body["host"], headers=key, timeout=LIMIT, trust_env=False) as http:
            wire = Wire(body["host"].removeprefix("http://"), body["key"])
            wire.deploy("app", pickled(APP, "serve"), machine=ONE_AT_A_TIME)
            wire.close()
            answered = submit(http, "answered")
            done(http, answered)
            waiting = [submit(http, f"{number}", until=str(go), note=str(note)) for number in range(5)]
            eventually(note.exists)
        first.send_signal(signal.SIGKILL)
        first.wait(LIMIT)
        second = started(state, ready)
    finally:
        first.kill()
    try:
        go.touch()
        host = json.loads(ready.read_text())["host"]
        with httpx.Client(base_url=host, headers=key, timeout=LIMIT, trust_env=False) as http:

            def moved(queued: dict[str, Any]) -> dict[str, Any]:
                return {name: str(value).replace(body["host"], host) for name, value in queued.items()}

            old = moved(answered)
            assert http.get(old["response_url"]).json()["body"] == "answered", "answers are kept"
            for number, queued in enumerate(map(moved, waiting)):
                assert done(http, queued)["status"] == "COMPLETED"
                assert http.get(queued["response_url"]).json()["body"] == str(number)
        second.send_signal(signal.SIGTERM)
        assert second.wait(LIMIT) == 0
    finally:
        second.kill()
    assert sorted(set(note.read_text().split())) == ["0", "1", "2", "3", "4"]


def test_low_priority_waits_for_the_others(served: tuple[httpx.Client, Wire], tmp_path: Path) -> None:
    http, _ = served
    go, note = tmp_path / "go", tmp_path / "note"
    submit(http, "first", until=str(go), note=str(note))
    eventually(note.exists)
    low = submit(http, "low", {"x-fal-queue-priority": "low"}, note=str(note))
    normal = submit(http, "normal", note=str(note))
    assert http.get(normal["status_url"]).json()["queue_position"] == 0
    assert http.get(low["status_url"]).json()["queue_position"] == 1
    go.touch()
    done(http, low)
    assert note.read_text().split() == ["first", "normal", "low"]
    refused = http.post("/queue/local/app/", headers={"x-fal-queue-priority": "high"})
    assert (refused.status_code, "'high' is neither" in refused.text) == (422, True)


def test_a_request_that_is_not_started_in_time_expires(served: tuple[httpx.Client, Wire], tmp_path: Path) -> None:
    http, _ = served
    go, note = tmp_path / "go", tmp_path / "note"
    submit(http, "first", until=str(go), note=str(note))
    eventually(note.exists)
    late = submit(http, "late", {"x-fal-request-timeout": "0.2"})
    assert "within 0.2 s" in done(http, late)["error"] or "ready within" in done(http, late)["error"]
    result = http.get(late["response_url"])
    assert (result.status_code, result.json()["error_type"]) == (504, "startup_timeout")
    assert result.headers["x-fal-request-timeout-type"] == "user"
    go.touch()
    refused = http.post("/queue/local/app/", headers={"x-fal-request-timeout": "soon"})
    assert (refused.status_code, refused.headers["x-fal-error-type"]) == (400, "bad_request")


KEPT = {"x-fal-stop-runner": "0"}
TWICE = {"server_error": {"retries": 2}}
ONCE_MORE = json.dumps({"server_error": {"retries": 1}})


@pytest.mark.parametrize(
    ("config", "skipped", "headers", "answer", "tries"),
    [
        (TWICE, [], {}, {"status": 503}, 3),
        (TWICE, [], {}, {"status": 504}, 3),
        (TWICE, [], {}, {"status": 500}, 1),
        (TWICE, ["SERVER_ERROR"], {}, {"status": 503}, 1),
        (None, [], {}, {"status": 503}, 10),
        (None, ["SERVER_ERROR"], {}, {"status": 503}, 1),
        (None, [], {}, {"status": 422}, 1),
        (TWICE, [], {"x-fal-no-retry": "1"}, {"status": 503}, 1),
        (TWICE, [], {"x-fal-retry-config": ONCE_MORE}, {"status": 503}, 2),
        (TWICE, [], {}, {"status": 503, "x-fal-needs-retry": "0"}, 1),
        (None, ["SERVER_ERROR"], {}, {"status": 500, "x-fal-needs-retry": "1"}, 10),
        (None, [], {}, {"status": 429, "x-fal-needs-retry": "1"}, 10),
        (None, [], {}, {"status": 422, "x-fal-needs-retry": "1"}, 1),
    ],
)
def test_what_fails_is_tried_again_as_the_app_and_the_caller_say(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    config: dict[str, Any] | None,
    skipped: list[str],
    headers: dict[str, str],
    answer: dict[str, Any],
    tries: int,
) -> None:
    monkeypatch.setattr("fal_emulator.engine.queue._LONGEST_PAUSE", 0.01)
    note = tmp_path / "note"
    with fal_emulator.start(isolation="inline") as plane, http_to(plane) as http:
        wire = wire_to(plane)
        fields: dict[str, Any] = {} if config is None else {"retry_config": json.dumps(config)}
        wire.deploy("app", pickled(APP, "serve"), machine=ONE_AT_A_TIME, skip_retry_conditions=skipped, **fields)
        queued = submit(http, "again", headers, note=str(note), **KEPT, **answer)
        done(http, queued)
        response = http.get(queued["response_url"])
        assert response.status_code == answer["status"]
        assert not {"x-fal-needs-retry", "x-fal-stop-runner"} & set(response.headers)
        wire.close()
    assert note.read_text().split() == ["again"] * tries


def test_retries_that_are_not_possible_are_refused(served: tuple[httpx.Client, Wire]) -> None:
    http, _ = served
    refused = http.post("/queue/local/app/", headers={"x-fal-retry-config": '{"server_error": 3}'})
    assert refused.status_code == 422
    assert "server_error.retries is None" in refused.text


@pytest.mark.parametrize(
    ("answer", "goes"),
    [
        ({"status": 503}, True),
        ({"status": 500}, False),
        ({"status": 503, "x-fal-stop-runner": "false"}, False),
        ({"status": 200, "x-fal-stop-runner": "true"}, True),
    ],
)
def test_an_answer_may_take_its_runner_away(
    served: tuple[httpx.Client, Wire], answer: dict[str, Any], goes: bool
) -> None:
    http, wire = served

    def alive() -> set[str]:
        return {
            runner.runner_id for runner in wire.call(rpc.LIST_ALIAS_RUNNERS, alias="app", list_pending=True).runners
        }

    assert http.post("/local/app/").status_code == 200
    before = alive()
    answered = http.post("/local/app/", params=answer)
    assert answered.status_code == answer["status"]
    assert "x-fal-stop-runner" not in answered.headers
    assert http.post("/local/app/").status_code == 200
    if goes:
        eventually(lambda: not before & alive())
    assert (before == alive()) is not goes


def test_a_runner_that_dies_costs_a_try_where_the_app_allows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fal_emulator.engine.queue._FIRST_PAUSE", 0.01)
    with fal_emulator.start(isolation="inline") as plane, http_to(plane) as http:
        wire = wire_to(plane)
        config = json.dumps({"connection_error": {"retries": 1}})
        wire.deploy("app", pickled(APP, "serve"), machine=ONE_AT_A_TIME, retry_config=config)
        queued = submit(http, "again", crash=str(tmp_path / "crashed"))
        assert "error" not in done(http, queued)
        assert http.get(queued["response_url"]).json()["body"] == "again"
        wire.close()


@contextmanager
def receiver(fails: int = 0) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Serve an address that takes webhooks, after it has failed a few times."""
    got: list[tuple[dict[str, str], bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200 if len(got) > fails else 503)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook", got
        server.shutdown()
        thread.join(LIMIT)


def test_an_answer_is_delivered_again_until_it_is_taken_and_is_signed(
    served: tuple[httpx.Client, Wire], monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr("fal_emulator.engine.webhooks._FIRST_PAUSE", 0.01)
    client, _ = served
    with receiver(fails=2) as (address, got):
        queued = submit(client, "hello", fal_webhook=address)
        eventually(lambda: len(got) == 3)
    headers, body = got[-1]
    said = json.loads(body)
    assert (said["request_id"], said["status"], said["payload"]["body"]) == (queued["request_id"], "OK", "hello")
    assert "fal_webhook" not in said["payload"]["query"]
    (key,) = client.get("/.well-known/jwks.json", headers={"authorization": ""}).json()["keys"]
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=="))
    names = ("request-id", "user-id", "timestamp")
    parts = [headers[f"x-fal-webhook-{name}"] for name in names]
    message = "\n".join([*parts, hashlib.sha256(body).hexdigest()]).encode()
    public.verify(bytes.fromhex(headers["x-fal-webhook-signature"]), message)
    assert abs(int(parts[2]) - time.time()) < 300


def test_a_failure_is_delivered_as_one(served: tuple[httpx.Client, Wire]) -> None:
    client, _ = served
    with receiver() as (address, got):
        submit(client, "hello", fal_webhook=address, status=500)
        eventually(lambda: got)
    assert {"status": "ERROR", "error": "Invalid status code: 500"}.items() <= json.loads(got[0][1]).items()


@pytest.mark.parametrize("address", ["https://example.com/hook", "http://10.0.0.1/", "ftp://127.0.0.1/", "nonsense"])
def test_webhooks_stay_on_this_machine(served: tuple[httpx.Client, Wire], address: str) -> None:
    client, _ = served
    answer = client.post("/queue/local/app/", params={"fal_webhook": address})
    assert (answer.status_code, "this machine alone" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:65536/", "the port 65536"),
        ("http://[::1]:0/", "the port 0"),
        ("http://xn--/", "not an address"),
    ],
)
def test_a_webhook_that_can_never_be_called_is_refused(
    served: tuple[httpx.Client, Wire], address: str, said: str
) -> None:
    client, _ = served
    answer = client.post("/queue/local/app/", params={"fal_webhook": address})
    assert (answer.status_code, said in answer.text) == (422, True)


def test_credentials_for_the_app_are_not_written_down(tmp_path: Path) -> None:
    with fal_emulator.start(state=tmp_path, isolation="inline") as plane, http_to(plane) as http:
        wire = wire_to(plane)
        wire.deploy("open", server(), machine=ONE_AT_A_TIME)
        headers = {"authorization": "Bearer the-app-s-own", "cookie": "session=the-app-s-own"}
        queued = http.post("/queue/local/open/", headers=headers).json()
        done(http, queued)
        seen = http.get(queued["response_url"]).json()["headers"]
        assert seen["cookie"] == headers["cookie"] and seen["authorization"] == headers["authorization"]
        with contextlib.closing(sqlite3.connect(tmp_path / "queue.db")) as db:
            records = db.execute("SELECT record FROM requests").fetchall()
        assert "the-app-s-own" not in str(records)
        wire.close()
