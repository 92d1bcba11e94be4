"""How an httpx client, sync or async, is made, and what it sends."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import Any

import httpx

from fal._core import proxies
from fal._core.hosts import is_loopback
from fal._core.secret import MaskedStr
from fal._core.transport.http_network import AsyncBackend, Backend
from fal._gen.method import Operation
from fal._version import __version__
from fal.exceptions import ConfigurationError

USER_AGENT = f"fal-management-sdk/{__version__}"
REDIRECTS = 5
# What an answer is to be, by whether it is a stream of events: a file is sent as it is stored, not packed for the way.
WANTED = {True: ("Accept", "text/event-stream"), False: ("Accept-Encoding", "identity")}


def connect(url: httpx.URL, ca_file: str | None, proxy: str | None) -> httpx.Client:
    client = httpx.Client(**client_options(url, ca_file, proxy))
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = Backend(pool._network_backend)
    return client


def connect_async(url: httpx.URL, ca_file: str | None, proxy: str | None) -> httpx.AsyncClient:
    """Return a client for an event loop. Deadlines are the loop's own there, and are cancellations."""
    client = httpx.AsyncClient(**client_options(url, ca_file, proxy))
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = AsyncBackend(pool._network_backend)
    return client


def client_place(url: httpx.URL) -> tuple[bool, str]:
    """Return what decides how a client is made: whether the host is this machine, and the scheme."""
    return is_loopback(url.host), url.scheme


def client_options(base: httpx.URL, ca_file: str | None, proxy: str | None) -> dict[str, Any]:
    """Return how an httpx client, sync or async, is made.

    Raises:
        ConfigurationError: when it would speak in plaintext to another machine, or the certificates cannot be used.
    """
    local, scheme = client_place(base)
    if scheme != "https" and not (local and scheme == "http"):
        raise ConfigurationError(f"nothing is sent in plaintext to {base.host!r}", hint="Use https://.")
    proxies.check_plaintext(base.host, secure=scheme == "https", proxy=proxy)
    if not local and proxy is None:
        proxies.check_rest()
    return {
        "verify": False if scheme == "http" else _tls(ca_file),
        "proxy": None if proxy is None else MaskedStr(proxy).reveal(),
        # On this machine the proxies of the environment are in the way.
        "trust_env": not local and proxy is None,
        "timeout": None,  # the deadline of the call counts
        "follow_redirects": False,
        "headers": {"User-Agent": USER_AGENT},
    }


def build_request(
    client: httpx.Client | httpx.AsyncClient,
    base: httpx.URL,
    operation: Operation[Any],
    headers: Sequence[tuple[str, str]],
) -> httpx.Request:
    """Turn an operation into a request; its path is encoded already."""
    return client.build_request(
        operation.method,
        base.copy_with(raw_path=(base.path.rstrip("/") + operation.path).encode("ascii")),
        params=list(operation.params) or None,
        headers=[*operation.headers, *headers],
        json=operation.json,
        files=list(operation.files) or None,
    )


def redirect_target(request: httpx.Request, response: httpx.Response) -> httpx.Request | None:
    """Return the next request of a redirect that is followed: of a read, on the same host. Credentials go nowhere else."""
    target = response.next_request
    if target is None or request.method != "GET" or target.url.userinfo:
        return None
    places = [(url.scheme, url.host, url.port) for url in (request.url, target.url)]
    return target if places[0] == places[1] else None


def _tls(ca_file: str | None) -> ssl.SSLContext:
    # One context takes about 20 ms to make; this is the only place that makes one, once per client.
    try:
        return ssl.create_default_context(cafile=ca_file) if ca_file else httpx.create_ssl_context()
    except OSError as error:
        raise ConfigurationError(
            f"ca_cert: the certificates of {ca_file or 'the environment'!r} cannot be used: {error}",
            hint="Give a PEM file, or mend SSL_CERT_FILE.",
        ) from None
