"""The gRPC transport: one lazy channel, made anew in a forked child."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import grpc

from fal._core.hosts import host_of
from fal._core.locks import ForkSafeLock
from fal._core.secret import Sealed
from fal._core.transport.forking import gate
from fal._core.transport.grpc_channel import is_down, keep_core, options, target_uri, tls_credentials
from fal._gen.method import Method


class GrpcTransport:
    """The channel of one client. Safe to share between threads."""

    def __init__(self, target: str, *, secure: bool, ca_cert: bytes | None, proxy: str | None) -> None:
        self._target = target
        self._secure = secure
        self._ca_cert = ca_cert
        self._proxy = Sealed(proxy)
        self._closed = False
        self._lock = ForkSafeLock()
        self._pid = os.getpid()
        self._channel: grpc.Channel | None = None
        self._callables: dict[str, Callable[..., Any]] = {}
        self._inherited: list[grpc.Channel] = []

    def unary(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> Any:
        """Send one request and return the answer, as its bytes; None when there is none. Raises grpc.RpcError."""
        gate.enter()
        try:
            return self._callable(method)(request, timeout=timeout, metadata=metadata)
        finally:
            gate.leave()

    def open(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> Answers:
        """Send one request and return its answers, as bytes."""
        gate.enter(stream=True)
        try:
            return Answers(self._callable(method)(request, timeout=timeout, metadata=metadata))
        except BaseException:
            gate.leave(stream=True)
            raise

    def is_down(self) -> bool:
        """Return whether the channel has no connection and just failed to make one."""
        return is_down(getattr(self._channel, "_channel", None))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            channel, self._channel = self._channel, None
            self._callables = {}
        if channel is not None and self._pid == os.getpid():
            channel.close()

    def _callable(self, method: Method[Any, Any]) -> Callable[..., Any]:
        if self._pid == os.getpid():
            found = self._callables.get(method.path)
            if found is not None:
                return found
        with self._lock:
            if self._closed:
                raise ValueError("the channel is closed")
            if self._pid != os.getpid():
                # The parent's channel lives in the parent's threads. It is kept, as its end would wait for them.
                if self._channel is not None:
                    self._inherited.append(self._channel)
                self._channel, self._callables, self._pid = None, {}, os.getpid()
            if self._channel is None:
                self._channel = self._connect()
            make = self._channel.unary_stream if method.server_streaming else self._channel.unary_unary
            found = make(
                method.path,
                request_serializer=method.request.SerializeToString,
            )
            self._callables[method.path] = found
            return found

    def _connect(self) -> grpc.Channel:
        keep_core()
        # Read by each connection: a password of the proxy is not kept, and the environment of a forked child counts.
        chosen = options(host_of(self._target), self._proxy.value)
        if not self._secure:
            return grpc.insecure_channel(target_uri(self._target), options=chosen)
        return grpc.secure_channel(target_uri(self._target), tls_credentials(self._ca_cert), options=chosen)


class Answers:
    """The answers of a streaming call. It is over when it was cancelled, also after the last answer."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._over = False

    def __iter__(self) -> Iterator[Any]:
        return iter(self._call)

    def cancel(self) -> None:
        if not self._over:
            self._over = True
            self._call.cancel()
            gate.leave(stream=True)
