"""Options of a client, hooks, raw responses and traces, on both wires, sync and async."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import pickle
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import grpc
import httpx
import pytest

from fal._gen.proto import controller_pb2 as pb
from fal.api import AsyncServerlessClient, CallEvent, SyncServerlessClient
from fal.exceptions import (
    ConfigurationError,
    ConnectionFailed,
    FalServerlessException,
    InvalidInput,
    InvalidType,
    NotFound,
    Unavailable,
)
from tests.support.facade import Loop, async_client
from tests.support.fake_plane import HELLO, FakePlane
from tests.support.servers import KEY, Handler, Platform

CALLS: dict[str, Callable[[Any], Any]] = {"grpc": lambda c: c.secrets.list(), "http": lambda c: c.files.list()}
METHODS = {"grpc": "ListSecrets", "http": "list_directory"}


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


def client_for(server: Platform) -> SyncServerlessClient:
    return SyncServerlessClient(api_key=KEY, host=server.hosts["host"], rest_host=server.hosts["rest_host"])


def async_client_for(server: Server) -> AsyncServerlessClient:
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
    assert events[3].code == "OK"
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
    with caplog.at_level(logging.ERROR, logger="fal"):
        client.files.list()
    assert "not my day" in caplog.text
    remove()
    client.files.list()
    assert len(events) == 1


def test_what_is_not_a_hook_is_refused(client_of: Callable[..., Any]) -> None:
    async def waits(event: CallEvent) -> None: ...

    client = client_of()
    with pytest.raises(InvalidInput, match="request, response, retry, error"):
        client.on("answer", print)
    for wrong in (waits, None):
        with pytest.raises(InvalidType, match="hook"):
            client.on("request", wrong)


def test_the_log_of_a_call_has_fields(client_of: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="fal"):
        client_of().with_options(request_id="req-1").files.list()
    record = next(record for record in caplog.records if getattr(record, "fal_method", "") == "list_directory")
    assert (record.fal_request_id, record.fal_attempt, record.fal_code, record.fal_wire) == ("req-1", 1, "OK", "http")  # type: ignore[attr-defined]


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


def test_what_has_no_single_response_is_refused(server: Server) -> None:
    with client_for(server) as client:
        raw: Any = client.with_raw_response
        with pytest.raises(InvalidInput, match=r"logs\.stream returns its results one by one"):
            raw.logs.stream("my-app")
        with pytest.raises(AttributeError, match="not a namespace"):
            _ = raw.deploy
        with pytest.raises(AttributeError):
            _ = raw.apps.nothing


@pytest.mark.parametrize("kind", [SyncServerlessClient, AsyncServerlessClient])
def test_each_method_of_one_answer_has_a_raw_response(kind: type[Any]) -> None:
    several = re.compile(r"\b(Async)?(Pager|Iterator|Generator|RunnerShell)\b")
    client = kind(api_key=KEY, host="http://127.0.0.1:1")
    wanted = {}
    for name in vars(kind):
        space = getattr(kind, name)
        result = getattr(client, name) if isinstance(space, property | cached_property) and name[0] != "_" else None
        if type(result).__name__.endswith("Namespace"):
            methods = {key: getattr(type(result), key) for key in dir(type(result)) if not key.startswith("_")}
            one = {key for key, made in methods.items() if callable(made) and not several.search(_answer_of(made))}
            wanted.update({name: one} if one else {})
    raw = client.with_raw_response
    names = [name for name in dir(raw) if not name.startswith("_")]
    assert {name: {key for key in dir(getattr(raw, name)) if not key.startswith("_")} for name in names} == wanted


def _answer_of(method: Any) -> str:
    return str(inspect.signature(method).return_annotation)


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
    sent = {seen["traceparent"].split("-")[2] for seen in server.metadata}
    assert sent == {f"{call.context.span_id:016x}"}
    if client_of is not None and call.parent is not None:  # a call from another thread has none
        assert call.parent.span_id == outer.get_span_context().span_id
    names = {item.name for each in reader.get_metrics_data().resource_metrics[0].scope_metrics for item in each.metrics}
    assert names == {
        "fal.client.retries",
        {"grpc": "rpc.client.call.duration", "http": "http.client.request.duration"}[wire],
    }
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
    assert span.attributes["error.type"] == "Unavailable"


def test_nothing_is_traced_twice(server: Server, traced: tuple[Any, Any, Any]) -> None:
    pytest.importorskip("opentelemetry.instrumentation.grpc")
    pytest.importorskip("opentelemetry.instrumentation.httpx")
    from opentelemetry.instrumentation.grpc import GrpcInstrumentorClient
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

    from fal.otel import instrument

    providers, spans, _ = traced
    kinds: list[Any] = [GrpcInstrumentorClient, HTTPXClientInstrumentor]
    others = [kind() for kind in kinds]
    for other in others:
        other.instrument(tracer_provider=providers["tracer_provider"])
    try:
        with client_for(server) as client:
            instrument(client, **providers)
            client.secrets.list()
            client.files.list()
            with pytest.raises(ConnectionFailed):
                SyncServerlessClient(api_key=KEY, host="http://127.0.0.1:1", max_retries=0).secrets.list()
    finally:
        for other in others:
            other.uninstrument()
    assert [span.name for span in spans.get_finished_spans()][:2] == ["ListSecrets", "list_directory"]
    gc.collect()


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
