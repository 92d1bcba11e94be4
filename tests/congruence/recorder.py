"""One server on one port that speaks both wires, records what clients send, and answers what a case says."""

from __future__ import annotations

import asyncio
import json
import socket
import socketserver
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent import futures
from contextlib import contextmanager
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import grpc
from google.protobuf import json_format
from google.protobuf.message import Message

from fal._gen import rpc
from fal_emulator.server.multiplexer import PortMultiplexer, relay_to
from tests.support.waiting import LIMIT

# What grpc itself adds, which says nothing about a client's author.
_TRANSPORT = ("grpc-accept-encoding", "accept-encoding")
_HEADERS = ("authorization", "x-fal-user-id", "content-type", "user-agent", "x-request-id", "x-fal-object-lifecycle")
_YEAR = 365 * 86400.0
_LARGEST = 2**31 - 1

Call = dict[str, Any]


class Recorder:
    """What came since `begin`, in order, and what is answered. An answer that is a list is one for each attempt."""

    def __init__(self, port: int) -> None:
        self.authority = f"127.0.0.1:{port}"
        self._lock = threading.Lock()
        self.begin({})

    def begin(self, answers: Mapping[str, Any]) -> None:
        with self._lock:
            self.calls: list[Call] = []
            self._answers = dict(answers)
            self._seen: dict[str, int] = {}

    def record(self, name: str, call: Call) -> Any:
        """Keep a call, and return the answer for it, None when the case says nothing about it."""
        with self._lock:
            self.calls.append(call)
            turn = self._seen[name] = self._seen.get(name, 0) + 1
            answer = self._answers.get(name)
            if answer is None:
                answer = next((item for pattern, item in self._answers.items() if fnmatchcase(name, pattern)), None)
            return answer[min(turn, len(answer)) - 1] if isinstance(answer, list) else answer


def plain(message: Message) -> dict[str, Any]:
    """Return a message as what is set in it, and whether it holds fields that this side does not know."""
    result: dict[str, Any] = json_format.MessageToDict(message, preserving_proto_field_name=True)
    known = type(message).FromString(message.SerializeToString())
    known.DiscardUnknownFields()
    if known.ByteSize() != message.ByteSize():
        result["UNKNOWN FIELDS"] = True
    return result


class _Rpcs(grpc.GenericRpcHandler):
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        method = rpc.METHODS[str(handler_call_details.method).rpartition("/")[2]]

        def messages(given: Any, context: grpc.ServicerContext) -> Iterator[Message]:
            metadata = {str(key): str(value) for key, value in context.invocation_metadata() if key not in _TRANSPORT}
            answer = self._recorder.record(
                method.name,
                {
                    "rpc": str(handler_call_details.method),
                    "request": [plain(each) for each in given] if method.client_streaming else plain(given),
                    "metadata": metadata,
                    "deadline": context.time_remaining() < _YEAR,
                },
            )
            if isinstance(answer, str):
                context.abort(grpc.StatusCode[answer], f"the server says {answer}")
            for each in answer if isinstance(answer, tuple) else (answer or {},):  # a tuple is a stream
                yield json_format.ParseDict(each, method.response())

        serializers = {
            "request_deserializer": method.request.FromString,
            "response_serializer": method.response.SerializeToString,
        }
        if method.client_streaming:
            return grpc.stream_stream_rpc_method_handler(messages, **serializers)
        if method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(messages, **serializers)

        def message(request: Any, context: grpc.ServicerContext) -> Message:
            return next(messages(request, context))

        return grpc.unary_unary_rpc_method_handler(message, **serializers)


def _rest(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Rest(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name: self.headers[name] for name in _HEADERS if name in self.headers}
            name = f"{self.command} {path}"
            call = {"rest": name, "query": parse_qs(query), "headers": headers, "body": _body(body, headers)}
            answer = recorder.record(name, call)
            status, content, *kind = answer if answer is not None else (404, {"detail": "Not Found"})
            if callable(content):
                content = content(call)
            text = content if isinstance(content, str) else json.dumps(content)
            self.send_response(status)
            self.send_header("content-type", kind[0] if kind else "application/json")
            self.send_header("content-length", str(len(text.encode())))
            if status == 200 and self.command == "PUT":
                self.send_header("etag", '"part"')
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

        def address_string(self) -> str:
            return "client"

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Rest


def _body(body: bytes, headers: dict[str, str]) -> Any:
    """Return the body of a request as it can be compared: without the boundary that each one makes up."""
    kind, _, boundary = headers.get("content-type", "").partition("; boundary=")
    if kind == "multipart/form-data":
        headers["content-type"] = kind
        return body.replace(boundary.strip('"').encode(), b"BOUNDARY").decode("utf-8", "backslashreplace")
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "backslashreplace")


class _Http(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def recording() -> Iterator[Recorder]:
    """Serve both wires on a port of the loopback interface."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        recorder = Recorder(listener.getsockname()[1])
        sockets = Path(folder)
        http = _Http(str(sockets / "http"), _rest(recorder))
        rpcs = grpc.server(
            futures.ThreadPoolExecutor(16),
            handlers=[_Rpcs(recorder)],
            options=[("grpc.max_receive_message_length", _LARGEST), ("grpc.max_send_message_length", _LARGEST)],
        )
        rpcs.add_insecure_port(f"unix:{sockets / 'grpc'}")
        rpcs.start()
        with (
            _in_thread(lambda: http.serve_forever(0.05)),
            _serving(PortMultiplexer(relay_to(sockets / "grpc"), relay_to(sockets / "http")), listener),
        ):
            yield recorder
            http.shutdown()
        http.server_close()
        rpcs.stop(grace=None).wait(10)


@contextmanager
def _in_thread(work: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    thread.join(LIMIT)


@contextmanager
def _serving(multiplexer: PortMultiplexer, listener: socket.socket) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    with _in_thread(loop.run_forever):
        asyncio.run_coroutine_threadsafe(multiplexer.accept_from(listener), loop).result(10)
        yield

        async def closed() -> None:
            multiplexer.close()
            tasks: Sequence[asyncio.Task[Any]] = [
                task for task in asyncio.all_tasks() if task is not asyncio.current_task()
            ]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(closed(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
    loop.close()
