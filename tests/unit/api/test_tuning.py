"""Options of a client, hooks, raw responses and traces, on both wires, sync and async."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import pickle
import re
import runpy
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest

import fal.api
from fal._gen.proto import controller_pb2 as pb
from fal.api import AsyncServerlessClient, CallEvent, SyncServerlessClient
from fal.api.raw import RawIterator
from fal.exceptions import (
    ClientClosed,
    ConfigurationError,
    ConnectionFailed,
    FalServerlessException,
    InvalidInput,
    InvalidType,
    MissingExtra,
    NotFound,
    Unavailable,
)
from tests.support.facade import Loop, async_client
from tests.support.fake_plane import HELLO, FakePlane, built, registered
from tests.support.servers import KEY, Handler, Platform
from tests.support.waiting import Background

CALLS: dict[str, Callable[[Any], Any]] = {"grpc": lambda c: c.secrets.list(), "http": lambda c: c.files.list()}
METHODS = {"grpc": "ListSecrets", "http": "list_directory"}
ABOUT: dict[str, dict[str, Any]] = {
    "grpc": {
        "rpc.system.name": "grpc",
        "rpc.method": "controller.IsolateController/ListSecrets",
        "rpc.response.status_code": "OK",
    },
    "http": {"http.request.method": "GET", "http.response.status_code": 200},
}


class Server(Platform):
    """Fails as often as it is told to, then answers; keeps what came along."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0
        self.metadata: list[dict[str, Any]] = []

    def fails(self) -> bool:
        self.failures -= 1
        return self.failures >= 0

    def ListSecrets(self, request: Any, context: grpc.ServicerContext) -> pb.ListSecretsResponse:
        self.metadata.append(dict(context.invocation_metadata()))
        if self.fails():
            context.abort(grpc.StatusCode.UNAVAILABLE, "busy")
        context.set_trailing_metadata((("x-served-by", "one"),))
        return pb.ListSecretsResponse()

    def SetSecret(self, request: Any, context: grpc.ServicerContext) -> pb.SetSecretResponse:
        self.metadata.append(dict(context.invocation_metadata()))
        context.abort(grpc.StatusCode.UNAVAILABLE, "busy")
        raise AssertionError

    def rest(self, handler: Handler) -> None:
        self.metadata.append(handler.asked.headers)
        if self.fails():
            handler.reply_json({"detail": "busy"}, 503)
        else:
            handler.reply_json([], X_Served_By="one")


def client_for(server: Platform, **options: Any) -> SyncServerlessClient:
    hosts = server.hosts
    return SyncServerlessClient(
        api_key=KEY, host=hosts["host"], rest_host=hosts["rest_host"], platform_host=hosts["rest_host"], **options
    )


def async_client_for(server: Platform) -> AsyncServerlessClient:
    return AsyncServerlessClient(api_key=KEY, host=server.hosts["host"], rest_host=server.hosts["rest_host"])


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    result = Loop()
    yield result
    result.close()


@pytest.fixture
def server() -> Iterator[Server]:
    result = Server()
    with result.serving():
        yield result


@pytest.fixture(params=["sync", "async"])
def client_of(request: pytest.FixtureRequest, loop: Loop, server: Server) -> Iterator[Callable[..., Any]]:
    made: list[Any] = []

    def make(**options: Any) -> Any:
        arguments = {"api_key": KEY, **server.hosts, **options}
        made.append(SyncServerlessClient(**arguments) if request.param == "sync" else async_client(loop, **arguments))
        return made[-1]

    yield make
    for client in made:
        client.close()


# ------------------------------------------------------------------------------------------------------------- options


@pytest.mark.parametrize("wire", CALLS)
def test_a_call_is_repeated_as_often_as_it_may(client_of: Callable[..., Any], server: Server, wire: str) -> None:
    for given, attempts in ((0, 1), (1, 2), (7, 8)):
        server.failures, server.metadata = 100, []
        with pytest.raises(Unavailable) as caught:
            CALLS[wire](client_of(timeout=60).with_options(max_retries=given))
        assert caught.value.attempts == len(server.metadata) == attempts
    server.failures, server.metadata = 1, []
    CALLS[wire](client_of(max_retries=1))
    assert len(server.metadata) == 2


