"""A server in this process that records what the client sends and answers what a test asks for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import grpc
import pytest
from google.protobuf.message import Message

from fal._gen import rpc
from fal._gen.servicer import IsolateControllerServicer, add_to_server
from fal.api import SyncServerlessClient
from tests.support.facade import Loop, async_client
from tests.support.waiting import LIMIT

KEY = "test-key-id:test-key-secret"

Answer = Message | tuple[grpc.StatusCode, str]


class Events(list[str]):
    """A stream of server-sent events, as text."""


class BreaksOff(bytes):
    """A body of which the second half never comes."""


class Wire:
    """Both wires of the platform. `answers` by RPC name, `documents` by REST path: the status, and JSON, bytes or `Events`.

    Either may be a function: of the request, or of the query. What REST calls ask for is kept in `calls` as their query, and
    what they carry in `bodies`.
    """

    def __init__(self, grpc_port: int, rest_port: int, loop: Loop) -> None:
        self._loop = loop
        self.host = f"http://127.0.0.1:{grpc_port}"
        self.rest_host = f"http://127.0.0.1:{rest_port}"
        self.kind = "sync"
        self.reset()

    def reset(self, kind: str | None = None) -> None:
        self.kind = kind or self.kind
        self.calls: list[tuple[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.answers: dict[str, Answer | Callable[[Any], Answer]] = {}
        self.documents: dict[str, tuple[int, Any]] = {}

    def client(self, **options: Any) -> Any:
        """Make a client of the kind that the test is about."""
        options = {"host": self.host, "rest_host": self.rest_host, "api_key": KEY, **options}
        return SyncServerlessClient(**options) if self.kind == "sync" else async_client(self._loop, **options)

    @property
    def request(self) -> Any:
        """The only request that was sent."""
        ((_, request),) = self.calls
        return request


def _servicer(wire: Callable[[], Wire]) -> IsolateControllerServicer:
    servicer = IsolateControllerServicer()

    def recorder(name: str, response: type[Message]) -> Callable[[Message, grpc.ServicerContext], Message]:
        def answer(request: Message, context: grpc.ServicerContext) -> Message:
            wire().calls.append((name, request))
            wire().headers.append({str(key): str(value) for key, value in context.invocation_metadata()})
            found = wire().answers.get(name, response())
            if callable(found):
                found = found(request)
            if isinstance(found, tuple):
                context.abort(*found)
            assert isinstance(found, Message)
            return found

        return answer

    for method in rpc.METHODS.values():
        if not method.client_streaming and not method.server_streaming:
            setattr(servicer, method.name, recorder(method.name, method.response))
    return servicer


@pytest.fixture(scope="session")
def wire_server() -> Iterator[Wire]:
    found: list[Wire] = []

    class Rest(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            found[0].bodies.append(self.rfile.read(int(self.headers.get("content-length") or 0)))
            found[0].calls.append((path, parse_qs(query) or None))
            found[0].headers.append(dict(self.headers))
            status, document = found[0].documents.get(path, (404, {"detail": "Not Found"}))
            if callable(document):
                document = document(parse_qs(query))
            events = isinstance(document, Events)
            if isinstance(document, bytes):
                content = document
            else:
                content = "".join(document).encode() if events else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "text/event-stream" if events else "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if isinstance(document, BreaksOff) else content)

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = grpc.server(futures.ThreadPoolExecutor(8))
    add_to_server(_servicer(lambda: found[0]), server)
    grpc_port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    http = ThreadingHTTPServer(("127.0.0.1", 0), Rest)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    loop = Loop()
    found.append(Wire(grpc_port, http.server_port, loop))
    yield found[0]
    loop.close()
    http.shutdown()
    thread.join(LIMIT)
    http.server_close()
    server.stop(grace=None).wait(5)


@pytest.fixture(params=["sync", "async"])
def wire(request: pytest.FixtureRequest, wire_server: Wire, clean_environment: None) -> Wire:
    """Both wires, for a client of either kind: each test that looks at a wire runs twice."""
    wire_server.reset(request.param)
    return wire_server


@pytest.fixture
def client(wire: Wire) -> Iterator[Any]:
    with wire.client() as client:
        yield client


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hide the developer's own settings."""
    import os

    for name in list(os.environ):
        if name.startswith(("FAL_", "ISOLATE_")):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("FAL_CONFIG_PATH", str(home / "config.toml"))
    monkeypatch.setenv("FAL_HOME_DIR", str(home))
