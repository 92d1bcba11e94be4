"""What the async callers of one client have in common: a pair of lazy transports for each event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from fal._core.options import TransportOptions
from fal._core.transport.connections import Connections, channel_factory, http_settings
from fal._core.transport.loops import LoopBound, running_loop
from fal.exceptions import ClientClosed

if TYPE_CHECKING:
    from fal._core.settings import Settings
    from fal._core.transport.grpc_async import AsyncGrpcTransport
    from fal._core.transport.grpc_channel import ChannelFactory
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
        # The loop learns of an async generator at its first step, and closes those that are left at its own end.
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

    def __init__(self, settings: Settings, options: TransportOptions) -> None:
        self._settings = settings
        self._options = options
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop] = WeakKeyDictionary()
        self._threads: WeakSet[Connections] = WeakSet()
        self.closed = False

    @property
    def way_out(self) -> tuple[str | None, str | None]:
        """The proxy to go through and the file of certificates to trust, for what has no transport here."""
        return self._options.proxy.value, self._options.ca_file

    async def blocking(self, call: Callable[[], T]) -> T:
        """Return what a call gives that may wait for a file or a login; that it does in a thread."""
        if self._settings.credentials.kind == "login":
            return await _in_thread(call)
        return call()

    @property
    def team_lock(self) -> asyncio.Lock:
        return self._here().team_lock

    async def grpc(self) -> AsyncGrpcTransport:
        here = self._here()
        if here.grpc is None:
            transport, factory = await _in_thread(_load_grpc, self._settings, self._options)
            self._check_open()
            if here.grpc is None:
                here.grpc = transport(factory)  # on the loop that it belongs to
        return here.grpc

    async def http(self) -> AsyncHttpTransport:
        here = self._here()
        if here.http is None:
            made = await _in_thread(_load_http, self._settings, self._options)
            self._check_open()
            if here.http is None:
                here.http = made
        return here.http

    def for_thread(self) -> Connections:
        """Return connections for work that runs in a thread. Closing them ends that work, and so does `close`."""
        self._check_open()
        options = self._options
        if options.http_transport is not None:
            from fal._core.transport.http_async import ThreadTransport

            custom: Any = options.http_transport
            options = replace(options, http_transport=ThreadTransport(custom, running_loop()))
        connections = Connections(self._settings, options)
        self._threads.add(connections)
        return connections

    async def close(self) -> None:
        """Close the connections: those of the running loop before this returns, those of others when they come to it."""
        self.closed = True
        for shared in list(self._threads):
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
        self._check_open()
        loop = running_loop()
        entry = self._loops.get(loop)
        if entry is None or entry.pid != os.getpid():
            for other, kept in list(self._loops.items()):
                # What belongs to a loop holds it, so that none would ever go by itself.
                if other.is_closed() and kept.pid == os.getpid():
                    del self._loops[other]
            entry = self._loops[loop] = _Loop()
        return entry

    def _check_open(self) -> None:
        if self.closed:
            raise ClientClosed("the client is closed", hint="Create a new one.")


async def _in_thread(call: Callable[..., T], *arguments: Any) -> T:
    """Call in a thread; in place while the interpreter ends, when none can start any more."""
    try:
        future = asyncio.get_running_loop().run_in_executor(None, call, *arguments)
    except RuntimeError:
        return call(*arguments)
    return await future


def _load_grpc(settings: Settings, options: TransportOptions) -> tuple[type[AsyncGrpcTransport], ChannelFactory]:
    """Import what the transport needs and read its files: too slow for an event loop."""
    from fal._core.transport.grpc_async import AsyncGrpcTransport

    return AsyncGrpcTransport, channel_factory(settings, options)


def _load_http(settings: Settings, options: TransportOptions) -> AsyncHttpTransport:
    from fal._core.transport.http_async import AsyncHttpTransport

    return AsyncHttpTransport(http_settings(settings, options))
