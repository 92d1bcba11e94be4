"""Apps are called: over their queues, piece by piece, and by handles; by both clients."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import fal
import fal_emulator
from fal import exceptions
from fal.api import SyncServerlessClient
from fal.api._app_requests import Completed, InProgress, Queued
from tests.support.facade import Loop, async_client
from tests.support.waiting import eventually
from tests.unit.api.conftest import Events, Wire

pytestmark = [pytest.mark.timeout(120)]

APP = """
import asyncio, json
import fal
from fal.exceptions import FieldException
from pydantic import BaseModel

class Input(BaseModel):
    number: int = 1

class Doubling(fal.App, max_multiplexing=4):
    @fal.endpoint("/")
    def double(self, input: Input) -> dict:
        print("DOUBLING", flush=True)
        if input.number < 0:
            raise FieldException("number", "is negative")
        return {"result": 2 * input.number}

    @fal.endpoint("/busy")
    def refuse(self) -> dict:
        from fal.exceptions import AppException

        raise AppException("busy", 418)

    @fal.endpoint("/stream")
    def count(self, input: Input):
        for number in range(input.number):
            yield {"number": number}
        if input.number < 0:
            raise ValueError("is negative")

    @fal.endpoint("/long")
    async def wait(self) -> dict:
        await asyncio.sleep(3600)
