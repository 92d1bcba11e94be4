"""Deployed apps are called through the gateway."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import create_connection
from typing import TYPE_CHECKING

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.support.engine import KEY, OTHER_KEY, Lab, lab, pickled, release, server
from tests.support.waiting import LIMIT, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

WEBSOCKETS = """
import os, time
from websockets.sync.server import serve as listen

def talk(socket):
    if "refuse" in socket.request.path:
        socket.close(4001, "not now")
    for message in socket:
        socket.send(message)
    print("left", socket.request.path, flush=True)

def when_told(socket, request):
    path, _, file = request.path.partition("?wait=")
    if file:
        print("asked", flush=True)
        while not os.path.exists(file):
            time.sleep(0.01)

def serve(exposed_port):
    with listen(talk, "127.0.0.1", exposed_port, subprotocols=["chat"], process_request=when_told) as server:
        server.serve_forever()
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lab]:
    with lab(tmp_path) as engine_lab:
        yield engine_lab


def said(here: Lab) -> list[str]:
    """Return what apps have said."""
    return [line["message"] for line in here.store.logs]


def test_a_deployed_app_answers(here: Lab) -> None:
    here.deploy(here.add(server()))
    response = here.http.post("/me/app/x%2Fy/z?a=1&a=2", content=b"hello")
    assert response.status_code == 200
    seen = response.json()
    assert (seen["method"], seen["path"], seen["body"]) == ("POST", "/x%2Fy/z?a=1&a=2", "hello")
    assert response.headers["x-fal-request-id"] == seen["headers"]["x-fal-request-id"]
    assert here.get().json()["path"] == "/"
    assert here.http.request("PATCH", "/me/app/p").json()["method"] == "PATCH"


def test_what_the_gateway_says_of_a_request_is_not_the_callers_to_say(here: Lab) -> None:
    here.deploy(here.add(server()))
    reserved = ("x-fal-request-id", "x-fal-endpoint", "x-fal-caller-user-id", "x-fal-runner-id")
    response = here.http.post("/me/app/deep?x=1", headers={**dict.fromkeys(reserved, "forged"), "x-mine": "1"})
    seen = response.json()["headers"]
    assert (seen["x-fal-endpoint"], seen["x-fal-caller-user-id"], seen["x-mine"]) == ("me/app/deep", "me", "1")
    assert seen["x-fal-runner-id"] == here.engine.runners("me")[0].runner_id
    assert seen["x-fal-request-id"] == response.headers["x-fal-request-id"] != "forged"


def test_the_key_of_the_caller_does_not_reach_the_app(here: Lab) -> None:
    here.deploy(here.add(server()))
    assert "authorization" not in here.get().json()["headers"]
    own = here.http.get(
        "/me/app", headers={"authorization": "Bearer of-the-app", "connection": "x-drop", "x-drop": "1"}
    )
    assert own.json()["headers"]["authorization"] == "Bearer of-the-app"
    assert "x-drop" not in own.json()["headers"]


@pytest.mark.parametrize(
    ("mode", "header", "status"),
    [
        ("public", None, 200),
        ("private", None, 401),
        ("private", "Key bad:key", 401),
        ("private", OTHER_KEY, 403),
        ("private", KEY, 200),
        ("shared", None, 401),
        ("shared", OTHER_KEY, 200),
    ],
)
def test_each_auth_mode_admits_its_callers(shared: Lab, mode: str, header: str | None, status: int) -> None:
    shared.set(auth_mode=mode)
    response = httpx.get(f"{shared.url}/me/app", headers={"authorization": header} if header else {})
    assert response.status_code == status
    assert status == 200 or "detail" in response.json()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with lab(tmp_path_factory.mktemp("shared")) as engine_lab:
        engine_lab.deploy(engine_lab.add(server()))
        yield engine_lab


@pytest.mark.parametrize("path", ["/", "/me", "/me/", "/me/none", "/you/app"])
def test_what_is_not_there_is_not_found(shared: Lab, path: str) -> None:
    response = shared.http.get(path)
    assert response.status_code == 404
    assert "not found" in response.json()["detail"]


def test_events_arrive_as_they_are_sent(here: Lab) -> None:
    here.deploy(here.add(server()))
    folder = Path(here.get().json()["cwd"])
    with here.http.stream("GET", "/me/app/sse") as response:
        events = response.iter_lines()
        for number in range(3):
            # The app sends the next event only after this one has been seen.
            assert next(line for line in events if line).startswith(f"data: {number} ")
            (folder / f"go{number}").touch()