def test_no_number_of_retries_repeats_a_write_that_may_have_been_done(
    client_of: Callable[..., Any], server: Server
) -> None:
    with pytest.raises(Unavailable, match="may have been carried out") as caught:
        client_of(max_retries=5).secrets.set("NAME", "value")
    assert len(server.metadata) == 1
    assert not caught.value.retryable


def test_a_write_that_was_never_sent_is_repeated(client_of: Callable[..., Any]) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        client_of(host="http://127.0.0.1:1", max_retries=2, timeout=20).secrets.set("NAME", "value")
    assert caught.value.attempts == 3
    assert caught.value.retryable


@pytest.mark.parametrize("wire", CALLS)
def test_headers_and_the_id_of_a_request_go_along(client_of: Callable[..., Any], server: Server, wire: str) -> None:
    client = client_of(headers={"X-Tenant": "blue", "x-stage": "one"})
    CALLS[wire](client.with_options(headers={"X-Stage": "two"}, request_id="req-1"))
    CALLS[wire](client)
    first, second = server.metadata
    assert (first["x-tenant"], first["x-stage"], first["x-request-id"]) == ("blue", "two", "req-1")
    assert (second["x-tenant"], second["x-stage"]) == ("blue", "one")
    assert second["x-request-id"] != "req-1"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Key stolen"},
        {"auth-key": "stolen"},
        {"Host": "elsewhere"},
        {"grpc-timeout": "1S"},
        {"Upgrade": "h2c"},
        {"expect": "100-continue"},
        {"proxy-authorization": "Basic stolen"},
        {"x-trace-bin": "x"},
        {"x-a": "1", "X-A": "2"},
        {"x-request-id": "mine"},
        {"two words": "x"},
        {"x-line": "a\r\nEvil: b"},
        {"x-ä": "x"},
        {"x": "ä"},
    ],
)
def test_headers_that_are_not_the_users_are_refused(client_of: Callable[..., Any], headers: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="headers") as caught:
        client_of(headers=headers)
    assert "stolen" not in str(caught.value)
    with pytest.raises(InvalidInput, match="headers"):
        client_of().with_options(headers=headers)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"max_retries": -1}, InvalidInput),
        ({"max_retries": 1.5}, InvalidType),
        ({"max_retries": True}, InvalidType),
        ({"headers": [("a", "b")]}, InvalidType),
        ({"headers": {"a": 1}}, InvalidType),
        ({"keepalive": 0}, InvalidInput),
        ({"keepalive": "30"}, InvalidType),
        ({"grpc_options": {"max_length": 1}}, InvalidInput),
        ({"grpc_options": [("grpc.x", 1)]}, InvalidType),
        ({"grpc_options": {"grpc.max_receive_message_length": 2**31}}, InvalidInput),
        *(({option: 10**5000}, InvalidInput) for option in ("timeout", "max_retries", "keepalive")),
        ({"http_transport": object()}, InvalidType),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(
    client_of: Callable[..., Any], options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error, match=next(iter(options))):
        client_of(**options)


def test_an_unknown_option_is_refused_with_the_nearest() -> None:
    for kind in (SyncServerlessClient, AsyncServerlessClient):
        make: Any = kind
        with pytest.raises(TypeError, match=r"no option 'tiemout'.*Did you mean timeout\?") as caught:
            make(api_key=KEY, tiemout=5)
        assert isinstance(caught.value, FalServerlessException)
        with pytest.raises(InvalidType, match="max_retries"):
            make(api_key=KEY).with_options(max_retrys=1)
    client: Any = SyncServerlessClient(api_key=KEY)
    for name in ("plan_deploy", "deploy_events"):
        with pytest.raises(InvalidType, match=f"^{name} has no option 'strategi'. Did you mean strategy?"):
            getattr(client, name)("app.py", strategi="rolling")


