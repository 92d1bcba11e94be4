"""How a gRPC channel, sync or async, is made."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import grpc

from fal._core import proxies
from fal._core.hosts import host_of, is_platform, port_of
from fal._core.secret import Sealed
from fal._core.transport.forking import gate
from fal._gen.method import Method
from fal._version import __version__
from fal.exceptions import ConfigurationError

USER_AGENT = f"fal-management-sdk/{__version__}"
READY = grpc.ChannelConnectivity.READY.value[0]
FAILED = grpc.ChannelConnectivity.TRANSIENT_FAILURE.value[0]
LOOK = 0.2  # seconds that a state of the channel is waited for at once
# A call to ask why there is no connection; a server that it reaches after all takes it for what it is.
PROBE = "/grpc.health.v1.Health/Check"

_ANSWER_LIMIT = 64 * 1024 * 1024  # bytes; 100,000 runners of a listing take 22 MB
_UNLIMITED = 2**31 - 1
_IDENTITY_ONLY = 1  # a set of bits
_BOUNDED_UNPACKING = (1, 82)  # older releases of grpcio look at the limit when an answer is unpacked already

# The platform's load balancer drops a connection that is silent for a minute. Other servers, as they come, end the connection
# of a client that pings more often than every five minutes, or without a call.
_PLATFORM_KEEPALIVE = 30.0  # seconds
_DEFAULT_KEEPALIVE = 310.0

_OFF = ("0", "f", "false", "n", "no")  # how the core reads a variable


class Channel(NamedTuple):
    """What a channel is made of."""

    target: str
    options: list[tuple[str, Any]]


def describe(
    target: str, *, secure: bool, proxy: str | None, keepalive: float | None, custom: Sequence[tuple[str, Any]] = ()
) -> Channel:
    """Return the options of a channel.

    Args:
        target: HOST:PORT.
        secure: Whether TLS is spoken.
        proxy: The URL of a proxy, instead of the environment's.
        keepalive: After how many idle seconds the server is pinged; None chooses by the host.
        custom: Options that override the client's.
    """
    through = proxy if proxy is not None else proxies.for_grpc(host_of(target), port_of(target))
    chosen = _options(host_of(target), keepalive)
    if through is not None:
        chosen += _tunnel(target, through, secure=secure)
    replaced = {name for name, _ in custom}
    chosen = [*(option for option in chosen if option[0] not in replaced), *custom]
    return Channel(target_uri(target if through is None else proxies.authority_and_login(through)[0]), chosen)


def _options(host: str, keepalive: float | None) -> list[tuple[str, Any]]:
    platform = is_platform(host)
    if keepalive is None:
        keepalive = _PLATFORM_KEEPALIVE if platform else _DEFAULT_KEEPALIVE
    options: list[tuple[str, Any]] = [
        ("grpc.primary_user_agent", USER_AGENT),
        ("grpc.max_send_message_length", _UNLIMITED),
        ("grpc.max_receive_message_length", _ANSWER_LIMIT),
        ("grpc.keepalive_time_ms", int(keepalive * 1000)),
        # A connection that died without a word is found out before a read's deadline has passed twice.
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.keepalive_permit_without_calls", int(platform)),
        ("grpc.http2.max_pings_without_data", 0),
        # Retries are ours: the core's own repeat what must not be repeated.
        ("grpc.enable_retries", 0),
        # Without it, channels of one target share connections, those that a forked child inherited among them.
        ("grpc.use_local_subchannel_pool", 1),
        # A server that comes back is found within seconds, not minutes.
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 1_000),
        ("grpc.max_reconnect_backoff_ms", 5_000),
        # The proxy was chosen already; the core's own rule is another one.
        ("grpc.enable_http_proxy", 0),
    ]
    if tuple(map(int, grpc.__version__.split(".")[:2])) < _BOUNDED_UNPACKING:
        options.append(("grpc.compression_enabled_algorithms_bitset", _IDENTITY_ONLY))
    return options


def _tunnel(target: str, proxy: str, *, secure: bool) -> list[tuple[str, Any]]:
    """Return the options that make the core use a proxy for `target`, as it sets them itself for a proxy from its own rule."""
    login = proxies.authority_and_login(proxy)[1]
    options: list[tuple[str, Any]] = [("grpc.http_connect_server", target), ("grpc.default_authority", target)]
    if secure:
        options.append(("grpc.ssl_target_name_override", host_of(target)))
    if login is not None:
        encoded = base64.b64encode(login.encode()).decode("ascii")
        options.append(("grpc.http_connect_headers", f"Proxy-Authorization:Basic {encoded}"))
    return options


def target_uri(target: str) -> str:
    """Return a target in the form that the core needs: to the core, the host `unix` of port 443 is a socket in a file."""
    return target if target[0] == "[" or target[0].isdigit() else f"dns:///{target}"


@cache
def keep_core() -> grpc.Channel:
    """Keep the core from shutting down when the last channel goes: it does so in a thread, where a fork may catch it."""
    gate.survives = os.environ.get("GRPC_ENABLE_FORK_SUPPORT", "").strip().casefold() not in _OFF
    return grpc.insecure_channel("127.0.0.1:1")  # never used, so it never connects


class ChannelFactory:
    """Opens the channel of one client.

    Args:
        target: HOST:PORT.
        secure: Whether TLS is spoken.
        ca_cert: Certificates to trust instead of the system's, in PEM.
        proxy: The URL of a proxy, instead of the environment's.
        keepalive: After how many idle seconds the server is pinged; None chooses by the host.
        custom: Options of the channel that override the client's.
    """

    def __init__(
        self,
        target: str,
        *,
        secure: bool,
        ca_cert: bytes | None = None,
        proxy: str | None = None,
        keepalive: float | None = None,
        custom: Sequence[tuple[str, Any]] = (),
    ) -> None:
        self._target = target
        self._secure = secure
        self._ca_cert = ca_cert
        self._proxy = Sealed(proxy)
        self._keepalive = keepalive
        self._custom = custom

    def open(self, api: Any) -> Any:
        """Open a channel of `grpc` or of `grpc.aio`.

        Raises:
            ConfigurationError: The certificates, or the proxy of the environment, cannot be used.
        """
        keep_core()
        # Asked for by each connection: a password of the proxy is not kept, and the environment of a forked child counts.
        target, options = describe(
            self._target,
            secure=self._secure,
            proxy=self._proxy.value,
            keepalive=self._keepalive,
            custom=self._custom,
        )
        if not self._secure:
            return api.insecure_channel(target, options=options)
        return api.secure_channel(target, tls_credentials(self._ca_cert), options=options)


def core_of(channel: Any) -> Any:
    """Return what a channel is of the C core, behind the interceptors that tracing puts around it; None when it hides that."""
    core = channel
    while core is not None and not hasattr(core, "check_connectivity_state"):
        core = getattr(core, "_channel", None)
    return core


def maker(channel: Any, method: Method[Any, Any]) -> Any:
    """Return the channel's factory for an RPC, by whether requests and responses are streams."""
    if method.client_streaming:
        return channel.stream_stream if method.server_streaming else channel.stream_unary
    return channel.unary_stream if method.server_streaming else channel.unary_unary


def tls_credentials(ca_cert: bytes | None) -> grpc.ChannelCredentials:
    try:
        return grpc.ssl_channel_credentials(root_certificates=ca_cert)
    except Exception as error:
        raise ConfigurationError(f"ca_cert: the certificates cannot be used: {error}") from None
