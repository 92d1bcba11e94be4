"""Servers that record all they are sent, and clients of every kind that hold canaries."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import fal.api
from fal._gen.proto import controller_pb2 as pb
from tests.security import canaries
from tests.support import servers
from tests.support.servers import Handler, Request, http_serving

Reply = tuple[int, dict[str, str], bytes]


class Platform(servers.Platform):
    """Both wires. `answers` by RPC name, `reply` for REST; everything that comes is recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Callable[[Any, Any], Any]] = {}
        self.reply: Callable[[Request], Reply] = lambda _: (200, {}, b"{}")

    def answer(self, method: Any, request: Any, context: Any) -> Any:
        chosen = self.answers.get(method.name)
        return super().answer(method, request, context) if chosen is None else chosen(request, context)

    def rest(self, handler: Handler) -> None:
        _send(handler, self.reply(handler.asked))


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return status, {"Content-Type": "application/json", **named}, json.dumps(value).encode()


def _send(handler: Handler, reply: Reply) -> None:
    status, headers, content = reply
    if "Transfer-Encoding" in headers:
        handler.begin(status, **{name.replace("-", "_"): value for name, value in headers.items()})
        handler.wfile.write(content)
    else:
        handler.reply(status, content, **headers)


@contextmanager
def platform(chain: Path | None = None) -> Iterator[Platform]:
    """Serve both wires on loopback, over TLS when there is a file with a key and its certificates."""
    result = Platform()
    with result.serving(chain=chain):
        yield result


def http_server(reply: Callable[[Request], Reply]) -> AbstractContextManager[tuple[int, list[Request]]]:
    """Serve HTTP on loopback."""
    return http_serving(lambda handler: _send(handler, reply(handler.asked)))


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
            result = act(target)
            return await result if inspect.isawaitable(result) else result

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