def test_a_body_is_streamed_to_the_app(here: Lab) -> None:
    here.deploy(here.add(server()))
    sent = here.http.post("/me/app", content=b"x" * 3_000_000)
    assert len(sent.json()["body"]) == 3_000_000


def test_websockets_are_proxied(here: Lab) -> None:
    here.deploy(here.add(pickled(WEBSOCKETS, "serve")), auth_mode="private")
    address = here.url.replace("http", "ws") + "/me/app/talk"
    with connect(address, additional_headers={"authorization": KEY}, subprotocols=[Subprotocol("chat")]) as socket:
        assert socket.subprotocol == "chat"
        socket.send("text")
        assert socket.recv(LIMIT) == "text"
        socket.send(b"\x00\xff")
        assert socket.recv(LIMIT) == b"\x00\xff"
        assert here.live()[0].in_flight == 1
    eventually(lambda: here.live()[0].in_flight == 0)
    with pytest.raises(InvalidStatus) as no_subprotocol:
        connect(address, additional_headers={"authorization": KEY})
    assert no_subprotocol.value.response.status_code == 400
    wanted = [Subprotocol("chat")]
    with connect(address + "?refuse", additional_headers={"authorization": KEY}, subprotocols=wanted) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(LIMIT)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4001, "not now")
    with pytest.raises(InvalidStatus) as refused:
        connect(address)
    assert refused.value.response.status_code == 401


def test_a_caller_that_goes_away_before_its_websocket_is_open_leaves_none_to_the_app(here: Lab, tmp_path: Path) -> None:
    here.deploy(here.add(pickled(WEBSOCKETS, "serve")))
    go = tmp_path / "go"
    handshake = (
        f"GET /me/app/talk?wait={go} HTTP/1.1\r\nhost: here\r\nauthorization: {KEY}\r\nconnection: upgrade\r\n"
        "upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "sec-websocket-protocol: chat\r\n\r\n"
    )
    host, _, port = here.url.rpartition("/")[2].partition(":")
    with create_connection((host, int(port))) as caller:
        caller.sendall(handshake.encode())
        eventually(lambda: "asked" in said(here))
    go.touch()
    eventually(lambda: f"left /talk?wait={go}" in said(here))
    eventually(lambda: here.live()[0].in_flight == 0)


def test_a_websocket_that_the_app_does_not_open_in_time_costs_no_runner(here: Lab, tmp_path: Path) -> None:
    here.deploy(here.add(pickled(WEBSOCKETS, "serve")), request_timeout=0.3)
    address = here.url.replace("http", "ws") + "/me/app/talk"
    wanted = [Subprotocol("chat")]
    with pytest.raises(InvalidStatus) as late:
        connect(f"{address}?wait={tmp_path}/never", additional_headers={"authorization": KEY}, subprotocols=wanted)
    assert late.value.response.status_code == 504
    with connect(address, additional_headers={"authorization": KEY}, subprotocols=wanted) as socket:
        socket.send("again")
        assert socket.recv(LIMIT) == "again"
    assert len(here.engine.runners("me")) == 1


def test_a_runner_that_dies_in_the_middle_is_reported(here: Lab) -> None:
    here.deploy(here.add(server()))
    response = here.get("/crash")
    assert (response.status_code, response.headers["x-fal-error-type"]) == (503, "runner_disconnected")
    assert "runner stopped" in response.json()["detail"]
    assert here.get().status_code == 200


def test_the_request_timeout(here: Lab) -> None:
    here.deploy(here.add(server()), request_timeout=0.3)
    [runner] = here.live()
    response = here.get("/sleep?20")
    assert response.status_code == 504
    assert "request timeout" in response.json()["detail"]
    # What takes too long may go on for ever: another runner takes its place.
    eventually(lambda: runner.runner_id not in {one.runner_id for one in here.live()})


def test_a_websocket_that_is_closed_frees_the_runner_of_its_call(here: Lab) -> None:
    here.deploy(here.add(server()))
    address = str(here.http.base_url).replace("http", "ws", 1).rstrip("/") + "/ws/me/app/sleep?20"
    with connect(address, additional_headers={"authorization": KEY}) as socket:
        socket.send("{}")
        eventually(lambda: here.live()[0].in_flight == 1)
    eventually(lambda: here.live()[0].in_flight == 0)


