"""A server in this process that records what the client sends and answers what a test asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import grpc
import pytest
from google.protobuf.message import Message

from fal.api import SyncServerlessClient
from tests.support.facade import Loop, async_client
from tests.support.servers import Handler, Platform

KEY = "test-key-id:test-key-secret"

Answer = Message | tuple[grpc.StatusCode, str]


class Events(list[str]):
    """A stream of server-sent events, as text."""


class BreaksOff(bytes):
    """A body of which the second half never comes."""


class Wire(Platform):
    """Both wires of the platform. `answers` by RPC name, `documents` by REST path: the status, and JSON, bytes or `Events`.

    Either may be a function: of the request, or of the query. What REST calls ask for is kept in `calls` as their query, and
    what they carry in `bodies`.
    """

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self._loop = loop
        self.kind = "sync"
        self.reset()

    def reset(self, kind: str | None = None) -> None:
        self.kind = kind or self.kind
        self.calls: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.answers: dict[str, Answer | Callable[[Any], Answer]] = {}
        self.documents: dict[str, tuple[int, Any]] = {}

    @property
    def host(self) -> str:
        return self.hosts["host"]

    @property
    def rest_host(self) -> str:
        return self.hosts["rest_host"]

    def client(self, **options: Any) -> Any:
        """Make a client of the kind that the test is about."""
        options = {**self.hosts, "platform_host": f"{self.rest_host}/v1", "api_key": KEY, **options}
        return SyncServerlessClient(**options) if self.kind == "sync" else async_client(self._loop, **options)

    @property
    def request(self) -> Any:
        """The only request that was sent."""
        ((_, request),) = self.calls
        return request

    def answer(self, method: Any, request: Any, context: grpc.ServicerContext) -> Any:
        *_, (name, _, metadata) = self.calls
        self.calls[-1] = (name, request)
        self.headers.append(metadata)
        result = self.answers.get(name, method.response())
        if callable(result):
            result = result(request)
        if isinstance(result, tuple):
            context.abort(*result)
        return result

    def rest(self, handler: Handler) -> None:
        asked = handler.asked
        query = parse_qs(asked.target.partition("?")[2])
        self.bodies.append(asked.body)
        self.calls.append((asked.path, query or None))
        self.headers.append(asked.headers)
        status, document = self.documents.get(asked.path, (404, {"detail": "Not Found"}))
        if callable(document):
            document = document(query)
        if isinstance(document, BreaksOff):
            handler.begin(status, Content_Length=str(len(document)))
            handler.wfile.write(document[: len(document) // 2])
            handler.close_connection = True
        elif isinstance(document, bytes):
            handler.reply(status, document, Content_Type="application/json")
        elif isinstance(document, Events):
            handler.reply(status, "".join(document).encode(), Content_Type="text/event-stream")
        else:
            handler.reply_json(document, status)


@pytest.fixture(scope="session")
def wire_server() -> Iterator[Wire]:
    loop = Loop()
    result = Wire(loop)
    with result.serving():
        yield result
    loop.close()


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
