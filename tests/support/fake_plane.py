"""A control plane in this process: real gRPC and real HTTP, answers that a test sets, every request recorded."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc

from fal._gen import rpc
from fal._gen.proto import common_pb2
from fal._gen.proto import controller_pb2 as pb
from tests.support.waiting import LIMIT

KEY_ID, KEY_SECRET = "key-id", "key-secret-that-must-not-show"


def log(message: str, level: int = 2) -> common_pb2.Log:
    return common_pb2.Log(message=message, level=level)


def built(env_id: str = "env-1") -> Iterator[pb.BuildEnvironmentResult]:
    yield pb.BuildEnvironmentResult(env_id=env_id, logs=[log("resolving"), log("installing")])
    yield pb.BuildEnvironmentResult(env_id=env_id, status=pb.HostedRunStatus(state=pb.HostedRunStatus.SUCCESS))


URLS = pb.ServiceURLs(
    playground="https://play/me/app",
    run="https://run/me/app",
    queue="https://queue/me/app",
    ws="wss://ws/me/app",
    log="https://log/me/app",
)


def registered(revision: str = "rev-1") -> Iterator[pb.RegisterApplicationResult]:
    yield pb.RegisterApplicationResult(logs=[log("registering")])
    yield pb.RegisterApplicationResult(
        result=pb.RegisterApplicationResultType(application_id=revision), service_urls=URLS
    )


@dataclass
class HttpRequest:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class FakePlane:
    """Answers are attributes: replace them to make the plane behave otherwise."""

    build: Callable[[Any, Any], Iterator[Any]] = lambda _request, _context: built()
    register: Callable[[Any, Any], Iterator[Any]] = lambda _request, _context: registered()
    run: Callable[[Any, Any], Iterator[Any]] = lambda _request, _context: iter(())
    aliases: list[pb.AliasInfo] = field(default_factory=list)
    stored: set[str] = field(default_factory=set)  # hashes of stored files
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)  # by hash
    uploads: dict[str, bytes] = field(default_factory=dict)  # presigned uploads by path
    http_answer: Callable[[HttpRequest], tuple[int, Any] | None] = lambda _request: None
    calls: list[tuple[str, Any, dict[str, str]]] = field(default_factory=list)
    requests: list[HttpRequest] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def names(self) -> list[str]:
        return [name for name, _, _ in self.calls]

    def sent(self, name: str) -> Any:
        """Return the only request of this RPC."""
        found = [request for called, request, _ in self.calls if called == name]
        assert len(found) == 1, f"{name} was called {len(found)} times"
        return found[0]

    def paths(self, ending: str) -> list[HttpRequest]:
        return [request for request in self.requests if request.path.partition("?")[0].endswith(ending)]

    # ---------------------------------------------------------------------------------------------------- lifecycle

    def start(self) -> None:
        self._lock = threading.Lock()
        self._grpc = grpc.server(futures.ThreadPoolExecutor(16))
        handlers = {
            "BuildEnvironment": self._stream(rpc.BUILD_ENVIRONMENT, lambda r, c: self.build(r, c)),
            "RegisterApplication": self._stream(rpc.REGISTER_APPLICATION, lambda r, c: self.register(r, c)),
            "Run": self._stream(rpc.RUN, lambda r, c: self.run(r, c)),
            "ListAliases": self._unary(rpc.LIST_ALIASES, lambda _r, _c: pb.ListAliasesResult(aliases=self.aliases)),
        }
        self._grpc.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("controller.IsolateController", handlers),)
        )
        self.grpc_port = self._grpc.add_insecure_port("127.0.0.1:0")
        self._grpc.start()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.http_port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(LIMIT)
        self._grpc.stop(None).wait(LIMIT)

    def environ(self) -> dict[str, str]:
        return {
            "FAL_GRPC_HOST": f"127.0.0.1:{self.grpc_port}",
            "FAL_REST_HOST": f"127.0.0.1:{self.http_port}",
            "FAL_KEY": f"{KEY_ID}:{KEY_SECRET}",
            "ISOLATE_TEST_MODE": "1",
        }

    # --------------------------------------------------------------------------------------------------------- gRPC

    def _record(self, name: str, request: Any, context: Any) -> None:
        metadata = {item.key: item.value for item in context.invocation_metadata()}
        with self._lock:
            self.calls.append((name, request, metadata))

    def _stream(self, method: Any, answer: Callable[[Any, Any], Iterator[Any]]) -> Any:
        def handle(request: Any, context: Any) -> Iterator[Any]:
            self._record(method.name, request, context)
            context.add_callback(lambda: None if context.code() else self.cancelled.set())
            yield from answer(request, context)

        return grpc.unary_stream_rpc_method_handler(
            handle, method.request.FromString, method.response.SerializeToString
        )

    def _unary(self, method: Any, answer: Callable[[Any, Any], Any]) -> Any:
        def handle(request: Any, context: Any) -> Any:
            self._record(method.name, request, context)
            return answer(request, context)

        return grpc.unary_unary_rpc_method_handler(handle, method.request.FromString, method.response.SerializeToString)

    # --------------------------------------------------------------------------------------------------------- HTTP

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        plane = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = HttpRequest(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                with plane._lock:
                    plane.requests.append(request)
                    status, value = plane.http_answer(request) or plane._rest(request)
                content = b"" if value is None else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = _answer

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler

    def _rest(self, request: HttpRequest) -> tuple[int, Any]:
        path = request.path.partition("?")[0]
        if path == "/files/missing_hashes":
            return 200, [item for item in request.json["hashes"] if item not in self.stored]
        if path.startswith("/files/app/multipart/"):
            return self._multipart(path.split("/")[4:], request)
        if path == "/storage/upload/initiate":
            name = request.json["file_name"]
            base = f"http://127.0.0.1:{self.http_port}"
            return 200, {"file_url": f"https://files.test/{name}", "upload_url": f"{base}/presigned/{name}?sig=1"}
        if path.startswith("/presigned/"):
            self.uploads[path.removeprefix("/presigned/")] = request.body
            return 200, None
        return 404, {"detail": "Not Found"}

    def _multipart(self, rest: list[str], request: HttpRequest) -> tuple[int, Any]:
        file_hash = rest[0]
        if rest[-1] == "initiate":
            if file_hash in self.stored:
                return 409, {"detail": "exists"}
            self.parts.setdefault(file_hash, {})
            return 200, {"upload_id": f"up-{file_hash[:8]}"}
        if rest[-1] == "complete":
            self.stored.add(file_hash)
            return 200, {"etag": "whole"}
        if rest[-1] == "cancel":
            return 200, None
        boundary = request.headers["content-type"].partition("boundary=")[2].strip('"').encode()
        part = request.body.split(b"--" + boundary)[1]
        self.parts[file_hash][int(rest[-1])] = part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        return 200, {"part_number": int(rest[-1]), "etag": f"e{rest[-1]}"}
