"""Real servers on loopback, in process, on ephemeral ports."""

from __future__ import annotations

import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc

from fal._gen import servicer
from tests.support.waiting import LIMIT

KEY = "id-1:topsecret"


@contextmanager
def serving(
    handler: servicer.IsolateControllerServicer, port: int = 0, *, chain: Path | None = None, threads: int = 8
) -> Iterator[int]:
    """Serve gRPC on loopback, over TLS when there is a file with a key and its certificates; yield the port."""
    server = grpc.server(futures.ThreadPoolExecutor(threads), options=[("grpc.so_reuseport", 0)])
    servicer.add_to_server(handler, server)
    where = f"127.0.0.1:{port}"
    if chain is None:
        bound = server.add_insecure_port(where)
    else:
        pair = (chain.read_bytes(), chain.read_bytes())
        bound = server.add_secure_port(where, grpc.ssl_server_credentials([pair]))
    server.start()
    try:
        yield bound
    finally:
        server.stop(None).wait(LIMIT)


Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: Answer
    seen: list[dict[str, Any]]
    asked: dict[str, Any]

    def _do(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            return  # the client hung up in the middle of its request
        self.asked = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
        self.seen.append(self.asked)
        type(self).answer(self)

    do_GET = do_POST = do_PUT = do_DELETE = _do

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    """Says nothing of clients that hang up: in many tests that is what is tested."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def http_serving(answer: Answer, *, chain: Path | None = None) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Serve HTTP on loopback with `answer`, over TLS as `serving` does; yield the port and what was seen."""
    seen: list[dict[str, Any]] = []
    kind = type("Bound", (Handler,), {"answer": staticmethod(answer), "seen": seen})
    server = Quiet(("127.0.0.1", 0), kind)
    if chain is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port, seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(LIMIT)
