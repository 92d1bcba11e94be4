"""The gRPC transport over asyncio: one channel for one client on one event loop.

Method for method the same as `grpc_sync`, so that the async caller, which is generated from the sync one, finds what it expects.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import grpc.aio

from fal._core.transport.forking import gate
from fal._core.transport.grpc_channel import (
    FAILED,
    LOOK,
    PROBE,
    READY,
    ChannelFactory,
    core_of,
    maker,
)
from fal._core.transport.grpc_errors import refused, time_left, why_not_connected
from fal._core.transport.loops import LoopBound, check_loop, running_loop
from fal._gen.method import Method


class AsyncGrpcTransport(LoopBound):
    """The channel of one client on one event loop.

    Args:
        factory: Opens the channel.
    """

    def __init__(self, factory: ChannelFactory) -> None:
        self._factory = factory
        self._channel: grpc.aio.Channel | None = None
        self._callables: dict[str, Callable[..., Any]] = {}
        self._loop = running_loop()
        self._closed = False
        gate.idle.add(self)
        if not gate.spoiled:
            self._open()  # here, so that unusable certificates are reported at once

    async def unary(
        self,
        method: Method[Any, Any],
        request: Any,
        timeout: float | None,
        metadata: Sequence[tuple[str, str]],
        *,
        trailing: bool = False,
    ) -> tuple[Any, Sequence[Any]]:
        await gate.enter_async()
        try:
            with self.errors():
                send = self._callable(method)
                call = send(request, timeout=await self._connect(timeout), metadata=metadata)
                answer = await call
                if not trailing:
                    return answer, ()
                return answer, await metadata_of(call)
        finally:
            gate.leave()

    async def open(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> AsyncResponseStream:
        await gate.enter_async(stream=True)
        try:
            with self.errors():
                send = self._callable(method)
                call = send(request, timeout=await self._connect(timeout), metadata=metadata)
                return AsyncResponseStream(self, call)
        except BaseException:
            gate.leave(stream=True)
            raise

    def release(self, patience: float) -> bool:
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
            # On its own thread: else the loop might still be processing events of the poller.
            with suppress(RuntimeError):  # it has just ended
                self._loop.call_soon_threadsafe(let_go)
                done.wait(patience)
        else:
            let_go()
        return done.is_set()

    async def close(self) -> None:
        self._closed = True
        channel, self._channel = self._channel, None
        self._callables = {}
        if channel is not None and not gate.spoiled:
            await channel.close()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Raise an error of ours for a closed channel and for what cannot be sent."""
        try:
            yield
        except ValueError as error:
            raise refused(error, closed=self._closed) from None
        except grpc.aio.UsageError as error:
            raise refused(ValueError(str(error)), closed=self._closed) from None
        except grpc.aio.BaseError as error:
            raise refused(ValueError(type(error).__name__), closed=self._closed) from None
        except asyncio.CancelledError:
            # The end of a channel cancels its calls, too; that is not the task's own cancellation.
            task = asyncio.current_task()
            if not self._closed or (task is not None and task.cancelling()):
                raise
            raise refused(ValueError("the channel was closed"), closed=True) from None

    async def _connect(self, timeout: float | None) -> float | None:
        channel = self._channel
        core = core_of(channel)
        if channel is None or core is None:
            return timeout  # unknown, so a call that fails counts as sent
        if core.check_connectivity_state(False) == READY:
            return timeout
        limit = None if timeout is None else time.monotonic() + timeout
        while (state := core.check_connectivity_state(True)) != READY:
            left = time_left(limit)
            if state == FAILED:
                await self._probe(channel, left)
            else:
                until = time.time() + (LOOK if left is None else min(left, LOOK))
                await core.watch_connectivity_state(state, until)
        return time_left(limit)

    async def _probe(self, channel: grpc.aio.Channel, timeout: float | None) -> None:
        probe: Any = channel.unary_unary(PROBE)
        try:
            await probe(b"", timeout=timeout)
        except grpc.RpcError as error:
            failed = why_not_connected(error)
            if failed is not None:
                raise failed from None

    def _open(self) -> grpc.aio.Channel:
        if self._channel is None:
            if self._closed:
                raise ValueError("the channel is closed")
            opened: grpc.aio.Channel = self._factory.open(grpc.aio)
            self._channel = opened
        return self._channel

    def _callable(self, method: Method[Any, Any]) -> Callable[..., Any]:
        if method.path not in self._callables:
            channel = self._open()
            make: Any = maker(channel, method)
            self._callables[method.path] = make(
                method.path,
                request_serializer=method.request.SerializeToString,
            )
        return self._callables[method.path]


async def metadata_of(call: Any) -> Sequence[Any]:
    return [*(await call.initial_metadata() or ()), *(await call.trailing_metadata() or ())]


class AsyncResponseStream:
    """The answers of a streaming call. It is over when it was cancelled, also after the last answer."""

    def __init__(self, transport: AsyncGrpcTransport, call: Any) -> None:
        self._transport = transport
        self._call = call
        self._answers = call.__aiter__()
        self._loop = running_loop()
        self._over = False
        gate.streams.add(self)

    def __aiter__(self) -> AsyncResponseStream:
        return self

    async def __anext__(self) -> Any:
        gate.check()
        check_loop(self._loop)
        with self._transport.errors():
            return await self._answers.__anext__()

    async def metadata(self) -> Sequence[Any]:
        """Return the metadata of a call that has ended."""
        return await metadata_of(self._call)

    def cancel(self) -> None:
        if not self._over:
            self._over = True
            if not gate.spoiled:
                self._end()
            gate.leave(stream=True)

    def _end(self) -> None:
        if asyncio._get_running_loop() is self._loop:
            self._call.cancel()
        elif not self._loop.is_closed():  # the end of its loop has ended the call
            self._loop.call_soon_threadsafe(self._call.cancel)
