"""How a gRPC channel, sync or async, is made."""

from __future__ import annotations

from functools import cache
from typing import Any

import grpc

from fal._core import proxies
from fal._core.secret import MaskedStr
from fal._version import __version__
from fal.exceptions import ConfigurationError

USER_AGENT = f"fal-management-sdk/{__version__}"
_UNLIMITED = 2**31 - 1

_DOWN = 3  # what the C core calls TRANSIENT_FAILURE


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


@cache
def keep_core() -> grpc.Channel:
    """Keep the core from shutting down when the last channel goes: it does so in a thread, where a fork may catch it."""
    return grpc.insecure_channel("127.0.0.1:1")  # never used, so it never connects


def is_down(core: Any) -> bool:
    """Return whether a channel of the C core is down; of one that cannot tell, that it is not."""
    state = getattr(core, "check_connectivity_state", None)
    return state is not None and bool(state(False) == _DOWN)


def tls_credentials(ca_cert: bytes | None) -> grpc.ChannelCredentials:
    try:
        return grpc.ssl_channel_credentials(root_certificates=ca_cert)
    except Exception as error:
        raise ConfigurationError(f"ca_cert: the certificates cannot be used: {error}") from None
