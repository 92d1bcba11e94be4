"""The REST operations: accounts, app files, stored objects, logs, queues, and how errors look."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from fal._gen import rpc
from fal.exceptions import AlreadyExists
from fal_emulator.model import limits
from fal_emulator.state.logs import LogQuery, LogStore
from tests.support.engine import pickled, server
from tests.support.plane import http_to
from tests.support.waiting import LIMIT, eventually

if TYPE_CHECKING:
    from fal_emulator import Plane
    from tests.support.plane import Wire

MODE = 0o100644


def file_hash(content: bytes, mode: int = MODE) -> str:
    return hashlib.sha256(content + str(mode).encode()).hexdigest()


def metadata(content: bytes, mode: int = MODE) -> dict[str, str]:
    return {"hash": file_hash(content, mode), "mode": str(mode), "mtime": "1700000000.5", "size": str(len(content))}


def initiate(http: httpx.Client, content: bytes, mode: int = MODE) -> httpx.Response:
    digest = file_hash(content, mode)
    return http.post(f"/files/app/multipart/{digest}/initiate", json=metadata(content, mode))


def put_part(http: httpx.Client, digest: str, upload_id: str, number: int, content: bytes) -> httpx.Response:
    parts = {"file_upload": ("chunk", content, "application/octet-stream")}
    return http.put(f"/files/app/multipart/{digest}/{upload_id}/{number}", files=parts)


def upload(http: httpx.Client, content: bytes, mode: int = MODE, part_size: int = 10) -> httpx.Response:
    """Upload a file in parts; return the answer to the last request."""
    digest = file_hash(content, mode)
    upload_id = initiate(http, content, mode).json()["upload_id"]
    pieces = [content[i : i + part_size] for i in range(0, len(content), part_size)] or [b""]
    parts = [put_part(http, digest, upload_id, n, piece).json() for n, piece in enumerate(pieces, 1)]
    return http.post(
        f"/files/app/multipart/{digest}/{upload_id}/complete",
        json={"parts": parts, "metadata": metadata(content, mode)},
    )


# accounts and errors


def test_the_current_user_and_teams(plane: Plane, http: httpx.Client) -> None:
    user = http.get("/users/current").json()
    assert (user["nickname"], user["is_personal"], user["is_locked"]) == ("local", True, False)
    (team,) = http.get("/users/teams").json()
    assert (team["user_id"], team["nickname"]) == (user["user_id"], "local")


def test_errors_look_as_those_of_the_platform(http: httpx.Client) -> None:
    assert http.get("/nothing/here").json() == {"detail": "Not Found"}
    wrong = http.post("/users/current")
    assert (wrong.status_code, wrong.json()) == (405, {"detail": "Method Not Allowed"})
    missing = http.post("/files/missing_hashes", json={})
    assert missing.status_code == 422
    assert missing.json()["detail"] == [{"loc": ["body", "hashes"], "msg": "Field required", "type": "missing"}]
    text = http.post("/files/missing_hashes", content=b"{")
    assert text.json()["detail"][0] == {"loc": ["body"], "msg": "is not JSON", "type": "value_error"}
    assert http.post("/files/missing_hashes", content=b"[" * 100_000).status_code == 422
    assert http.post("/files/missing_hashes", content=b" " * 9_000_000).status_code == 413


def test_metrics_count_what_runs(wire: Wire, http: httpx.Client) -> None:
    wire.deploy("gpus", machine={"machine_types": ["GPU-H100"], "num_gpus": 2})
    body = http.get("/applications/metrics").json()
    assert body["apps"]["local/gpus"]["gpu_count_by_type"] == {"GPU-H100": 2}
    assert body["summary"]["total_runners"] == 1
    wire.call(rpc.DELETE_ALIAS, alias="gpus")


# app files


def test_a_file_comes_in_parts_and_reaches_the_app(wire: Wire, http: httpx.Client) -> None:
    content = b"0123456789" * 3 + b"end"
    digest = file_hash(content)
    other = "0" * 64
    assert http.post("/files/missing_hashes", json={"hashes": [digest, other, digest]}).json() == [digest, other]
    assert upload(http, content).json() == {"etag": digest}
    assert http.post("/files/missing_hashes", json={"hashes": [digest, other]}).json() == [other]
    code = server(setup="lambda: print(open('data/poem.txt').read(), flush=True)")
    request_files = [{"hash": digest, "relative_path": "data/poem.txt"}]
    wire.deploy("reader", code=code, files=request_files)
    assert content.decode() in http.get("/applications/local/reader/logs").text
    wire.call(rpc.DELETE_ALIAS, alias="reader")


def test_empty_and_executable_files(plane: Plane, http: httpx.Client) -> None:
    assert upload(http, b"").status_code == 200
    mode = 0o100755
    assert upload(http, b"#!/bin/sh\n", mode).status_code == 200
    assert (plane.state / "blobs" / file_hash(b"#!/bin/sh\n", mode)).stat().st_mode & 0o777 == 0o500


def test_what_is_stored_is_not_taken_again(http: httpx.Client) -> None:
    content = b"stored once"
    digest = file_hash(content)
    upload_id = initiate(http, content).json()["upload_id"]
    assert upload(http, content).status_code == 200
    assert initiate(http, content).status_code == 409
    assert put_part(http, digest, upload_id, 1, content).status_code == 409
    complete = http.post(f"/files/app/multipart/{digest}/{upload_id}/complete", json={})
    assert complete.status_code == 409
    assert http.post(f"/files/app/multipart/{digest}/{upload_id}/cancel").status_code == 200


def test_a_part_may_come_again_and_an_upload_may_be_cancelled(http: httpx.Client) -> None:
    content = b"second try"
    digest = file_hash(content)
    upload_id = initiate(http, content).json()["upload_id"]
    put_part(http, digest, upload_id, 1, b"first try")
    part = put_part(http, digest, upload_id, 1, content).json()
    assert part == {"part_number": 1, "etag": hashlib.sha256(content).hexdigest()}
    assert http.post(f"/files/app/multipart/{digest}/{upload_id}/cancel").json() == {}
    assert put_part(http, digest, upload_id, 1, content).status_code == 404
    assert http.post("/files/missing_hashes", json={"hashes": [digest]}).json() == [digest]


@pytest.mark.parametrize(
    ("parts", "change", "text"),
    [
        ([1], {}, "do not have the hash"),  # the content that is sent is another one
        ([], {}, "numbered from 1"),
        ([1, 3], {}, "numbered from 1"),
        ([1, 2], {}, "part 2 was not uploaded"),
        ([1], {"size": "99"}, "but the parts hold 5 bytes"),
        ([1], {"size": "-1"}, "decimal number"),
        ([1], {"mode": "rw"}, "decimal number"),
        ([1], {"hash": "0" * 64}, "is not the hash of the address"),
    ],
)
def test_content_is_checked_before_it_is_kept(
    http: httpx.Client, parts: list[int], change: dict[str, str], text: str
) -> None:
    wanted, sent = b"right", b"wrong"
    digest = file_hash(wanted)
    upload_id = initiate(http, wanted).json()["upload_id"]
    etag = put_part(http, digest, upload_id, 1, sent).json()["etag"]
    answer = http.post(
        f"/files/app/multipart/{digest}/{upload_id}/complete",
        json={
            "parts": [{"part_number": number, "etag": etag} for number in parts],
            "metadata": metadata(wanted) | change,
        },
    )
    assert answer.status_code == 422
    assert text in answer.text
    assert http.post("/files/missing_hashes", json={"hashes": [digest]}).json() == [digest]


def test_an_etag_that_is_not_ours_is_refused(http: httpx.Client) -> None:
    content = b"tagged"
    digest = file_hash(content)
    upload_id = initiate(http, content).json()["upload_id"]
    put_part(http, digest, upload_id, 1, content)
    body = {"parts": [{"part_number": 1, "etag": "x"}], "metadata": metadata(content)}
    assert "etag of part 1" in http.post(f"/files/app/multipart/{digest}/{upload_id}/complete", json=body).text


@pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2f..%2fstate.db", "A" * 64, "g" * 64, "a" * 63, "a" * 64 + "%00"])
def test_no_name_leads_out_of_the_folder_of_files(plane: Plane, http: httpx.Client, name: str) -> None:
    def files() -> list[Path]:
        # Certificates are made while the control plane runs.
        # Folders of runners come and go meanwhile: `os.walk` does not mind.
        result = [Path(folder, name) for folder, _, names in os.walk(plane.state) for name in names]
        return [path for path in result if not {"certificates", "runners"} & set(path.parts)]

    before = files()
    answer = http.post(f"/files/app/multipart/{name}/initiate", json=metadata(b""))
    assert answer.status_code in (404, 405, 422)
    assert http.post("/files/missing_hashes", json={"hashes": [name]}).status_code == 422
    digest = file_hash(b"traverse")
    for upload_id in ("..", "%2e%2e", "..%2fuploads"):
        assert put_part(http, digest, upload_id, 1, b"x").status_code in (404, 405)
    assert [path for path in files() if path not in before] == []


def test_sizes_are_bounded(http: httpx.Client) -> None:
    body = metadata(b"x") | {"size": str(2 * 1024**3)}
    assert http.post(f"/files/app/multipart/{file_hash(b'x')}/initiate", json=body).status_code == 413
    content = b"bounded"
    upload_id = initiate(http, content).json()["upload_id"]
    path = f"/files/app/multipart/{file_hash(content)}/{upload_id}/1"
    begin = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {http.headers['authorization']}\r\n"
    begin += "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 9999999999\r\n\r\n"
    with socket.create_connection(("127.0.0.1", http.base_url.port or 0), timeout=LIMIT) as raw:
        raw.sendall(begin.encode())  # the body that is announced need not be sent
        assert b" 413 " in raw.recv(100)
    for number in ("0", "x", "99999", "-1"):
        assert http.put(path[:-1] + number, files={"file_upload": b"x"}).status_code == 422
    assert http.put(path, json={}).status_code == 422
    assert http.put(path, files={"another": b"x"}).status_code == 422


# stored objects


def test_an_object_is_uploaded_and_fetched_by_address_alone(http: httpx.Client) -> None:
    body = {"file_name": "my app-1.0.tar.gz", "content_type": "application/gzip"}
    content = http.post("/storage/upload/initiate?storage_type=fal-cdn-v3", json=body).json()
    assert content["file_url"].startswith("http://127.0.0.1:")
    assert content["file_url"].endswith("/my_app-1.0.tar.gz")
    assert httpx.get(content["file_url"], trust_env=False).status_code == 404
    put = httpx.put(content["upload_url"], content=b"content", trust_env=False)
    assert put.status_code == 200
    got = httpx.get(content["file_url"], trust_env=False)
    assert (got.content, got.headers["content-type"]) == (b"content", "application/gzip")
    assert httpx.put(content["file_url"], content=b"evil", trust_env=False).status_code == 403
    assert httpx.put(content["upload_url"] + "0", content=b"evil", trust_env=False).status_code == 403
    assert httpx.get(content["file_url"].replace("my_app", "other"), trust_env=False).status_code == 404
    assert httpx.get(content["file_url"], trust_env=False).content == b"content"


def test_objects_end_when_they_were_said_to(http: httpx.Client) -> None:
    body = {"file_name": "../../x", "content_type": "text/plain"}

    def stored(seconds: float) -> str:
        lifecycle = {"X-Fal-Object-Lifecycle": json.dumps({"expiration_duration_seconds": seconds})}
        content = http.post("/storage/upload/initiate", json=body, headers=lifecycle).json()
        httpx.put(content["upload_url"], content=b"x", trust_env=False)
        assert ".." not in content["file_url"]
        return str(content["file_url"])

    lasting, brief = stored(3600), stored(0.2)
    assert eventually(lambda: httpx.get(brief, trust_env=False).status_code == 404)
    assert httpx.get(lasting, trust_env=False).status_code == 200
    for wrong in ("{", '{"expiration_duration_seconds": -1}', '{"expiration_duration_seconds": "x"}'):
        headers = {"X-Fal-Object-Lifecycle": wrong}
        assert http.post("/storage/upload/initiate", json=body, headers=headers).status_code == 422
    assert http.post("/storage/upload/initiate", json={"file_name": "x"}).status_code == 422


# logs


@pytest.fixture
def talker(wire: Wire, http: httpx.Client) -> Any:
    """An app that says what it is told to, and its runner."""
    wire.deploy("talker")
    (runner,) = wire.call(rpc.LIST_ALIAS_RUNNERS, alias="talker", list_pending=True).runners
    yield runner.runner_id
    wire.call(rpc.DELETE_ALIAS, alias="talker")
    eventually(lambda: not wire.call(rpc.LIST_RUNNERS, list_pending=True).runners)


def page(http: httpx.Client, body: Any = None, **params: Any) -> dict[str, Any]:
    answer = http.post("/logs/history", params=params, json=body)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def test_logs_of_a_runner_page_by_page(http: httpx.Client, talker: str) -> None:
    for number in range(7):
        http.get(f"/local/talker/sleep?0.00{number}")
    wanted = [f"sleeping 0.00{number}" for number in range(7)]
    eventually(lambda: len(page(http, job_id=talker, search="SLEEPING")["items"]) == 7)
    collected: list[str] = []
    until = None
    while True:
        params = {"job_id": talker, "search": "sleeping", "page_size": 3} | ({"until": until} if until else {})
        this = page(http, **params)
        collected += [item["message"] for item in this["items"]]
        until = this["next_until"]
        if until is None:
            break
    assert collected == wanted[::-1], "the newest first, none twice, none lost"
    first = page(http, job_id=talker, search="sleeping", page_size=4, direction="asc")
    rest = page(http, job_id=talker, search="sleeping", page_size=4, direction="asc", since=first["next_since"])
    assert [item["message"] for item in first["items"] + rest["items"]] == wanted
    item = first["items"][0]
    assert (item["app"], item["level"], item["labels"]["fal_job_id"]) == ("talker", "STDOUT", talker)
    assert datetime.fromisoformat(item["timestamp"]).tzinfo is not None
    assert item["revision"]


def test_logs_by_app_level_label_and_time(http: httpx.Client, talker: str) -> None:
    http.get("/local/talker/sleep?0.01")
    eventually(lambda: page(http, app_id="talker", search="sleeping 0.01")["items"])
    assert page(http, app_id="local/talker", search="sleeping 0.01")["items"]
    assert page(http, app_id=["talker"], level="stdout")["items"]
    assert page(http, app_id="talker", level="stderr", search="sleeping")["items"] == []
    for level, shown in {"trace": True, "info": True, "warning": False, "error": False}.items():
        assert bool(page(http, app_id="talker", level=level, search="sleeping")["items"]) == shown, (
            "it is the least level"
        )
    assert http.post("/logs/history", params={"level": "loud"}).status_code == 422
    assert http.post("/logs/history", params={"app_id": "ghost"}, json=None).status_code == 404
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert page(http, since=soon)["items"] == []
    assert page(http, until=(datetime.now(UTC) - timedelta(days=1)).isoformat())["items"] == []
    label = [{"key": "fal_job_id", "value": talker}]
    assert page(http, label, search="sleeping")["items"]
    assert page(http, [{**label[0], "condition_type": "not_equals"}], job_id=talker)["items"] == []
    assert page(http, [{"key": "fal_source", "value": ["user"], "condition_type": "in"}], job_id=talker)["items"]
    assert page(http, [{"key": "fal_source", "value": "builder"}], job_id=talker)["items"] == []


@pytest.mark.parametrize(
    ("params", "body"),
    [
        ({"page_size": "0"}, None),
        ({"page_size": "many"}, None),
        ({"direction": "up"}, None),
        ({"since": "yesterday"}, None),
        ({"run_source": "moon"}, None),
        ({}, {"key": "x"}),
        ({}, [{"value": "x"}]),
        ({}, [{"key": "fal_job_id", "value": 3}]),
        ({}, [{"key": "colour", "value": "red"}]),
    ],
)
def test_log_queries_that_cannot_be(http: httpx.Client, params: dict[str, str], body: Any) -> None:
    assert http.post("/logs/history", params=params, json=body).status_code == 422
    if not {"page_size", "direction"} & set(params):
        assert http.post("/logs/stream", params=params, json=body).status_code == 422


def test_logs_are_streamed_as_they_come(http: httpx.Client, plane: Plane, talker: str) -> None:
    opened = threading.Event()
    lines: list[str] = []

    def listen() -> None:
        with http_to(plane) as other, other.stream("POST", "/logs/stream", params={"job_id": talker}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            for line in answer.iter_lines():
                opened.set()
                if line.startswith("data: "):
                    lines.append(json.loads(line.removeprefix("data: "))["message"])
                    if len(lines) == 2:
                        return

    thread = threading.Thread(target=listen)
    thread.start()
    assert opened.wait(LIMIT)
    http.get("/local/talker/sleep?0.021")
    eventually(lambda: lines)
    http.get("/local/talker/sleep?0.022")
    thread.join(LIMIT)
    assert lines == ["sleeping 0.021", "sleeping 0.022"], "what was said before is not sent"


def test_a_stream_until_a_time_ends(http: httpx.Client, talker: str) -> None:
    http.get("/local/talker/sleep?0.03")
    eventually(lambda: page(http, job_id=talker, search="0.03")["items"])
    since = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    until = (datetime.now(UTC) + timedelta(seconds=0.3)).isoformat()
    answer = http.post("/logs/stream", params={"job_id": talker, "since": since, "until": until})
    assert "sleeping 0.03" in answer.text


def test_only_so_many_lines_and_runners_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LogStore(tmp_path / "history.db", most_lines=10)
    moment = datetime.now(UTC)
    for number in range(50):
        store.append(moment, "me", "app", None, None, "INFO", "USER", f"{number}" + "x" * 100_000)
        if number % 9 == 0:
            store.lines(LogQuery("me"), 1)
    kept = store.lines(LogQuery("me"), 100)
    assert [int(line.message.rstrip("x")) for line in kept] == list(range(40, 50))
    assert all(len(line.message) <= 64 * 1024 for line in kept)
    assert len({line.timestamp for line in kept}) == 10, "each line has a time of its own"
    store.close()
    again = LogStore(tmp_path / "history.db")
    again.append(moment, "me", "app", None, None, "INFO", "USER", "later")
    assert again.lines(LogQuery("me"), 1, newest_first=True)[0].message == "later"
    again.close()
    assert limits.MOST_LOG_LINES > 10


# queues and runners


def test_the_queue_of_an_app_is_counted_and_flushed(wire: Wire, http: httpx.Client, tmp_path: Path) -> None:
    wire.deploy("busy", machine={"max_concurrency": 1})
    for _ in range(3):
        assert http.post(f"/queue/local/busy/hold?{tmp_path / 'go'}", json={}).status_code == 200
    sizes = eventually(lambda: (body := http.get("/applications/local/busy/queue").json())["in_progress"] and body)
    assert sizes["queue_size"] == 2
    assert "by_user" not in sizes
    by_user = http.get("/applications/local/busy/queue", params={"by_user": "true"}).json()["by_user"]
    assert by_user == {"local": 2}
    assert http.delete("/applications/local/busy/queue", params={"caller_user_id": "nobody"}).status_code == 200
    assert http.get("/applications/local/busy/queue").json()["queue_size"] == 2
    assert http.delete("/applications/local/busy/queue").status_code == 200
    assert http.get("/applications/local/busy/queue").json()["queue_size"] == 0
    assert http.get("/applications/local/ghost/queue").status_code == 404
    assert http.delete("/applications/somebody/busy/queue").status_code == 404
    (tmp_path / "go").touch()
    wire.call(rpc.DELETE_ALIAS, alias="busy")


def test_a_runner_is_shown_and_stopped(http: httpx.Client, talker: str) -> None:
    runner = http.get(f"/runners/{talker}").json()
    assert (runner["alias"], runner["ended_at"]) == ("talker", None)
    assert datetime.fromisoformat(runner["started_at"]).timestamp() < time.time()
    assert http.post(f"/runners/{talker}/stop", params={"replace_first": "maybe"}).status_code == 422
    assert http.post(f"/runners/{talker}/stop").status_code == 200
    assert eventually(lambda: http.get(f"/runners/{talker}").json()["ended_at"])
    assert http.get("/runners/ghost").status_code == 404
    assert http.post("/runners/ghost/stop").status_code == 404


def test_the_sdk_reads_these_errors(plane: Plane) -> None:
    with plane.client() as client:
        client.environments.create("sdk")
        with pytest.raises(AlreadyExists, match="environment 'sdk' already exists"):
            client.environments.create("sdk")
        client.environments.delete("sdk")


FAILING = """
import http.server, sys, traceback