def test_a_caller_that_goes_away_frees_the_runner(here: Lab) -> None:
    here.deploy(here.add(server()))
    with pytest.raises(httpx.ReadTimeout):
        here.http.get("/me/app/sleep?20", timeout=0.3)
    eventually(lambda: here.live()[0].in_flight == 0)


def test_a_request_waits_no_longer_than_the_app_says(here: Lab) -> None:
    here.deploy(here.add(server()), max_concurrency=1, request_start_timeout=0.3)
    held = here.hold()
    eventually(lambda: here.live()[0].in_flight == 1)
    assert here.get().status_code == 504
    assert held.release().status_code == 200
    here.set(request_start_timeout=0)
    held = here.hold()
    eventually(lambda: here.live()[0].in_flight == 1)
    patient = here.background(here.get)
    eventually(lambda: here.engine.metrics("me")["summary"]["total_queue_size"] == 1)
    assert held.release().status_code == 200
    assert patient.result().status_code == 200, "0 is no limit"


def test_no_more_requests_wait_than_are_worth_it(here: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fal_emulator.model.limits.MOST_WAITING", 1)
    here.deploy(here.add(server()), max_concurrency=1)
    first = here.hold()
    eventually(lambda: here.live()[0].in_flight == 1)
    second = here.hold()
    eventually(lambda: here.engine.metrics("me")["summary"]["total_queue_size"] == 1)
    response = here.get()
    assert response.status_code == 503
    assert "already wait" in response.json()["detail"]
    assert [response.status_code for response in release((first, second))] == [200, 200]


def test_calls_are_refused_while_there_is_more_to_do_than_can_be_done(here: Lab) -> None:
    here.deploy(here.add(server()))

    def statuses() -> set[int]:
        """Call while the event loop is held up for longer than it should ever be."""
        with ThreadPoolExecutor(4) as threads:
            held_up = threads.submit(here.engine._do, lambda: time.sleep(1.5))
            result = {answer.status_code for answer in threads.map(lambda _: here.get(), range(3))}
            held_up.result()
        return result

    eventually(lambda: 503 in statuses())
    eventually(lambda: here.get().status_code == 200)


def test_a_trace_goes_on_from_the_caller_to_the_app(here: Lab) -> None:
    here.deploy(here.add(server()))
    trace, span = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

    def seen(**headers: str) -> list[str]:
        parts: list[str] = here.http.get("/me/app", headers=headers).json()["headers"]["traceparent"].split("-")
        return parts

    went_on = seen(traceparent=f"00-{trace}-{span}-00")
    assert went_on[:2] == ["00", trace] and went_on[3] == "00", "the trace and whether it is recorded are the caller's"
    assert went_on[2] != span and len(went_on[2]) == 16, "the control plane has a span of its own"
    first, second = seen(), seen(traceparent=f"00-{'z' * 32}-{span}-01")
    assert len(first[1]) == len(second[1]) == 32 and first[1] != second[1], "or it begins one"


def test_a_call_is_a_span_where_spans_are_collected(here: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    collected = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(collected))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    here.deploy(here.add(server()))
    caller, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    answer = here.http.post("/me/app/x", headers={"traceparent": f"00-{caller}-{parent}-01"})
    here.get("/crash")
    good, bad = eventually(lambda: len(spans := collected.get_finished_spans()) == 2 and spans)
    context = good.get_span_context()
    assert answer.json()["headers"]["traceparent"] == f"00-{caller}-{context.span_id:016x}-01"
    assert (f"{context.trace_id:032x}", f"{good.parent.span_id:016x}") == (caller, parent)
    assert (good.name, good.kind, good.status.status_code) == ("POST app", trace.SpanKind.SERVER, StatusCode.UNSET)
    assert dict(good.attributes) == {
        "http.request.method": "POST",
        "url.path": "/me/app/x",
        "fal.app": "app",
        "fal.request_id": answer.headers["x-fal-request-id"],
        "fal.runner_id": here.engine.runners("me")[-1].runner_id,
        "http.response.status_code": 200,
    }
    assert (bad.status.status_code, bad.attributes["error.type"], bad.parent) == (StatusCode.ERROR, "503", None)
    assert "runner stopped" in bad.status.description
