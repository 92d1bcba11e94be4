"""A control plane in this process: real gRPC and real HTTP, answers that a test sets, every request recorded."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.json_format import MessageToDict

from fal._gen.proto import common_pb2
from fal._gen.proto import controller_pb2 as pb
from tests.support.servers import Handler, Platform, Request

LOCAL_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
HELLO = """\
import fal


class HelloWorld(fal.App):
    requirements = ["torch"]

    @fal.endpoint("/")
    def hello(self) -> dict:
        return {"hello": "world"}
"""
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


class FakePlane(Platform):
    """Answers are attributes: replace them to make the plane behave otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.build: Callable[[Any, Any], Iterator[Any]] = lambda _request, _context: built()
        self.register: Callable[[Any, Any], Iterator[Any]] = lambda _request, _context: registered()
        self.run: Callable[[Any, Any], Iterator[Any]] = lambda _request, _context: iter(())
        self.http_answer: Callable[[Request], tuple[int, Any] | None] = lambda _request: None
        self.aliases: list[pb.AliasInfo] = []
        self.stored: set[str] = set()  # hashes of stored files
        self.parts: dict[str, dict[int, bytes]] = {}  # by hash
        self.uploads: dict[str, bytes] = {}  # presigned uploads by path
        self.cancelled = threading.Event()

    def names(self) -> list[str]:
        return [call.name for call in self.calls]

    def sent(self, name: str) -> Any:
        """Return the only request of this RPC."""
        result = [call.request for call in self.calls if call.name == name]
        assert len(result) == 1, f"{name} was called {len(result)} times"
        return result[0]

    def paths(self, ending: str) -> list[Request]:
        return [request for request in self.requests if request.path.endswith(ending)]

    def environ(self, key: str = f"{KEY_ID}:{KEY_SECRET}") -> dict[str, str]:
        return super().environ(key)

    # --------------------------------------------------------------------------------------------------------- gRPC

    def BuildEnvironment(self, request: Any, context: Any) -> Iterator[Any]:
        yield from self._noticing_the_end(self.build(request, context), context)

    def RegisterApplication(self, request: Any, context: Any) -> Iterator[Any]:
        yield from self._noticing_the_end(self.register(request, context), context)

    def Run(self, request: Any, context: Any) -> Iterator[Any]:
        yield from self._noticing_the_end(self.run(request, context), context)

    def ListSecrets(self, request: Any, context: Any) -> Any:
        return pb.ListSecretsResponse(secrets=[pb.Secret(name="KNOWN")])

    def ListAliases(self, request: Any, context: Any) -> Any:
        return pb.ListAliasesResult(aliases=self.aliases)

    def _noticing_the_end(self, steps: Iterator[Any], context: Any) -> Iterator[Any]:
        context.add_callback(lambda: None if context.code() else self.cancelled.set())
        yield from steps

    # --------------------------------------------------------------------------------------------------------- HTTP

    def rest(self, handler: Handler) -> None:
        status, value = self.http_answer(handler.asked) or self._rest(handler.asked)
        if value is None:
            handler.reply(status)
        else:
            handler.reply_json(value, status)

    def _rest(self, request: Request) -> tuple[int, Any]:
        path = request.path
        if path == "/files/missing_hashes":
            return 200, [item for item in request.json["hashes"] if item not in self.stored]
        if path.startswith("/files/app/multipart/"):
            return self._multipart(path.split("/")[4:], request)
        if path == "/storage/upload/initiate":
            name = request.json["file_name"]
            base = self.hosts["rest_host"]
            return 200, {"file_url": f"https://files.test/{name}", "upload_url": f"{base}/presigned/{name}?sig=1"}
        if path.startswith("/presigned/"):
            self.uploads[path.removeprefix("/presigned/")] = request.body
            return 200, None
        return 404, {"detail": "Not Found"}

    def _multipart(self, rest: list[str], request: Request) -> tuple[int, Any]:
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


def plain(message: Any) -> Any:
    """Return a message as a dictionary of what is set in it."""
    return MessageToDict(message, preserving_proto_field_name=True)
