"""What the async callers of one client have in common: a pair of lazy transports for each event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from fal._core import proxies
from fal._core.hosts import host_of
from fal._core.options import read_certificates
from fal._core.secret import Sealed
from fal._core.transport.connections import Connections
from fal._core.transport.loops import LoopBound, running_loop
from fal.exceptions import ClientClosed

if TYPE_CHECKING:
    from fal._core.settings import Settings
    from fal._core.transport.grpc_async import AsyncGrpcTransport
    from fal._core.transport.http_async import AsyncHttpTransport

T = TypeVar("T")


class _Loop(LoopBound):
    """What belongs to one event loop, until the client or the loop ends."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.grpc: AsyncGrpcTransport | None = None
        self.http: AsyncHttpTransport | None = None
        self.team_lock = asyncio.Lock()
        self._life = self._until_the_end()
        # The loop hears of an async generator at its first step, and closes those that are left at its own end.
        with suppress(StopIteration):
            self._life.asend(None).send(None)

    async def close(self) -> None:
        await self._life.aclose()

    async def _until_the_end(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            transports: list[Any] = [self.grpc, self.http]
            self.grpc = self.http = None
            for transport in transports:
                if transport is not None:
                    await transport.close()


class AsyncConnections(LoopBound):
    """The transports of one client: one pair for each event loop that it is used from."""

    def __init__(
        self, settings: Settings, ca_file: str | None, proxy: str | None, *, grpc_ca_file: str | None = None
    ) -> None:
        self._settings = settings
        self._ca_file = ca_file
        self._grpc_ca_file = grpc_ca_file or ca_file
        self._proxy = Sealed(proxy)
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop] = WeakKeyDictionary()
        self._blocking: WeakSet[Connections] = WeakSet()
        self.closed = False

    @property
    def way_out(self) -> tuple[str | None, str | None]:
        """The proxy to go through and the file of certificates to trust, for what has no transport here."""
        return self._proxy.value, self._ca_file

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask credentials for what a call carries."""
        if self._settings.credentials.kind == "login":
            # A stored login may have to be refreshed, under a lock on a file.
            return await asyncio.to_thread(question)
        return question()

    @property
    def team_lock(self) -> asyncio.Lock:
        return self._here().team_lock

    def grpc(self) -> AsyncGrpcTransport:
        here = self._here()
        if here.grpc is None:
            from fal._core.transport.grpc_async import AsyncGrpcTransport

            # Asked here, where an error is not taken for one of the connection.
            host, proxy, secure = host_of(self._settings.grpc_target), self._proxy.value, self._settings.grpc_secure
            proxies.check_plaintext(host, secure=secure, proxy=proxy)
            here.grpc = AsyncGrpcTransport(
                self._settings.grpc_target,
                secure=secure,
                ca_cert=read_certificates(self._grpc_ca_file) if secure else None,
                proxy=proxy,
            )
        return here.grpc

    def http(self) -> AsyncHttpTransport:
        here = self._here()
        if here.http is None:
            from fal._core.transport.http_async import AsyncHttpTransport

            here.http = AsyncHttpTransport(self._settings.rest_hosts, ca_file=self._ca_file, proxy=self._proxy.value)
        return here.http

    def blocking(self) -> Connections:
        """Return connections for work that runs in a thread. Closing them ends that work, and so does `close`."""
        self._ready()
        found = Connections(self._settings, self._ca_file, self._proxy.value, grpc_ca_file=self._grpc_ca_file)
        self._blocking.add(found)
        return found

    async def close(self) -> None:
        """Close the connections: those of the running loop before this returns, those of others when they come to it."""
        self.closed = True
        for shared in list(self._blocking):
            shared.close()
        running = running_loop()
        for loop, kept in list(self._loops.items()):
            del self._loops[loop]
            if kept.pid != os.getpid() or loop.is_closed():
                continue
            if loop is running:
                await kept.close()
            elif loop.is_running():
                asyncio.run_coroutine_threadsafe(kept.close(), loop)

    def _here(self) -> _Loop:
        self._ready()
        loop = running_loop()
        found = self._loops.get(loop)
        if found is None or found.pid != os.getpid():
            for other, kept in list(self._loops.items()):
                # What belongs to a loop holds it, so that none would ever go by itself.
                if other.is_closed() and kept.pid == os.getpid():
                    del self._loops[other]
            found = self._loops[loop] = _Loop()
        return found

    def _ready(self) -> None:
        if self.closed:
            raise ClientClosed("the client is closed", hint="Make a new one.")
