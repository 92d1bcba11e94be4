"""The gRPC transport: one lazy channel, made anew in a forked child."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

import grpc
from grpc import RpcError as RpcError

from fal._core.retry import Failure
from fal._gen.method import Method
from fal._version import __version__
from fal.exceptions import ConfigurationError, from_grpc

USER_AGENT = f"fal-management-sdk/{__version__}"
_UNLIMITED = 2**31 - 1

# What the transport itself says when it has no connection. A server could say the same in its own words, so this counts only
# when no metadata of a server came with it.
_NEVER_SENT = (
    "failed to connect to all addresses",
    "dns resolution failed",
    "name resolution failure",
    "failed to connect to remote host",
    "empty update",
    "errors resolving",
)


def options(target_is_loopback: bool, proxy: str | None) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [
        ("grpc.primary_user_agent", USER_AGENT),
        ("grpc.max_send_message_length", _UNLIMITED),
        ("grpc.max_receive_message_length", _UNLIMITED),
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.http2.max_pings_without_data", 0),
        # Retries are ours: the core's own repeat what must not be repeated.
        ("grpc.enable_retries", 0),
        # A server that comes back is found within seconds, not minutes.
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 1_000),
        ("grpc.max_reconnect_backoff_ms", 5_000),
    ]
    if proxy is not None:
        found.append(("grpc.http_proxy", proxy))
    elif target_is_loopback:
        found.append(("grpc.enable_http_proxy", 0))
    return found


class GrpcTransport:
    """The channel of one client. Safe to share between threads."""

    def __init__(self, target: str, *, secure: bool, loopback: bool, ca_cert: bytes | None, proxy: str | None) -> None:
        self._target = target
        self._secure = secure
        self._ca_cert = ca_cert
        self._options = options(loopback, proxy)
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._channel: grpc.Channel | None = None
        self._callables: dict[str, Callable[..., Any]] = {}
        self._inherited: list[grpc.Channel] = []

    def unary(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> Any:
        """Send one request and return the answer. Raises grpc.RpcError."""
        return self._callable(method)(request, timeout=timeout, metadata=metadata)

    def open(
        self, method: Method[Any, Any], request: Any, timeout: float | None, metadata: Sequence[tuple[str, str]]
    ) -> Any:
        """Send one request and return the call, an iterator over its answers that can be cancelled."""
        return self._callable(method)(request, timeout=timeout, metadata=metadata)

    def close(self) -> None:
        with self._lock:
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
                response_deserializer=method.response.FromString,
            )
            self._callables[method.path] = found
            return found

    def _connect(self) -> grpc.Channel:
        if not self._secure:
            return grpc.insecure_channel(self._target, options=self._options)
        try:
            credentials = grpc.ssl_channel_credentials(root_certificates=self._ca_cert)
        except Exception as error:
            raise ConfigurationError(f"ca_cert: the certificates cannot be used: {error}") from None
        return grpc.secure_channel(self._target, credentials, options=self._options)


def failure(error: grpc.RpcError, method: str, request_id: str, *, started: bool = False) -> Failure:
    """Turn what grpc raises into ours; `started` is whether an answer had arrived before."""
    status, details = _status(error), _details(error)
    text = (details or "").casefold()
    unsent = (
        not started and status == "UNAVAILABLE" and any(sign in text for sign in _NEVER_SENT) and not _trailing(error)
    )
    mapped = from_grpc(status, details, method=method, request_id=request_id, connected=not unsent)
    mapped.__cause__ = None
    return Failure(mapped, status, sent=not unsent, pushback=_pushback(error))


def _status(error: grpc.RpcError) -> str:
    code = error.code() if isinstance(error, grpc.Call) else None
    return code.name if code is not None else "UNKNOWN"


def _details(error: grpc.RpcError) -> str | None:
    return error.details() if isinstance(error, grpc.Call) else None


def _trailing(error: grpc.RpcError) -> Sequence[tuple[str, str | bytes]]:
    if not isinstance(error, grpc.Call):
        return ()
    return [*(error.initial_metadata() or ()), *(error.trailing_metadata() or ())]


def _pushback(error: grpc.RpcError) -> float | None:
    for key, value in _trailing(error):
        if key == "grpc-retry-pushback-ms":
            try:
                return int(value) / 1000
            except ValueError:
                return -1.0
    return None