def serve(exposed_port, exposed_metrics_port):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                raise ValueError("it went wrong")
            except ValueError:
                traceback.print_exc()
            print("an ordinary line", file=sys.stderr, flush=True)
            self.send_response(500)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    http.server.HTTPServer(("127.0.0.1", exposed_port), Handler).serve_forever()
"""


def test_the_traceback_of_a_request_is_found_by_its_id_and_as_an_error(http: httpx.Client, wire: Wire) -> None:
    wire.deploy("failing", pickled(FAILING, "serve"), machine={"keep_alive": 60})
    first, second = (
        http.get(path).headers["x-fal-request-id"] for path in ("/local/failing/one", "/local/failing/two")
    )
    wanted = "ValueError: it went wrong"

    def messages() -> list[str]:
        return [line["message"] for line in page(http, app_id="failing", level="error")["items"]]

    errors = eventually(lambda: (result := messages()).count(wanted) == 2 and result)
    assert "Traceback (most recent call last):" in errors
    eventually(lambda: page(http, app_id="failing", search="an ordinary line")["items"])
    assert "an ordinary line" not in messages(), "what is written to stderr is no error for that alone"
    of_first = page(http, request_id=first)["items"]
    assert {line["labels"]["fal_request_id"] for line in of_first} == {first}
    of_second = page(http, endpoint="/two", app_id="failing")["items"]
    assert {line["labels"]["fal_request_id"] for line in of_second} == {second}
    assert page(http, request_id="none")["items"] == []