"""


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fal_emulator.Plane]:
    file = tmp_path_factory.mktemp("app") / "doubling.py"
    file.write_text(APP)
    with fal_emulator.start(isolation="inline") as started, started.client() as client:
        client.deploy(file)
        yield started


@pytest.fixture(params=["sync", "async"])
def apps(request: pytest.FixtureRequest, plane: fal_emulator.Plane) -> Iterator[Any]:
    """The namespace of either client."""
    loop = Loop()
    options: Any = {"host": plane.host, "api_key": plane.key}
    made = SyncServerlessClient(**options) if request.param == "sync" else async_client(loop, **options)
    with made as client:
        yield client.apps
    loop.close()


@pytest.mark.parametrize("app", ["doubling", "local/doubling", "/local/doubling/"])
def test_an_app_is_run_by_its_name(apps: Any, app: str) -> None:
    assert apps.run(app, {"number": 4}) == {"result": 8}


def test_progress_is_reported(apps: Any) -> None:
    seen: list[Any] = []
    taken: list[str] = []
    told: Any = {"on_enqueue": taken.append, "on_queue_update": seen.append}
    assert apps.subscribe("doubling", {}, with_logs=True, **told) == {"result": 2}
    assert apps.result("doubling", *taken) == {"result": 2}
    assert isinstance(seen[-1], Completed)
    assert {type(one) for one in seen} <= {Queued, InProgress, Completed}
    # The lines of a runner travel by themselves, and may arrive after its answer.
    handle = apps.submit("doubling", {})
    assert handle.get() == {"result": 2}
    eventually(lambda: any("DOUBLING" in line["message"] for line in handle.status(logs=True).logs or []))


def test_a_handle_follows_its_request(apps: Any) -> None:
    handle = apps.submit("local/doubling", {"number": 2})
    assert handle.app == "local/doubling"
    assert isinstance(list(handle.iter_events())[-1], Completed)
    assert handle.get() == handle.fetch_result() == {"result": 4}
    assert isinstance(handle.status(), Completed)
    assert apps.result("doubling", handle.request_id) == {"result": 4}
    assert isinstance(apps.status("doubling", handle.request_id), Completed)


def test_a_request_that_takes_too_long_can_be_cancelled(apps: Any) -> None:
    handle = apps.submit("doubling", {}, path="/long")
    with pytest.raises(exceptions.DeadlineExceeded, match=rf"{handle.request_id}.*It goes on, and client.apps.result"):
        handle.get(timeout=0.2)
    handle.cancel()


def test_an_error_of_the_app_is_one_of_the_tree(apps: Any) -> None:
    with pytest.raises(exceptions.InvalidArgument, match="is negative") as raised:
        apps.run("doubling", {"number": -1})
    assert raised.value.http_status == 422
    with pytest.raises(exceptions.FalServerlessException, match="busy") as refused:
        apps.run("doubling", {}, path="/busy")
    assert refused.value.http_status == 418
    with pytest.raises(exceptions.NotFound):
        apps.run("no-such-app", {})


def test_pieces_come_one_by_one(apps: Any) -> None:
    assert list(apps.stream("doubling", {"number": 3})) == [{"number": number} for number in range(3)]


def test_a_stream_whose_app_fails_says_where_the_reason_is(apps: Any) -> None:
    with pytest.raises(exceptions.Unavailable, match=r"failed in the middle.*client\.logs\.history"):
        list(apps.stream("doubling", {"number": -1}))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda apps: apps.run("doubling", [1]), "arguments must be a dict, not list"),
        (lambda apps: apps.run("doubling", {"a": {1}}), "cannot be sent as JSON"),
        (lambda apps: apps.run("doubling", {"a": float("nan")}), "cannot be sent as JSON"),
        (lambda apps: apps.run("doubling", {"a": ["\ud800"]}), "arguments: cannot be sent as JSON"),
        (lambda apps: apps.run("doubling", {}, path="../other"), "^path: .* is not a path below an app"),
        (lambda apps: apps.run("../doubling", {}), "^app: .* is not a path below an app"),
        (lambda apps: apps.run("me/doubling?a=b", {}), "^app: .* is not a path below an app"),
        (lambda apps: apps.run("a b/doubling", {}), "app='a b' contains whitespace"),
        (lambda apps: apps.run("//", {}), "app is empty"),
        (lambda apps: apps.run("doubling", {}, path=1), "path must be a str"),
        (lambda apps: apps.run("doubling", {}, timeout=0), "not a positive number"),
        (lambda apps: apps.run("", {}), "app"),
        (lambda apps: apps.submit(None, {}), "app"),
        (lambda apps: apps.run("http://127.0.0.1:3250/local/doubling/", {}), "is an address; pass the name of the app"),
        (lambda apps: apps.submit("doubling", {}, webhook_url="example.com/hook"), "webhook_url is not an address"),
        (lambda apps: apps.submit("doubling", {}, webhook_url=1), "webhook_url must be a str"),
        (lambda apps: apps.status("doubling", ""), "request_id"),
        (lambda apps: list(apps.stream("doubling", 5)), "arguments must be a dict"),
    ],
)
def test_what_cannot_be_sent_is_refused_before(apps: Any, call: Callable[[Any], Any], said: str) -> None:
    with pytest.raises((exceptions.InvalidInput, exceptions.InvalidType), match=said):
        call(apps)


def test_what_goes_over_the_wire(wire: Wire) -> None:
    request_id = {"request_id": "r-1"}
    wire.documents = {
        "/users/current": (200, {"nickname": "me", "user_id": "u", "full_name": "", "is_personal": True}),
        "/queue/me/my-app--staging/a%20b": (200, request_id),
        "/queue/me/my-app/requests/r-1/status": (200, {"status": "COMPLETED", "error": "it broke", "error_type": "E"}),
        "/queue/me/my-app/requests/r-1": (500, {"detail": "it broke"}),
        "/queue/workflows/me/flow": (200, request_id),
        "/queue/workflows/me/flow/requests/r-1": (200, {"done": 1}),
        "/me/my-app/stream": (200, Events(['data: {"a": 1}\n\n', "data: plain\n\n"])),
    }
    with wire.client(run_host=wire.rest_host) as client:
        assert client.apps.submit("my-app", {"x": 1}, path="a b", environment_name="staging").request_id == "r-1"
        assert json.loads(wire.bodies[-1]) == {"x": 1}
        assert wire.calls[-1][1] is None
        client.apps.submit("workflows/me/flow", {}, webhook_url="https://example.com/hook?to=me&a=b")
        assert wire.calls[-1][1] == {"fal_webhook": ["https://example.com/hook?to=me&a=b"]}
        assert client.apps.status("my-app", "r-1", logs=True) == Completed(None, "it broke", "E")
        assert wire.calls[-1] == ("/queue/me/my-app/requests/r-1/status", {"logs": ["1"]})
        with pytest.raises(exceptions.Internal, match="it broke"):
            client.apps.result("my-app", "r-1")
        assert client.apps.submit("workflows/me/flow", {}).fetch_result() == {"done": 1}
        assert list(client.apps.stream("my-app", {})) == [{"a": 1}, b"plain"]
    asked = [path for path, _ in wire.calls]
    assert asked.count("/users/current") == 1
    assert all(sent.get("authorization", "").startswith("Key ") for sent in wire.headers)


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        (503, exceptions.Unavailable, "client.logs.history('my-app', request_id='r-1')"),
        (504, exceptions.DeadlineExceeded, "client.apps.scale('my-app', request_timeout=SECONDS)"),
        (422, exceptions.InvalidArgument, None),
    ],
)
def test_what_a_failed_app_answered_is_read_once(wire: Wire, status: int, kind: type[Exception], advice: Any) -> None:
    wire.documents = {
        "/queue/me/my-app": (200, {"request_id": "r-1"}),
        "/queue/me/my-app/requests/r-1/status": (200, {"status": "COMPLETED", "error": "it broke"}),
        "/queue/me/my-app/requests/r-1": (status, {"detail": "it broke"}),
    }
    with wire.client(run_host=wire.rest_host) as client, pytest.raises(kind, match="it broke") as raised:
        client.apps.run("me/my-app", {})
    error: Any = raised.value
    assert (error.request_id, error.attempts) == ("r-1", 1)
    assert advice in error.hint if advice else error.hint is None


def test_a_queue_that_answers_nonsense_is_reported(wire: Wire) -> None:
    wire.documents = {
        "/queue/me/app": (200, {"status": "IN_QUEUE"}),
        "/queue/me/app/requests/r/status": (200, {"status": "DREAMING"}),
    }
    with wire.client(run_host=wire.rest_host) as client:
        with pytest.raises(exceptions.DataLoss, match="no request_id"):
            client.apps.submit("me/app", {})
        with pytest.raises(exceptions.DataLoss, match="unknown status"):
            client.apps.status("me/app", "r")


@pytest.fixture
def settings(plane: fal_emulator.Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the settings of this process at the control plane."""
    for name, value in plane.env().items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("settings")
