"""The HTTP transport: one lazy httpx client, made anew in a forked child, with one deadline over each exchange."""

from __future__ import annotations

import contextvars
import json
import math
import os
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import httpcore
import httpx

from fal._core import proxies
from fal._core.hosts import is_loopback
from fal._core.locks import ForkSafeLock
from fal._core.retry import Failure
from fal._core.secret import MaskedStr, Sealed
from fal._core.sse import MESSAGE, Event, EventParser, payload
from fal._core.statuses import advice, from_http, is_untrusted
from fal._gen.method import Operation
from fal._version import __version__
from fal.exceptions import (
    ConfigurationError,
    ConnectionFailed,
    DataLoss,
    DeadlineExceeded,
    FalServerlessException,
    InvalidInput,
    Unavailable,
)

USER_AGENT = f"fal-management-sdk/{__version__}"
REDIRECTS = 5
# What an answer is to be, by whether it is a stream of events: a file is sent as it is stored, not packed for the way.
WANTED = {True: ("Accept", "text/event-stream"), False: ("Accept-Encoding", "identity")}
_DETAIL = 2000  # characters of an error body that go into an error


class HttpTransport:
    """The connections of one client to one REST host. Safe to share between threads."""

    def __init__(self, base_url: str, *, ca_file: str | None, proxy: str | None) -> None:
        self._base = httpx.URL(base_url)
        self._ca_file = ca_file
        self._proxy = Sealed(proxy)
        self._closed = False
        self._lock = ForkSafeLock()
        self._pid = os.getpid()
        self._clients: dict[tuple[bool, str], httpx.Client] = {}
        self._inherited: list[dict[tuple[bool, str], httpx.Client]] = []

    def send(
        self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request and return status, headers and body. Raises httpx.HTTPError."""
        request = self._request(operation, headers)
        with _deadline(None if timeout is None else time.monotonic() + timeout):
            response = self._follow(request, stream=False)
        # It holds the response in turn: until garbage is collected, what was sent would stay in memory, each part of a file.
        del response.stream
        return response.status_code, response.headers, response.content

    def open(self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]) -> EventStream:
        """Send one request and return its answer, unread. Raises httpx.HTTPError."""
        limit = None if timeout is None else time.monotonic() + timeout
        with _deadline(limit):
            request = self._request(operation, [*headers, WANTED[operation.stream]])
            return EventStream(self._follow(request, stream=True), limit, events=operation.stream)

    def put(
        self, url: str, content: bytes | Iterable[bytes], headers: Sequence[tuple[str, str]], timeout: float | None
    ) -> httpx.Response:
        """Put `content` at `url`, with no credentials: the address itself is the permission."""
        client = self._open(httpx.URL(url))
        with _deadline(None if timeout is None else time.monotonic() + timeout):
            return client.send(client.build_request("PUT", url, content=content, headers=list(headers)))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            clients, self._clients = self._clients, {}
        if self._pid == os.getpid():
            for client in clients.values():
                client.close()

    def _request(self, operation: Operation[Any], headers: Sequence[tuple[str, str]]) -> httpx.Request:
        return build_request(self._open(self._base), self._base, operation, headers)

    def _follow(self, request: httpx.Request, *, stream: bool) -> httpx.Response:
        client = self._open(self._base)
        response = client.send(request, stream=stream)
        for _ in range(REDIRECTS):
            target = redirect_target(request, response)
            if target is None:
                break
            response.close()
            request = target
            response = client.send(request, stream=stream)
        return response

    def _open(self, url: httpx.URL) -> httpx.Client:
        place = client_place(url)
        if self._pid == os.getpid():
            found = self._clients.get(place)
            if found is not None:
                return found
        with self._lock:
            if self._closed:
                raise RuntimeError("the client is closed")
            if self._pid != os.getpid():
                # The parent's connections are the parent's: they are neither used nor closed here.
                self._inherited.append(self._clients)
                self._clients, self._pid = {}, os.getpid()
            if place not in self._clients:
                self._clients[place] = _connect(url, self._ca_file, self._proxy.value)
            return self._clients[place]


def _connect(url: httpx.URL, ca_file: str | None, proxy: str | None) -> httpx.Client:
    client = httpx.Client(**client_options(url, ca_file, proxy))
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend)
    return client


def connect_async(url: httpx.URL, ca_file: str | None, proxy: str | None) -> httpx.AsyncClient:
    """Return a client for an event loop. Deadlines are the loop's own there, and are cancellations."""
    client = httpx.AsyncClient(**client_options(url, ca_file, proxy))
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _AsyncBackend(pool._network_backend)
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


class EventStream:
    """A response that is read event by event, or as it comes, all of it under one deadline."""

    def __init__(self, response: httpx.Response, limit: float | None, *, events: bool) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response
        self._limit = limit
        self._events = events
        self._parser = EventParser()
        self._chunks = response.iter_bytes()
        self._ready: deque[Event] = deque()

    def next_event(self) -> Event | None:
        """Return the next event that carries something, or the next bytes of a body as one; None at the end."""
        while True:
            while self._ready:
                event = self._ready.popleft()
                if payload(event) is not None:
                    return event
            with _deadline(self._limit):
                chunk = next(self._chunks, None)
            if chunk is None:
                return None
            if not self._events:
                return Event(MESSAGE, chunk, "")
            self._ready.extend(self._parser.feed(chunk))

    def rest(self) -> bytes:
        """Return the body as it is, of a response that is no stream of events."""
        with _deadline(self._limit):
            body = self._response.read()
        self.end()
        return body

    def end(self) -> None:
        self._response.close()


def post_form(
    url: str, form: Mapping[str, str], *, timeout: float, proxy: str | None = None, ca_file: str | None = None
) -> tuple[int, dict[str, Any]]:
    """Post a form and return status and JSON answer, empty when it is none.

    Raises:
        Unavailable: when no answer came.
    """
    try:
        with _connect(httpx.URL(url), ca_file, proxy) as client, _deadline(time.monotonic() + timeout):
            answer = client.post(url, data=dict(form))
    except httpx.HTTPError as error:
        said = _said(error)
        raise Unavailable(f"{httpx.URL(url).host} cannot be reached: {said}", hint=advice(said)) from None
    try:
        found = answer.json()
    except ValueError:
        found = None
    return answer.status_code, found if isinstance(found, dict) else {}


def failure(error: Exception, name: str, request_id: str) -> Failure:
    """Turn what httpx raises into ours."""
    about: Any = {"method": name, "request_id": request_id}
    said = _said(error)
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Failure(DeadlineExceeded(f"no connection in time: {said}", **about), "connect", sent=False)
    if isinstance(error, FalServerlessException):
        error.method, error.request_id = name, request_id
        return Failure(error, "refused here", sent=False, pushback=-1.0)
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return Failure(InvalidInput("the address is not a URL", **about), "refused here", sent=False, pushback=-1.0)
    if isinstance(error, httpx.ProxyError):
        hint = "Check proxy= and the proxy variables of the environment."
        return Failure(ConnectionFailed(f"the proxy refused: {said}", hint=hint, **about), "connect", sent=False)
    if isinstance(error, httpx.ConnectError):
        failed = ConnectionFailed(f"no connection: {said}", hint=advice(said), **about)
        return Failure(failed, "connect", sent=False, pushback=-1.0 if is_untrusted(said) else None)
    if isinstance(error, httpx.TimeoutException):
        return Failure(DeadlineExceeded(f"no answer in time: {said}", **about), "timeout", sent=True)
    if isinstance(error, httpx.TransportError):
        return Failure(Unavailable(f"the connection broke: {said}", **about), "503", sent=True)
    mapped = DataLoss(f"the answer cannot be read: {said}", **about)
    return Failure(mapped, "damaged", sent=True)


def _said(error: Exception) -> str:
    """Return what an error says, and what the system said below it: over asyncio the error itself does not tell."""
    said = str(error) or type(error).__name__
    below: BaseException = error
    while (found := below.__cause__ or next(iter(below.args), None)) and isinstance(found, BaseException):
        # httpcore cuts the chain and keeps what is below as an argument; of a group, there is one for each address.
        below = found.exceptions[0] if isinstance(found, BaseExceptionGroup) else found
    if isinstance(below, OSError) and below.errno is not None:
        resolving = isinstance(below, socket.gaierror | ssl.SSLError)
        reason = str(below.strerror) if resolving else os.strerror(below.errno)
        if reason.casefold() not in said.casefold():
            return f"{said}: {reason}"
    return said


def refusal(status: int, headers: Mapping[str, str], body: bytes, name: str, request_id: str) -> Failure:
    """Turn an answer that is no success into a failure."""
    error = from_http(status, _detail(body), method=name, request_id=headers.get("x-fal-request-id") or request_id)
    if 300 <= status < 400:
        error = FalServerlessException(
            f"the server redirects to {_shown_place(headers.get('location'))}, which is not followed",
            http_status=status,
            method=name,
            request_id=request_id,
            hint="Credentials go to no host but the one that was named; check the host.",
        )
    return Failure(error, str(status), sent=True, pushback=_retry_after(headers))


def _shown_place(location: str | None) -> str:
    """Return where a redirect leads, without a login or a query, which may be a permission."""
    if not location:
        return "another place"
    try:
        url = httpx.URL(location)
    except httpx.InvalidURL:
        return "what is no address"
    return repr(str(url.copy_with(userinfo=b"", query=None, fragment=None))[:_DETAIL])


def _detail(body: bytes) -> str:
    """Return what a server says of an error: its `detail`, else the text itself."""
    text = body[: 4 * _DETAIL].decode("utf-8", "replace")
    try:
        found = json.loads(body)
    except ValueError:
        return " ".join(text.split())[:_DETAIL]
    detail = found.get("detail", found) if isinstance(found, dict) else found
    if isinstance(detail, list):
        return "; ".join(_place(item) for item in detail)[:_DETAIL]
    return (detail if isinstance(detail, str) else json.dumps(detail))[:_DETAIL]


def _place(item: Any) -> str:
    if isinstance(item, dict) and "msg" in item:
        place = ".".join(str(part) for part in item.get("loc", ()) if part != "body")
        return f"{place}: {item['msg']}" if place else str(item["msg"])
    return item if isinstance(item, str) else json.dumps(item)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how long the server asks to wait, in seconds: it says so as a number, or as a date."""
    text = headers.get("retry-after")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text).timestamp()
        except (ValueError, OverflowError):
            return None
        seconds = max(0.0, at - time.time())
    return None if math.isnan(seconds) else seconds


def _tls(ca_file: str | None) -> ssl.SSLContext:
    # One context takes about 20 ms to make; this is the only place that makes one, once per client.
    try:
        return ssl.create_default_context(cafile=ca_file) if ca_file else httpx.create_ssl_context()
    except OSError as error:
        raise ConfigurationError(
            f"ca_cert: the certificates of {ca_file or 'the environment'!r} cannot be used: {error}",
            hint="Give a PEM file, or mend SSL_CERT_FILE.",
        ) from None


# --------------------------------------------------------------------------------------------------- one deadline
#
# httpx limits each read, not the exchange: a server that drips one byte at a time would hold a call for ever. The network
# backend below gives each read what is left of the deadline of the call that it belongs to.

_LIMIT: contextvars.ContextVar[float | None] = contextvars.ContextVar("fal_http_deadline", default=None)


@contextmanager
def _deadline(limit: float | None) -> Iterator[None]:
    token = _LIMIT.set(limit)
    try:
        yield
    finally:
        _LIMIT.reset(token)


def _left(timeout: float | None, late: type[Exception]) -> float | None:
    limit = _LIMIT.get()
    if limit is None:
        return timeout
    left = limit - time.monotonic()
    if left <= 0:
        raise late("the deadline of the call has passed")
    return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            left = _left(timeout, httpcore.ConnectTimeout)
            return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))
        except BaseException:
            self._inner.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options))

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.connect_unix_socket(path, _left(timeout, httpcore.ConnectTimeout), socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


# ------------------------------------------------------------------------------------------- cancelled handshakes
#
# httpcore leaves a connection open whose TLS handshake is cancelled. The event loop holds it for as long as the server does.


class _AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))
        except BaseException:
            await self._inner.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _AsyncBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, inner: httpcore.AsyncNetworkBackend) -> None:
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _AsyncStream(await self._inner.connect_tcp(host, port, timeout, local_address, socket_options))

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        return _AsyncStream(await self._inner.connect_unix_socket(path, timeout, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)