@pytest.mark.parametrize("team", [1, "", " "])
def test_a_team_that_is_no_name_is_refused_at_once(client_of: Callable[..., Any], team: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"team: .* is not a name"):
        client_of().with_options(team=team)


def test_an_unknown_argument_of_a_method_is_the_error_of_any_python_function(client_of: Callable[..., Any]) -> None:
    for method in ("deploy", "run"):
        with pytest.raises(TypeError, match="unexpected keyword argument 'app_nam'"):
            getattr(client_of(), method)("app.py", app_nam="x")


def test_headers_are_kept_out_of_sight() -> None:
    client = SyncServerlessClient(api_key=KEY, headers={"x-token": "hush"})
    assert "hush" not in f"{vars(client)}{vars(client._caller)}{client!r}"
    with pytest.raises(TypeError, match="headers"):
        pickle.dumps(client)


def test_an_own_transport_sends_what_goes_over_http(client_of: Callable[..., Any], request: Any) -> None:
    seen: list[str] = []

    def answer(asked: httpx.Request) -> httpx.Response:
        seen.append(f"{asked.method} {asked.url.path} {asked.headers['authorization'][:4]}")
        return httpx.Response(200, json=[])

    client = client_of(rest_host="https://files.example", http_transport=httpx.MockTransport(answer))
    assert client.files.list("/data/models") == []
    assert seen == ["GET /files/list//data/models Key "]


def test_own_options_of_the_channel_count(client_of: Callable[..., Any], server: Server) -> None:
    client_of(grpc_options={"grpc.primary_user_agent": "mine/1"}).secrets.list()
    assert server.metadata[0]["user-agent"].startswith("mine/1")


# --------------------------------------------------------------------------------------------------------------- hooks


@pytest.mark.parametrize("wire", CALLS)
def test_hooks_see_each_event(client_of: Callable[..., Any], server: Server, wire: str) -> None:
    client = client_of()
    events: list[CallEvent] = []
    for kind in ("request", "response", "retry", "error"):
        client.on(kind, events.append)
    server.failures = 1
    CALLS[wire](client.with_options(request_id="req-1"))
    assert [(event.kind, event.attempt) for event in events] == [
        ("request", 1),
        ("retry", 1),
        ("request", 2),
        ("response", 2),
    ]
    assert {(event.method, event.wire, event.request_id) for event in events} == {(METHODS[wire], wire, "req-1")}
    assert events[1].error == "Unavailable"
    assert events[1].pause is not None
    assert events[1].code == ("UNAVAILABLE" if wire == "grpc" else "503")
    assert events[3].code == ("OK" if wire == "grpc" else "200")
    assert 0 <= events[0].elapsed <= events[3].elapsed
    assert KEY.partition(":")[2] not in repr(events)


@pytest.mark.parametrize("wire", CALLS)
def test_hooks_see_the_end_of_a_call_that_fails(client_of: Callable[..., Any], server: Server, wire: str) -> None:
    client = client_of(max_retries=0)
    events: list[CallEvent] = []
    client.on("error", events.append)
    client.on("response", events.append)
    server.failures = 1
    with pytest.raises(Unavailable):
        CALLS[wire](client)
    assert [(event.kind, event.error) for event in events] == [("error", "Unavailable")]


