"""Servers that record all they are sent, and clients of every kind that hold canaries."""

from __future__ import annotations

import asyncio
import inspect
import json
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc

import fal.api
from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb
from tests.security import canaries
from tests.support.waiting import LIMIT

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Seen:
    """One REST request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Platform:
    """Both wires. `answers` by RPC name, `reply` for REST; everything that comes is recorded."""

    answers: dict[str, Callable[[Any, Any], Any]] = field(default_factory=dict)
    reply: Callable[[Seen], Reply] = lambda _: (200, {}, b"{}")
    calls: list[tuple[str, Any, dict[str, str]]] = field(default_factory=list)
    requests: list[Seen] = field(default_factory=list)
    grpc_port: int = 0
    rest_port: int = 0

    @property
    def hosts(self) -> dict[str, str]:
        return {"host": f"http://127.0.0.1:{self.grpc_port}", "rest_host": f"http://127.0.0.1:{self.rest_port}"}

    def environ(self) -> dict[str, str]:
        return {
            "FAL_GRPC_HOST": f"http://127.0.0.1:{self.grpc_port}",
            "FAL_REST_HOST": f"http://127.0.0.1:{self.rest_port}",
        }

    def unary(self, method: Any) -> Any:
        def handle(request: Any, context: Any) -> Any:
            self.calls.append((method.name, request, {str(k): str(v) for k, v in context.invocation_metadata()}))
            answer = self.answers.get(method.name)
            return method.response() if answer is None else answer(request, context)

        return handle


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return status, {"Content-Type": "application/json", **named}, json.dumps(value).encode()


@contextmanager
def platform(
    *, grpc_credentials: grpc.ServerCredentials | None = None, wrap: Callable[[Any], Any] = lambda sock: sock
) -> Iterator[Platform]:
    """Serve both wires on loopback; with credentials and a wrapper of sockets, over TLS."""
    found = Platform()
    handlers: dict[str, Any] = {
        method.name: grpc.unary_unary_rpc_method_handler(
            found.unary(method), method.request.FromString, method.response.SerializeToString
        )
        for method in rpc.METHODS.values()
        if not method.server_streaming
    }
    server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("controller.IsolateController", handlers),))
    where = "127.0.0.1:0"
    found.grpc_port = (
        server.add_secure_port(where, grpc_credentials) if grpc_credentials else server.add_insecure_port(where)
    )
    server.start()
    try:
        with http_server(lambda seen: found.reply(seen), wrap) as (port, requests):
            found.rest_port, found.requests = port, requests
            yield found
    finally:
        server.stop(None).wait(LIMIT)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many of these tests are about."""


@contextmanager
def http_server(
    reply: Callable[[Seen], Reply], wrap: Callable[[Any], Any] = lambda sock: sock
) -> Iterator[tuple[int, list[Seen]]]:
    """Serve HTTP on loopback; yield the port and what was seen."""
    seen: list[Seen] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append(Seen(self.command, self.path, {k.casefold(): v for k, v in self.headers.items()}, body))
            status, headers, content = reply(seen[-1])
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" not in headers:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = _Quiet(("127.0.0.1", 0), Handler)
    server.socket = wrap(server.socket)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port, seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(LIMIT)


class Driver:
    """A client of either kind behind one face: `do` calls and waits for what is called."""

    def __init__(self, kind: str, options: dict[str, Any]) -> None:
        self._runner = asyncio.Runner() if kind == "async" else None
        try:
            self.client: Any = self.do(lambda _: CLIENTS[kind](**options), made=False)
        except BaseException:
            self._end()
            raise

    def do(self, act: Callable[[Any], Any], *, made: bool = True) -> Any:
        target = self.client if made else None
        if self._runner is None:
            return act(target)

        async def go() -> Any:
            found = act(target)
            return await found if inspect.isawaitable(found) else found

        return self._runner.run(go())

    def close_client(self) -> None:
        self.do(lambda client: (getattr(client, "aclose", None) or client.close)())

    def close(self) -> None:
        try:
            self.close_client()
        finally:
            self._end()

    def _end(self) -> None:
        if self._runner is not None:
            self._runner.close()


CLIENTS: dict[str, Any] = {
    kind: getattr(fal.api, name)
    for kind, name in (("sync", "SyncServerlessClient"), ("async", "AsyncServerlessClient"))
    if name in fal.api.__all__
}


@contextmanager
def driving(kind: str = "sync", **options: Any) -> Iterator[Driver]:
    """Make a client that holds a canary for its key, unless another is given; close it at the end."""
    driver = Driver(kind, {"api_key": canaries.KEY, **options})
    try:
        yield driver
    finally:
        driver.close()


def new_key(_request: Any, _context: Any) -> pb.CreateUserKeyResponse:
    return pb.CreateUserKeyResponse(key_id="id-2", key_secret=canaries.NEW_KEY_SECRET)
