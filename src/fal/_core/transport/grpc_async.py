"""The gRPC transport over asyncio: one channel for one client on one event loop.

Method for method the same as `grpc_sync`, so that the async caller, which is generated from the sync one, finds what it expects.
"""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import grpc.aio

from fal._core.hosts import host_of
from fal._core.secret import Sealed
from fal._core.transport.forking import gate
from fal._core.transport.grpc_channel import is_down, keep_core, options, target_uri, tls_credentials
from fal._core.transport.loops import LoopBound, check_loop, running_loop
from fal._gen.method import Method


class AsyncGrpcTransport(LoopBound):
    """The channel of one client on one event loop."""

    def __init__(self, target: str, *, secure: bool, ca_cert: bytes | None, proxy: str | None) -> None:
        self._target = target
        self._secure = secure
        self._ca_cert = ca_cert
        self._proxy = Sealed(proxy)
        self._channel: grpc.aio.Channel | None = None
        self._errors = (grpc.aio.UsageError, grpc.aio.BaseError)
        self._callables: dict[str, Callable[..., Any]] = {}
        self.gate = gate
        self._loop = running_loop()
        self.closed = False
        gate.idle.add(self)
        self._connect()  # here, where certificates that cannot be used are told

    async def unary(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> Any:
        await self.gate.enter_async()
        try:
            with self.telling():
                return await self._callable(method)(request, timeout=timeout, metadata=metadata)
        finally:
            self.gate.leave()

    async def open(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> AsyncAnswers:
        await self.gate.enter_async(stream=True)
        try:
            with self.telling():
                return AsyncAnswers(self, self._callable(method)(request, timeout=timeout, metadata=metadata))
        except BaseException:
            self.gate.leave(stream=True)
            raise

    def rest(self, patience: float) -> bool:
        """Let go of the channel, whose poller is always inside the core; the next call makes another one."""
        done = threading.Event()

        def let_go() -> None:
            self._channel = None
            self._callables = {}
            gc.collect()  # calls that have ended still hold their channel
            done.set()

        if self._channel is None:
            return True
        if self._loop.is_running() and asyncio._get_running_loop() is not self._loop:
            # On its own thread: else the loop might be at work on what the poller has just told.
            with suppress(RuntimeError):  # it has just ended
                self._loop.call_soon_threadsafe(let_go)
                done.wait(patience)
        else:
            let_go()
        return done.is_set()

    def is_down(self) -> bool:
        return is_down(getattr(self._channel, "_channel", None))

    async def close(self) -> None:
        self.closed = True
        channel, self._channel = self._channel, None
        self._callables = {}
        if channel is not None:
            await channel.close()

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Raise a ValueError for a closed channel and for what cannot be sent, as the sync half of grpc does."""
        usage, any_of_them = self._errors
        try:
            yield
        except usage as error:
            raise ValueError(str(error)) from None
        except any_of_them as error:
            raise ValueError(f"grpc refuses it ({type(error).__name__})") from None
        except asyncio.CancelledError:
            # The end of a channel cancels its calls, too; that is not the task's own cancellation.
            task = asyncio.current_task()
            if not self.closed or (task is not None and task.cancelling()):
                raise
            raise ValueError("the channel was closed") from None

    def _connect(self) -> grpc.aio.Channel:
        if self._channel is None:
            keep_core()
            if self.closed:
                raise ValueError("the channel is closed")
            chosen, target = options(host_of(self._target), self._proxy.value), target_uri(self._target)
            if self._secure:
                self._channel = grpc.aio.secure_channel(target, tls_credentials(self._ca_cert), options=chosen)
            else:
                self._channel = grpc.aio.insecure_channel(target, options=chosen)
        return self._channel

    def _callable(self, method: Method[Any, Any]) -> Callable[..., Any]:
        if method.path not in self._callables:
            channel = self._connect()
            make: Any = channel.unary_stream if method.server_streaming else channel.unary_unary
            self._callables[method.path] = make(
                method.path,
                request_serializer=method.request.SerializeToString,
            )
        return self._callables[method.path]


class AsyncAnswers:
    """The answers of a streaming call. It is over when it was cancelled, also after the last answer."""

    def __init__(self, transport: AsyncGrpcTransport, call: Any) -> None:
        self._transport = transport
        self._call = call
        self._answers = call.__aiter__()
        self._loop = running_loop()
        self._over = False

    def __aiter__(self) -> AsyncAnswers:
        return self

    async def __anext__(self) -> Any:
        check_loop(self._loop)
        with self._transport.telling():
            return await self._answers.__anext__()

    def cancel(self) -> None:
        if self._over:
            return
        self._over = True
        if asyncio._get_running_loop() is self._loop:
            self._call.cancel()
        elif not self._loop.is_closed():  # the end of its loop has ended the call
            self._loop.call_soon_threadsafe(self._call.cancel)
        self._transport.gate.leave(stream=True)