def test_a_hook_can_be_taken_away_and_ends_no_call(
    client_of: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    def fails(event: CallEvent) -> None:
        raise RuntimeError("not my day")

    client = client_of()
    events: list[CallEvent] = []
    client.on("request", fails)
    remove = client.on("request", events.append)
    derived = client.with_options(timeout=30)
    with caplog.at_level(logging.ERROR, logger="fal"):
        client.files.list()
    assert "not my day" in caplog.text
    remove()
    remove()
    client.files.list()
    derived.files.list()
    assert len(events) == 1


@pytest.mark.parametrize("wire", CALLS)
def test_a_call_of_a_closed_client_begins_nothing(client_of: Callable[..., Any], wire: str) -> None:
    client = client_of()
    events: list[CallEvent] = []
    client.on("request", events.append)
    client.close()
    with pytest.raises(ClientClosed):
        CALLS[wire](client)
    assert events == []


@pytest.mark.parametrize("wire", CALLS)
def test_a_call_that_is_interrupted_while_it_waits_has_an_end(server: Server, wire: str) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    with client_for(server) as client:
        events: list[CallEvent] = []
        for kind in ("retry", "error"):
            client.on(kind, events.append)
        client._caller._sleep = interrupted
        server.failures = 1
        with pytest.raises(KeyboardInterrupt):
            CALLS[wire](client)
    assert [(event.kind, event.error) for event in events] == [("retry", "Unavailable"), ("error", "Cancelled")]


def test_a_hook_that_takes_itself_away_is_called_once(client_of: Callable[..., Any], server: Server) -> None:
    client = client_of()
    events: list[CallEvent] = []

    def once(event: CallEvent) -> None:
        events.append(event)
        remove()

    remove = client.on("request", once)
    server.failures = 2
    client.files.list()
    assert [event.attempt for event in events] == [1]


def test_hooks_that_many_threads_add_and_take_away_are_all_there(server: Server) -> None:
    with client_for(server) as client, ThreadPoolExecutor(8) as pool:
        seen: list[CallEvent] = []
        removers = list(pool.map(lambda _: client.on("response", seen.append), range(200)))
        client.files.list()
        assert len(seen) == 200
        list(pool.map(lambda remove: remove(), removers[:150]))
        seen.clear()
        client.files.list()
        assert len(seen) == 50


def test_calls_of_a_hook_are_reported_to_no_hook(server: Server) -> None:
    with client_for(server) as client:
        events: list[CallEvent] = []

        def calls(event: CallEvent) -> None:
            events.append(event)
            client.secrets.list()

        client.on("response", calls)
        client.files.list()
    assert [event.method for event in events] == ["list_directory"]
    assert len(server.metadata) == 2


class OfATeam(Server):
    """Knows whose key it is."""

    def rest(self, handler: Handler) -> None:
        self.metadata.append(handler.asked.headers)
        account = {"user_id": "u", "nickname": "acme", "full_name": "Acme", "is_locked": False, "is_personal": False}
        handler.reply_json(account)


def test_a_hook_may_make_a_call_while_the_team_is_looked_up() -> None:
    server = OfATeam()
    with server.serving(), client_for(server, team="acme") as client:
        methods: list[str] = []

        def calls(event: CallEvent) -> None:
            methods.append(event.method)
            client.secrets.list()

        client.on("response", calls)
        Background(client.secrets.list).result()
    assert methods == ["get_current_user", "ListSecrets"]


def test_what_is_not_a_hook_is_refused(client_of: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    async def waits(event: CallEvent) -> None: ...

    class Waits:
        async def __call__(self, event: CallEvent) -> None: ...

    client = client_of()
    with pytest.raises(InvalidInput, match="request, response, retry, error"):
        client.on("answer", print)
    for wrong in (waits, Waits(), partial(waits), None):
        with pytest.raises(InvalidType, match="hook"):
            client.on("request", wrong)
    client.on("request", lambda event: waits(event))
    with caplog.at_level(logging.ERROR, logger="fal"):
        client.files.list()
    assert "never awaited" in caplog.text


class Streams(Server):
    """Answers a shell with two lines, and a download with as many bytes as it is told to announce."""

    def __init__(self, announced: int = 4) -> None:
        super().__init__()
        self.announced = announced

    def ShellRunner(self, requests: Any, context: grpc.ServicerContext) -> Iterator[pb.ShellRunnerOutput]:
        self.metadata.append(dict(context.invocation_metadata()))
        context.set_trailing_metadata((("x-served-by", "two"),))
        yield pb.ShellRunnerOutput(data=b"a")
        yield pb.ShellRunnerOutput(data=b"b", exit_code=0)

    def rest(self, handler: Handler) -> None:
        self.metadata.append(handler.asked.headers)
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Length", str(self.announced))
        handler.end_headers()
        handler.wfile.write(b"four")


def shell_output(client: Any, pieces: int | None) -> None:
    with client.runners.shell("runner-1", ["ls"], tty=False) as shell, closing(shell.output()) as output:
        for number, _ in enumerate(output, 1):
            if number == pieces:
                return


@pytest.mark.parametrize(
    ("announced", "pieces", "expected"),
    [
        (4, None, [("response", "OK"), ("response", "200")]),
        (9, 1, [("response", "CANCELLED"), ("error", "UNAVAILABLE")]),
    ],
)
def test_a_stream_ends_once_when_all_of_it_was_read(
    tmp_path: Any, announced: int, pieces: int | None, expected: list[tuple[str, str]]
) -> None:
    server = Streams(announced)
    events: list[CallEvent] = []
    with server.serving(), client_for(server) as client:
        client.on("response", events.append)
        client.on("error", events.append)
        shell_output(client, pieces)
        with suppress(FalServerlessException):
            client.files.download("/data/x", tmp_path / "x")
    assert [event.kind for event in events] == [kind for kind, _ in expected]
    assert events[0].code == expected[0][1]
    assert [event.method for event in events] == ["ShellRunner", "download_file"]


def holding(answers: Iterator[Any], context: Any) -> Iterator[Any]:
    """Answer, and keep the stream open until the client leaves."""
    left = threading.Event()
    context.add_callback(left.set)
    yield from answers
    left.wait()


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_stream_has_worked_with_its_last_answer(tmp_path: Any, clean_environment: None, asynchronous: bool) -> None:
    (tmp_path / "app.py").write_text(HELLO)
    plane = FakePlane()
    plane.build = lambda _request, context: holding(built(), context)
    plane.register = lambda _request, context: holding(registered(), context)
    events: list[CallEvent] = []

    async def deploy() -> None:
        async with async_client_for(plane) as client:
            client.on("response", events.append)
            await client.deploy(str(tmp_path / "app.py"), attach_to_deployment=False)

    with plane.serving():
        if asynchronous:
            asyncio.run(deploy())
        else:
            with client_for(plane) as client:
                client.on("response", events.append)
                client.deploy(str(tmp_path / "app.py"), attach_to_deployment=False)
    codes = [(event.method, event.code) for event in events]
    assert codes == [("BuildEnvironment", "OK"), ("RegisterApplication", "OK")]


def test_a_command_on_a_runner_has_worked_with_its_exit_status() -> None:
    class Shells(Streams):
        def ShellRunner(self, requests: Any, context: grpc.ServicerContext) -> Iterator[pb.ShellRunnerOutput]:
            yield from holding(iter([pb.ShellRunnerOutput(data=b"a", exit_code=3, close=True)]), context)

    server = Shells()
    events: list[CallEvent] = []
    with server.serving(), client_for(server) as client:
        client.on("response", events.append)
        assert client.runners.exec("runner-1", ["ls"]).exit_code == 3
    assert [(event.method, event.code) for event in events] == [("ShellRunner", "OK")]


def test_the_log_of_a_call_has_fields(client_of: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="fal"):
        client_of().with_options(request_id="req-1").files.list()
    record = next(record for record in caplog.records if getattr(record, "fal_method", "") == "list_directory")
    assert (record.fal_request_id, record.fal_attempt, record.fal_code, record.fal_wire) == ("req-1", 1, "200", "http")  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------------- raw responses


@pytest.mark.parametrize("wire", CALLS)
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_raw_response_has_what_came_along(server: Server, wire: str, kind: str) -> None:
    server.failures = 1
    if kind == "sync":
        with client_for(server) as client:
            raw = CALLS[wire](client.with_options(request_id="req-1").with_raw_response)
    else:

        async def go() -> Any:
            async with async_client_for(server) as client:
                return await CALLS[wire](client.with_options(request_id="req-1").with_raw_response)

        raw = asyncio.run(go())
    assert raw.parsed == []
    assert raw.status == ("OK" if wire == "grpc" else 200)
    assert raw.headers["x-served-by"] == "one"
    assert (raw.method, raw.request_id, raw.attempts, len(raw.calls)) == (METHODS[wire], "req-1", 2, 1)
    assert raw.elapsed.total_seconds() > 0


def test_results_that_come_one_by_one_have_a_response_for_each_page(server: Server) -> None:
    pages = iter(
        [{"keys": [], "has_more": True, "next_cursor": "1"}, {"keys": [], "has_more": False, "next_cursor": None}]
    )
    server.rest = lambda handler: handler.reply_json(next(pages))  # type: ignore[method-assign]
    with client_for(server) as client:
        raw = client.with_raw_response.keys.details()
        assert list(raw.calls) == []
        with pytest.raises(InvalidInput, match="have to be read"):
            _ = raw.status
        assert list(raw.parsed) == []
        assert [call.method for call in raw.calls] == ["list_api_keys", "list_api_keys"]
        assert raw.status == 200


def test_streams_have_raw_responses_when_they_have_ended(tmp_path: Any) -> None:
    server = Streams()
    with server.serving(), client_for(server) as client:
        raw = client.with_raw_response.files.download("/data/x", tmp_path / "x")
        assert (raw.status, raw.headers["content-length"], len(raw.calls)) == (200, "4", 1)
        done = client.with_raw_response.runners.exec("runner-1", ["ls"])
        assert (done.status, done.headers["x-served-by"], done.parsed.stdout) == ("OK", "two", b"ab")


def test_a_method_that_makes_no_call_has_no_response(client_of: Callable[..., Any], clean_environment: None) -> None:
    raw = SyncServerlessClient(api_key=KEY).with_raw_response.teams.unset()
    assert list(raw.calls) == []
    with pytest.raises(InvalidInput, match="nothing has been answered"):
        _ = raw.headers
    with pytest.raises(AttributeError, match="not a namespace"):
        _ = client_of().with_raw_response.deploy
    with pytest.raises(AttributeError):
        _ = client_of().with_raw_response.apps.nothing


@pytest.mark.parametrize("kind", [SyncServerlessClient, AsyncServerlessClient])
def test_each_method_of_each_namespace_has_a_raw_response(kind: type[Any]) -> None:
    client = kind(api_key=KEY, host="http://127.0.0.1:1")
    raw = client.with_raw_response
    one_by_one = re.compile(r"\b(Async)?(Pager|Iterator|Generator|RunnerShell)\b")
    for name in vars(kind):
        space = getattr(client, name) if isinstance(getattr(kind, name), property) and name[0] != "_" else None
        if not type(space).__name__.endswith("Namespace"):
            continue
        methods = {key for key in dir(type(space)) if not key.startswith("_") and callable(getattr(space, key))}
        given = vars(type(getattr(raw, name)))
        assert {key for key in given if not key.startswith("_")} == methods
        for key in methods:
            answer = str(inspect.signature(getattr(space, key)).return_annotation)
            assert isinstance(given[key], RawIterator) == bool(one_by_one.search(answer)), (name, key)


# -------------------------------------------------------------------------------------------------------------- traces


@pytest.fixture
def traced() -> Iterator[tuple[Any, Any, Any]]:
    """Return where spans and metrics go, and what was traced."""
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans, reader, provider = InMemorySpanExporter(), InMemoryMetricReader(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    yield {"tracer_provider": provider, "meter_provider": MeterProvider([reader])}, spans, reader
    provider.shutdown()


@pytest.mark.parametrize("wire", CALLS)
def test_a_call_is_a_span_and_travels_on(
    client_of: Callable[..., Any], server: Server, traced: tuple[Any, Any, Any], wire: str
) -> None:
    from fal.otel import instrument

    providers, spans, reader = traced
    client = client_of()
    stop = instrument(client, **providers)
    server.failures = 1
    with providers["tracer_provider"].get_tracer("mine").start_as_current_span("outer") as outer:
        CALLS[wire](client)
    call = next(span for span in spans.get_finished_spans() if span.name == METHODS[wire])
    assert [event.name for event in call.events] == ["attempt", "retry", "attempt"]
    assert call.attributes["fal.attempts"] == 2
    port = server.grpc_port if wire == "grpc" else server.rest_port
    about = {"fal.method": METHODS[wire], "server.address": "127.0.0.1", "server.port": port, **ABOUT[wire]}
    assert {name: call.attributes[name] for name in about} == about
    sent = {seen["traceparent"].split("-")[2] for seen in server.metadata}
    assert sent == {f"{call.context.span_id:016x}"}
    if client_of is not None and call.parent is not None:  # a call from another thread has none
        assert call.parent.span_id == outer.get_span_context().span_id
    measured = {
        item.name: item.data.data_points[0]
        for each in reader.get_metrics_data().resource_metrics[0].scope_metrics
        for item in each.metrics
    }
    duration = measured.pop({"grpc": "rpc.client.call.duration", "http": "http.client.request.duration"}[wire])
    assert dict(duration.attributes) == about
    assert (duration.explicit_bounds[0], duration.explicit_bounds[-1]) == (0.005, 10)
    retries = measured.pop("fal.client.retries")
    assert not measured
    assert (retries.value, retries.attributes["error.type"]) == (1, "UNAVAILABLE" if wire == "grpc" else "503")
    stop()
    spans.clear()
    CALLS[wire](client)
    assert "traceparent" not in server.metadata[-1]
    assert not [span for span in spans.get_finished_spans() if span.name == METHODS[wire]]


def test_the_span_of_a_call_that_fails_says_so(server: Server, traced: tuple[Any, Any, Any]) -> None:
    from fal.otel import instrument

    providers, spans, _ = traced
    with client_for(server) as client:
        instrument(client, **providers)
        server.failures = 1
        with pytest.raises(Unavailable):
            client.with_options(max_retries=0).secrets.list()
    (span,) = spans.get_finished_spans()
    assert not span.status.is_ok
    assert (span.attributes["error.type"], span.status.description) == ("UNAVAILABLE", "Unavailable")


@pytest.fixture
def instrumented(traced: tuple[Any, Any, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Trace grpc and httpx with their standard instrumentations, as if there were a global provider."""
    pytest.importorskip("opentelemetry.instrumentation.grpc")
    pytest.importorskip("opentelemetry.instrumentation.httpx")
    from opentelemetry import trace
    from opentelemetry.instrumentation.grpc import GrpcAioInstrumentorClient, GrpcInstrumentorClient
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

    monkeypatch.setattr(trace, "get_tracer_provider", lambda: traced[0]["tracer_provider"])
    kinds: list[Any] = [GrpcInstrumentorClient, GrpcAioInstrumentorClient, HTTPXClientInstrumentor]
    others = [kind() for kind in kinds]
    for other in others:
        other.instrument()
    yield
    for other in others:
        other.uninstrument()
    gc.collect()


def names_of(spans: Any) -> list[str]:
    names = [span.name for span in spans.get_finished_spans()]
    spans.clear()
    return names


@pytest.mark.usefixtures("instrumented")
def test_nothing_is_traced_twice(traced: tuple[Any, Any, Any], tmp_path: Any) -> None:
    from fal.otel import instrument

    providers, spans, _ = traced
    server = Streams()
    with server.serving(), client_for(server) as client:
        client.secrets.list()
        shell_output(client, 1)
        client.files.download("/data/x", tmp_path / "x")
        others = ["/controller.IsolateController/ListSecrets", "/controller.IsolateController/ShellRunner", "GET"]
        assert names_of(spans) == others, "beside the standard instrumentations alone"
        instrument(client, **providers)
        client.secrets.list()
        shell_output(client, 1)
        client.files.download("/data/x", tmp_path / "y")
        assert names_of(spans) == ["ListSecrets", "ShellRunner", "download_file"]
        sent = {seen["traceparent"].split("-")[1] for seen in server.metadata[-3:]}
        assert len(sent) == 3


@pytest.mark.usefixtures("instrumented")
def test_nothing_is_traced_twice_on_an_event_loop(traced: tuple[Any, Any, Any], tmp_path: Any) -> None:
    from fal.otel import instrument

    providers, spans, _ = traced
    server = Streams()

    async def go() -> None:
        async with async_client_for(server) as client:
            instrument(client, **providers)
            await client.secrets.list()
            await client.runners.exec("runner-1", ["ls"])
            await client.files.download("/data/x", tmp_path / "x")

    with server.serving():
        asyncio.run(go())
    assert names_of(spans) == ["ListSecrets", "ShellRunner", "download_file"]


@pytest.mark.usefixtures("instrumented", "clean_environment")
def test_an_async_deploy_leaves_the_contexts_that_it_entered(tmp_path: Any, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "app.py").write_text(HELLO)
    plane = FakePlane()

    async def deploy() -> None:
        async with async_client_for(plane) as client:
            await client.deploy(str(tmp_path / "app.py"))

    with plane.serving():
        asyncio.run(deploy())
    assert [record.getMessage() for record in caplog.records if record.name.startswith("opentelemetry")] == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"client": None}, "client: a NoneType"),
        ({"client": "host"}, "client: a str"),
        ({"tracer_provider": "otlp"}, "tracer_provider: a str"),
        ({"meter_provider": 5}, "meter_provider: a int"),
    ],
)
def test_what_cannot_be_traced_is_refused(server: Server, wrong: dict[str, Any], says: str) -> None:
    pytest.importorskip("opentelemetry")
    from fal.otel import instrument

    with client_for(server) as client, pytest.raises(InvalidType, match=says):
        instrument(**{"client": client, **wrong})


def test_an_interface_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = pytest.importorskip("opentelemetry.metrics")
    monkeypatch.setattr(metrics.Meter, "create_histogram", lambda self, name: None)
    with pytest.raises(MissingExtra, match=r"older than 1\.30"):
        runpy.run_path(str(Path(fal.api.__file__).parents[1] / "otel.py"))


def test_no_global_provider_is_set(traced: tuple[Any, Any, Any]) -> None:
    from opentelemetry import metrics, trace

    from fal.otel import instrument

    before = trace.get_tracer_provider(), metrics.get_meter_provider()
    instrument(SyncServerlessClient(api_key=KEY))
    assert (trace.get_tracer_provider(), metrics.get_meter_provider()) == before


def test_the_phases_of_a_deploy_are_spans_below_it_with_their_calls_below_them(
    traced: tuple[Any, Any, Any], tmp_path: Any, clean_environment: None
) -> None:
    from fal.otel import instrument

    providers, spans, _ = traced
    (tmp_path / "app.py").write_text(HELLO)
    plane = FakePlane()
    with plane.serving(), client_for(plane) as client:
        instrument(client, **providers)
        client.deploy(str(tmp_path / "app.py"))
    result = {span.name: span for span in spans.get_finished_spans()}
    above = {name: span.parent and span.parent.span_id for name, span in result.items()}
    at = {name: span.context.span_id for name, span in result.items()}
    assert above == {
        "deploy": None,
        **dict.fromkeys(("prepare", "upload", "build", "register"), at["deploy"]),
        "BuildEnvironment": at["build"],
        "RegisterApplication": at["register"],
    }
    assert all(span.status.status_code.name != "ERROR" for span in result.values())
    assert result["deploy"].attributes["fal.app"] == "hello-world"
    ends = [result[name].end_time for name in ("prepare", "upload", "build", "register", "deploy")]
    assert ends == sorted(ends)


def test_an_unknown_app_is_an_error_in_the_trace_of_a_deploy(
    server: Server, traced: tuple[Any, Any, Any], tmp_path: Any
) -> None:
    from fal.otel import instrument

    providers, spans, _ = traced
    with client_for(server) as client:
        instrument(client, **providers)
        with pytest.raises((FalServerlessException, NotFound)):
            client.deploy(str(tmp_path / "nothing.py"))
    result = {span.name: span for span in spans.get_finished_spans()}
    assert {"deploy", "prepare"} <= set(result)
    assert result["prepare"].parent.span_id == result["deploy"].context.span_id
    assert not result["deploy"].status.is_ok
