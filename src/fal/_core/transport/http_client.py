"""How connections over HTTP, sync or async, are made, and what is sent over them."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Mapping, Sequence
from typing import Any, cast

import httpcore
import httpx

from fal._core import proxies
from fal._core.hosts import is_loopback
from fal._core.secret import MaskedStr, Sealed
from fal._core.transport.http_network import AsyncBackend, Backend
from fal._gen.method import Operation
from fal._version import __version__
from fal.exceptions import ConfigurationError, InvalidInput

USER_AGENT = f"fal-management-sdk/{__version__}"
REDIRECTS = 5
_REDIRECTED = frozenset({301, 302, 303, 307, 308})
_DEFAULTS = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "keep-alive"}
# What an answer is to be, by whether it is a stream of events: a file is sent as it is stored, not packed for the way.
WANTED = {True: ("Accept", "text/event-stream"), False: ("Accept-Encoding", "identity")}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class HttpSettings:
    """How the hosts of a client are reached over HTTP.

    Args:
        hosts: The bases of REST operations, by the names that the operations know them by.
        ca_file: A file of certificates to trust instead of the system's.
        proxy: The URL of a proxy, instead of the environment's.
        custom: A transport that sends requests instead of the client's own connections: sync or async, as the client is.
    """

    def __init__(
        self,
        hosts: Mapping[str, str],
        *,
        ca_file: str | None = None,
        proxy: str | None = None,
        custom: Any = None,
    ) -> None:
        self.bases = {name: httpx.URL(url) for name, url in hosts.items()}
        self.ca_file = ca_file
        self.proxy = Sealed(proxy)
        self.custom = custom


def port_of(url: httpx.URL) -> int:
    return url.port or _DEFAULT_PORTS.get(url.scheme, 0)


def proxy_for(url: httpx.URL, given: str | None) -> MaskedStr | None:
    """Return the proxy that a URL is reached through.

    Raises:
        ConfigurationError: The URL would be spoken to in plaintext on another machine, or its proxy cannot be used.
    """
    secure = url.scheme == "https"
    if not secure and not (url.scheme == "http" and is_loopback(url.host)):
        raise ConfigurationError(f"nothing is sent in plaintext to {url.host!r}", hint="Use https://.")
    proxies.check_plaintext(url.host, secure=secure, proxy=given)
    return proxies.for_http(url.host, port_of(url)) if given is None else MaskedStr(given)


def pool(verify: ssl.SSLContext | bool, proxy: MaskedStr | None) -> httpx.HTTPTransport:
    """Return connections whose reads and writes end at the deadline of the call that they belong to."""
    made = httpx.HTTPTransport(verify=verify, proxy=proxy and proxy.reveal(), trust_env=False)
    made._pool._network_backend = Backend(httpcore.SyncBackend())
    return made


def async_pool(verify: ssl.SSLContext | bool, proxy: MaskedStr | None) -> httpx.AsyncHTTPTransport:
    """Return connections for an event loop. Deadlines are the loop's own there, and are cancellations."""
    made = httpx.AsyncHTTPTransport(verify=verify, proxy=proxy and proxy.reveal(), trust_env=False)
    made._pool._network_backend = AsyncBackend(cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend()))
    return made


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """Return what verifies servers. It takes about 20 ms to make, so there is one for each client.

    Raises:
        ConfigurationError: The certificates cannot be used, or the log of keys cannot be written.
    """
    try:
        return ssl.create_default_context(cafile=ca_file) if ca_file else httpx.create_ssl_context()
    except OSError as error:
        log = os.environ.get("SSLKEYLOGFILE")
        if log and not _can_append(log):
            raise ConfigurationError(
                f"variable SSLKEYLOGFILE: {log!r} cannot be written: {error.strerror}",
                hint="Unset it, or name a file that can be written.",
            ) from None
        raise ConfigurationError(
            f"ca_cert: the certificates of {ca_file or 'the environment'!r} cannot be used: {error}",
            hint="Pass a PEM file, or correct SSL_CERT_FILE.",
        ) from None


def _can_append(path: str) -> bool:
    try:
        with open(path, "ab"):
            return True
    except OSError:
        return False


def build_request(
    bases: Mapping[str, httpx.URL], operation: Operation[Any], headers: Sequence[tuple[str, str]]
) -> httpx.Request:
    """Turn an operation into a request; its path is encoded already, or is a whole address: that of an app.

    Raises:
        ConfigurationError: The operation is on a host that nobody named: credentials would go there.
        InvalidInput: An argument cannot be sent.
    """
    if operation.host not in bases:
        raise ConfigurationError(
            f"{operation.name} is on {operation.host}, which is not configured",
            hint="Pass hosts={...} with this host and the address to call; credentials go there too.",
        )
    base = bases[operation.host]
    url: httpx.URL | str = operation.path
    try:
        if not operation.path.startswith(("https://", "http://")):
            url = base.copy_with(raw_path=(base.path.rstrip("/") + operation.path).encode("ascii"))
        return httpx.Request(
            operation.method,
            url,
            params=list(operation.params) or None,
            headers=_with_defaults([*operation.headers, *headers]),
            json=operation.json,
            content=operation.content,
            files=list(operation.files) or None,
        )
    except (httpx.InvalidURL, UnicodeError) as error:
        raise InvalidInput(
            f"the request cannot be sent: {error}", hint="An argument is too long, or is no proper text."
        ) from None


def build_plain(method: str, url: str, content: Any, headers: Sequence[tuple[str, str]]) -> httpx.Request:
    """Return a request that no operation describes."""
    return httpx.Request(method, url, content=content, headers=_with_defaults(headers))


def _with_defaults(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    given = {name.casefold() for name, _ in headers}
    return [*((name, value) for name, value in _DEFAULTS.items() if name.casefold() not in given), *headers]


def give_time(request: httpx.Request, limit: float | None) -> None:
    """Say how long each step of an exchange may take: what is left until `limit`, of the monotonic clock."""
    left = None if limit is None else max(0.0, limit - time.monotonic())
    request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), left)


def redirect_target(request: httpx.Request, response: httpx.Response) -> httpx.Request | None:
    """Return the next request of a redirect that is followed: of a read, on the same host. Credentials go nowhere else."""
    location = response.headers.get("location")
    if location is None or response.status_code not in _REDIRECTED or request.method != "GET":
        return None
    try:
        url = request.url.join(location)
    except httpx.InvalidURL:
        return None
    if url.userinfo or _origin(url) != _origin(request.url):
        return None
    return httpx.Request("GET", url, headers=request.headers)


def check_redirects(request: httpx.Request, response: httpx.Response) -> None:
    """Refuse to follow another redirect.

    Raises:
        httpx.TooManyRedirects: The answer is one that would be followed.
    """
    target = redirect_target(request, response)
    if target is not None:
        raise httpx.TooManyRedirects(f"{REDIRECTS} redirects, the last one to {target.url.path!r}", request=request)


def is_late(limit: float | None) -> bool:
    return limit is not None and time.monotonic() >= limit


def too_late() -> httpx.ReadTimeout:
    return httpx.ReadTimeout("the deadline of the call has passed")


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, port_of(url)
