"""The gRPC transport: one lazy channel, recreated in a forked child."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import grpc

from fal._core.locks import ForkSafeLock
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
from fal._core.transport.grpc_errors import no_thread, refused, time_left, why_not_connected
from fal._core.transport.kept import keep_forever
from fal._gen.method import Method

_LONGEST_CLOSE = 5.0  # seconds


class GrpcTransport:
    """The channel of one client. Safe to share between threads.

    Args:
        factory: Opens the channel.
    """

    def __init__(self, factory: ChannelFactory) -> None:
        self._factory = factory
        self._closed = False
        self._lock = ForkSafeLock()
        self._pid = os.getpid()
        self._channel: grpc.Channel | None = None
        self._callables: dict[str, Any] = {}
        self._inherited: list[grpc.Channel] = []

    def unary(
        self,
        method: Method[Any, Any],
        request: Any,
        timeout: float | None,
        metadata: Sequence[tuple[str, str]],
        *,
        trailing: bool = False,
    ) -> tuple[Any, Sequence[Any]]:
        """Send one request and return the answer, as its bytes, None when there is none; and its metadata if asked for.

        Raises:
            grpc.RpcError: The call failed; NotConnected when it was not begun.
            ClientClosed, InvalidInput: grpc refuses the call.
        """
        gate.enter()
        try:
            send = self._callable(method)
            left = self._connect(timeout)
            if not trailing:
                return send(request, timeout=left, metadata=metadata), ()
            answer, call = send.with_call(request, timeout=left, metadata=metadata)
            return answer, metadata_of(call)
        except ValueError as error:
            raise refused(error, closed=self._closed) from None
        finally:
            gate.leave()

    def open(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> ResponseStream:
        """Send one request and return its answers, as bytes. Raises what `unary` raises."""
        gate.enter(stream=True)
        try:
            send = self._callable(method)
            return ResponseStream(send(request, timeout=self._connect(timeout), metadata=metadata))
        except ValueError as error:
            gate.leave(stream=True)
            raise refused(error, closed=self._closed) from None
        except RuntimeError as error:
            gate.leave(stream=True)
            # To grpc, the thread runs that did not start: no later stream of this channel would get an answer, and its end
            # would wait for this one.
            with self._lock:
                keep_forever(self._channel)
                self._channel, self._callables = None, {}
            raise no_thread(error) from None
        except BaseException:
            gate.leave(stream=True)
            raise

    def close(self) -> None:
        with self._lock:
            self._closed = True
            channel, self._channel = self._channel, None
            self._callables = {}
        if channel is not None and self._pid == os.getpid():
            # grpc waits for all calls to end. One that Ctrl-C met while it was begun never does.
            closing = threading.Thread(target=channel.close, daemon=True, name="fal-close")
            try:
                closing.start()
            except RuntimeError:  # while the interpreter ends, there are no new threads
                channel.close()
            else:
                closing.join(_LONGEST_CLOSE)

    def _connect(self, timeout: float | None) -> float | None:
        """Wait until there is a connection, and return how much of `timeout` is left.

        Raises:
            NotConnected: There is no connection in time.
        """
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
                self._probe(channel, left)
            else:
                core.watch_connectivity_state(state, time.time() + (LOOK if left is None else min(left, LOOK)))
        return time_left(limit)

    def _probe(self, channel: grpc.Channel, timeout: float | None) -> None:
        probe: Any = channel.unary_unary(PROBE)
        try:
            probe(b"", timeout=timeout)
        except grpc.RpcError as error:
            failed = why_not_connected(error)
            if failed is not None:
                raise failed from None

    def _callable(self, method: Method[Any, Any]) -> Any:
        if self._pid == os.getpid():
            stub = self._callables.get(method.path)
            if stub is not None:
                return stub
        with self._lock:
            if self._closed:
                raise ValueError("the channel is closed")
            if self._pid != os.getpid():
                # The parent's channel lives in the parent's threads. It is kept, as its end would wait for them.
                if self._channel is not None:
                    self._inherited.append(self._channel)
                self._channel, self._callables, self._pid = None, {}, os.getpid()
            if self._channel is None:
                self._channel = self._factory.open(grpc)
            make = maker(self._channel, method)
            stub = make(
                method.path,
                request_serializer=method.request.SerializeToString,
            )
            self._callables[method.path] = stub
            return stub


def metadata_of(call: Any) -> Sequence[Any]:
    return [*(call.initial_metadata() or ()), *(call.trailing_metadata() or ())]


class ResponseStream:
    """The answers of a streaming call. It is over when it was cancelled, also after the last answer."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._answers = iter(call)
        self._over = False
        gate.streams.add(self)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        gate.check()
        return next(self._answers)

    def metadata(self) -> Sequence[Any]:
        """Return the metadata of a call that has ended."""
        return metadata_of(self._call) if hasattr(self._call, "trailing_metadata") else ()

    def cancel(self) -> None:
        if not self._over:
            self._over = True
            # Interceptors, such as those of instrumentations, make a generator of a call.
            end = getattr(self._call, "cancel", None) or self._call.close
            if not gate.spoiled:
                end()
            gate.leave(stream=True)
