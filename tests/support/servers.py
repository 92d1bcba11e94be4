"""Real servers on loopback, in this process, on free ports: one for each wire, one for both, and one that speaks bytes."""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import grpc

from fal._gen import rpc, servicer
from fal._gen.method import Method
from tests.support.waiting import LIMIT

KEY = "id-1:topsecret"

# --------------------------------------------------------------------------------------------------------------- gRPC


class Call(NamedTuple):
    """One RPC, as it came."""

    name: str
    request: Any
    metadata: dict[str, str]


class Rpcs(grpc.GenericRpcHandler):
    """Takes every RPC of the wire, and keeps it in `calls`. What answers is a method of the RPC's name, or nothing special."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def answer(self, method: Method[Any, Any], request: Any, context: grpc.ServicerContext) -> Any:
        """Return the message that answers a call, or the messages when it is a stream."""
        named = getattr(self, method.name, None)
        if named is not None:
            return named(request, context)
        return () if method.server_streaming else method.response()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        method = rpc.METHODS.get(handler_call_details.method.rpartition("/")[2])
        if method is None:
            return None

        def one(request: Any, context: grpc.ServicerContext) -> Any:
            metadata = {str(key): str(value) for key, value in context.invocation_metadata()}
            self.calls.append(Call(method.name, request, metadata))
            return self.answer(method, request, context)

        def many(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            yield from one(request, context)

        behaviour: Any = many if method.server_streaming else one
        of_kind: Any = (
            grpc.unary_stream_rpc_method_handler if method.server_streaming else grpc.unary_unary_rpc_method_handler
        )
        if method.client_streaming:  # the request is then an iterator
            of_kind = grpc.stream_stream_rpc_method_handler
        return of_kind(behaviour, method.request.FromString, method.response.SerializeToString)


@contextmanager
def serving(
    handler: servicer.IsolateControllerServicer | grpc.GenericRpcHandler,
    port: int = 0,
    *,
    chain: Path | None = None,
    threads: int = 16,
) -> Iterator[int]:
    """Serve gRPC on loopback, over TLS when there is a file with a key and its certificates; yield the port."""
    pool = futures.ThreadPoolExecutor(threads)
    server = grpc.server(pool, options=[("grpc.so_reuseport", 0)])
    if isinstance(handler, grpc.GenericRpcHandler):
        server.add_generic_rpc_handlers((handler,))
    else:
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
        pool.shutdown(wait=False)


# --------------------------------------------------------------------------------------------------------------- HTTP


@dataclass(frozen=True)
class Request:
    """One HTTP request, as it came; the names of headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Reads a request, and lets a function answer it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    answer: Answer
    seen: list[Request]
    asked: Request

    def _do(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            return  # the client hung up in the middle of its request
        headers = {name.casefold(): value for name, value in self.headers.items()}
        self.asked = Request(self.command, self.path, headers, body)
        self.seen.append(self.asked)
        type(self).answer(self)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _do

    def begin(self, status: int = 200, **headers: str) -> None:
        """Send the head of an answer. Without a Content-Length the body ends with the connection."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if not {"Content_Length", "Transfer_Encoding"} & set(headers):
            self.send_header("Connection", "close")
        self.end_headers()

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer."""
        self.begin(status, **headers, Content_Length=str(len(body)))
        self.wfile.write(body)

    def reply_json(self, value: Any, status: int = 200, **headers: str) -> None:
        """Send a value as JSON."""
        self.reply(status, json.dumps(value).encode(), Content_Type="application/json", **headers)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that hang up: in many tests that is what is tested."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def http_serving(answer: Answer, *, chain: Path | None = None) -> Iterator[tuple[int, list[Request]]]:
    """Serve HTTP on loopback with `answer`, over TLS as `serving` does; yield the port and what was seen."""
    seen: list[Request] = []
    kind = type("Bound", (Handler,), {"answer": staticmethod(answer), "seen": seen})
    server = _Server(("127.0.0.1", 0), kind)
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


# --------------------------------------------------------------------------------------------------------- both of them


class Platform(Rpcs):
    """Both wires, and what came over them. Methods named after RPCs answer those; `rest` answers HTTP."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []
        self.grpc_port = self.rest_port = 0

    def rest(self, handler: Handler) -> None:
        """Answer a request over REST."""
        handler.reply_json({"detail": "Not Found"}, 404)

    @contextmanager
    def serving(self, *, chain: Path | None = None, threads: int = 16) -> Iterator[None]:
        """Serve until the block ends, over TLS when there is a file with a key and its certificates."""
        with (
            serving(self, chain=chain, threads=threads) as self.grpc_port,
            http_serving(lambda handler: self.rest(handler), chain=chain) as (self.rest_port, self.requests),
        ):
            yield

    @property
    def hosts(self) -> dict[str, str]:
        """The arguments that lead a client here."""
        return {"host": f"http://127.0.0.1:{self.grpc_port}", "rest_host": f"http://127.0.0.1:{self.rest_port}"}

    def environ(self, key: str = KEY) -> dict[str, str]:
        """Return the variables that lead a client here."""
        return {"FAL_GRPC_HOST": self.hosts["host"], "FAL_REST_HOST": self.hosts["rest_host"], "FAL_KEY": key}


# -------------------------------------------------------------------------------------------------------------- bytes


def read_head(connection: socket.socket) -> bytes:
    """Return what comes up to the empty line after the headers, and maybe more; nothing when the client goes before."""
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = connection.recv(4096)
        if not chunk:
            return b""
        head += chunk
    return head


@contextmanager
def tcp_serving(act: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accept connections on loopback, and let `act` deal with each in a thread of its own; yield the port."""
    threads: list[threading.Thread] = []

    def one(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            act(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=one, args=(connection,), daemon=True))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads.append(threading.Thread(target=accept, daemon=True))
        threads[0].start()
        try:
            yield listener.getsockname()[1]
        finally:
            with suppress(OSError):  # not on every system does that end an accept; the others end it when it is closed
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            threads[0].join(LIMIT)