def test_a_script_calls_apps_without_a_client() -> None:
    seen: list[Any] = []
    assert fal.apps.run("doubling", {"number": 4}) == {"result": 8}
    assert fal.apps.subscribe("doubling", {}, on_queue_update=seen.append) == {"result": 2}
    assert isinstance(seen[-1], fal.apps.Completed)
    assert list(fal.apps.stream("doubling", {"number": 2}, path="/stream")) == [{"number": 0}, {"number": 1}]
    with pytest.raises(
        exceptions.DataLoss, match=r"instead of a stream.*does not stream is called with client\.apps\.run"
    ):
        list(fal.apps.stream("doubling", {"number": 2}))
    handle = fal.apps.submit("local/doubling", {"number": 3})
    assert handle.get() == {"result": 6} == fal.apps.result("doubling", handle.request_id)
    assert isinstance(fal.apps.status("doubling", handle.request_id), fal.apps.Completed)
    waiting = fal.apps.submit("doubling", {}, path="/long")
    fal.apps.cancel("doubling", waiting.request_id)
    with pytest.raises(exceptions.FalServerlessException) as cancelled:
        waiting.get()
    assert cancelled.value.http_status == 499


@pytest.mark.usefixtures("settings")
def test_a_script_calls_apps_from_its_loop() -> None:
    async def main() -> None:
        assert await fal.apps.run_async("doubling", {"number": 4}) == {"result": 8}
        assert await fal.apps.subscribe_async("doubling", {}) == {"result": 2}
        pieces = fal.apps.stream_async("doubling", {"number": 1}, path="/stream")
        assert [piece async for piece in pieces] == [{"number": 0}]
        handle = await fal.apps.submit_async("doubling", {"number": 3})
        assert await handle.get() == {"result": 6} == await fal.apps.result_async("doubling", handle.request_id)
        assert isinstance(await fal.apps.status_async("doubling", handle.request_id), fal.apps.Completed)
        waiting = await fal.apps.submit_async("doubling", {}, path="/long")
        await fal.apps.cancel_async("doubling", waiting.request_id)
        with pytest.raises(exceptions.FalServerlessException) as cancelled:
            await waiting.get()
        assert cancelled.value.http_status == 499

    asyncio.run(main())


@pytest.mark.usefixtures("settings")
def test_calls_go_over_one_websocket() -> None:
    with fal.apps.ws("doubling") as connection:
        for number in (1, 2):
            connection.send({"number": number})
        assert [json.loads(connection.recv()) for _ in range(2)] == [{"result": 2}, {"result": 4}]
        with pytest.raises(exceptions.InvalidArgument, match="is negative") as raised:
            connection.run({"number": -1})
        assert raised.value.http_status == 422
        assert json.loads(connection.run({"number": 5})) == {"result": 10}
        with pytest.raises(exceptions.InvalidType):
            connection.send([])  # type: ignore[arg-type]
    with fal.apps.ws("local/doubling", path="/stream") as connection:
        connection.send({"number": 3})
        assert b"".join(connection.stream()).count(b"data: ") == 3
        with pytest.raises(exceptions.NotFound), fal.apps.ws("local/doubling", path="/nowhere") as nowhere:
            nowhere.run({})
    with pytest.raises(exceptions.NotFound), fal.apps.ws("local/no-such-app"):
        pass


@pytest.mark.usefixtures("settings")
def test_a_websocket_that_is_refused_shows_no_key(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FAL_KEY", "not-a-key:not-its-secret")
    with caplog.at_level("DEBUG"), pytest.raises(exceptions.Unauthenticated) as raised, fal.apps.ws("local/doubling"):
        pass
    assert "not-its-secret" not in caplog.text + str(raised.value)


@pytest.mark.usefixtures("settings")
def test_variables_that_change_make_another_client(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fal.apps.run("doubling", {}) == {"result": 2}
    monkeypatch.setenv("FAL_KEY", "no:key")
    with pytest.raises(exceptions.Unauthenticated):
        fal.apps.run("local/doubling", {})
