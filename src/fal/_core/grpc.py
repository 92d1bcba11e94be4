"""The gRPC transport: one lazy channel, made anew in a forked child."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import grpc
from grpc import RpcError as RpcError

from fal._core import proxies
from fal._core.forking import gate
from fal._core.locks import ForkSafeLock
from fal._core.retry import Failure
from fal._core.secret import MaskedStr, Sealed
from fal._core.statuses import from_grpc, is_untrusted
from fal._gen.method import Method
from fal._version import __version__
from fal.exceptions import ConfigurationError

Res = TypeVar("Res")

USER_AGENT = f"fal-management-sdk/{__version__}"
_UNLIMITED = 2**31 - 1

_DOWN = 3  # what the C core calls TRANSIENT_FAILURE

# What the transport itself says when it has no connection. A server may say the same of a server behind it, so this counts
# only while the channel has indeed no connection.
_NEVER_SENT = (
    "failed to connect to all addresses",
    "dns resolution failed",
    "name resolution failure",
    "failed to connect to remote host",
    "empty update",
    "errors resolving",
)


def options(host: str, proxy: str | None) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [
        ("grpc.primary_user_agent", USER_AGENT),
        ("grpc.max_send_message_length", _UNLIMITED),
        ("grpc.max_receive_message_length", _UNLIMITED),
        ("grpc.keepalive_time_ms", 30_000),
        # A connection that died without a word is found out before a read's deadline has passed twice.
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        # Retries are ours: the core's own repeat what must not be repeated.
        ("grpc.enable_retries", 0),
        # Without it, channels of one target share connections, those that a forked child inherited among them.
        ("grpc.use_local_subchannel_pool", 1),
        # A server that comes back is found within seconds, not minutes.
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 1_000),
        ("grpc.max_reconnect_backoff_ms", 5_000),
    ]
    if proxy is not None:
        # The core would ask no_proxy about a proxy that was given outright as well; there is no option against that.
        found.append(("grpc.http_proxy", MaskedStr(proxy).reveal()))
    else:
        found += _environment_proxy(host)
    return found


def _environment_proxy(host: str) -> list[tuple[str, Any]]:
    """Return what the core must be told: it reads the lower-case variables only, and goes around what it cannot use."""
    proxy = proxies.for_grpc(host)
    return [("grpc.enable_http_proxy", 0)] if proxy is None else [("grpc.http_proxy", proxy.reveal())]


def target_uri(target: str) -> str:
    """Return a target as the core must be told it: to the core, the host `unix` of port 443 is a socket in a file."""
    return target if target[0] == "[" or target[0].isdigit() else f"dns:///{target}"


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


@cache
def keep_core() -> grpc.Channel:
    """Keep the core from shutting down when the last channel goes: it does so in a thread, where a fork may catch it."""
    return grpc.insecure_channel("127.0.0.1:1")  # never used, so it never connects


def host_of(target: str) -> str:
    return urlsplit(f"//{target}").hostname or ""


def is_down(core: Any) -> bool:
    """Return whether a channel of the C core is down; of one that cannot tell, that it is not."""
    state = getattr(core, "check_connectivity_state", None)
    return state is not None and bool(state(False) == _DOWN)


def tls_credentials(ca_cert: bytes | None) -> grpc.ChannelCredentials:
    try:
        return grpc.ssl_channel_credentials(root_certificates=ca_cert)
    except Exception as error:
        raise ConfigurationError(f"ca_cert: the certificates cannot be used: {error}") from None


def parse(method: Method[Any, Res], answer: bytes | None) -> Res:
    """Return the message that an answer holds.

    Not left to grpc: its async half gives None for an answer that it cannot read, and goes on.

    Raises:
        ValueError: The call ended well, but without an answer.
        DecodeError: The answer is not such a message.
    """
    if answer is None:
        raise ValueError("the call ended without one")
    return method.response.FromString(answer)  # type: ignore[attr-defined, no-any-return]


def failure(error: grpc.RpcError, method: str, request_id: str, *, down: bool, started: bool = False) -> Failure:
    """Turn what grpc raises into ours.

    Args:
        error: What was raised.
        method: The RPC.
        request_id: The id that it was sent with.
        down: Whether the channel had no connection when it was raised.
        started: Whether an answer had arrived before.
    """
    status, details = _status(error), _details(error)
    text = (details or "").casefold()
    unsent = (
        down
        and not started
        and status == "UNAVAILABLE"
        and any(sign in text for sign in _NEVER_SENT)
        and not _trailing(error)
    )
    mapped = from_grpc(status, details, method=method, request_id=request_id, connected=not unsent)
    # Answers that were given are not given twice.
    pushback = -1.0 if started or (unsent and is_untrusted(text)) else _pushback(error)
    return Failure(mapped, status, sent=not unsent, pushback=pushback)


def _status(error: grpc.RpcError) -> str:
    # grpc's sync and async errors share no class that has these methods.
    code = error.code() if hasattr(error, "code") else None
    return str(code.name) if code is not None else "UNKNOWN"


def _details(error: grpc.RpcError) -> str | None:
    return error.details() if hasattr(error, "details") else None


def _trailing(error: Any) -> Sequence[Any]:
    if not hasattr(error, "trailing_metadata"):
        return ()
    return [*(error.initial_metadata() or ()), *(error.trailing_metadata() or ())]


def _pushback(error: grpc.RpcError) -> float | None:
    for key, value in _trailing(error):
        if key == "grpc-retry-pushback-ms":
            try:
                return int(value) / 1000
            except (ValueError, OverflowError):
                return -1.0
    return None
