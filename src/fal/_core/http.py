"""The HTTP transport: one lazy httpx client, made anew in a forked child, with one deadline over each exchange."""

from __future__ import annotations

import contextvars
import json
import os
import ssl
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from fal._core.hosts import is_loopback
from fal._core.retry import Failure
from fal._core.sse import EventParser
from fal._gen.method import Operation
from fal._version import __version__
from fal.exceptions import ConnectionFailed, DataLoss, DeadlineExceeded, FalServerlessException, Unavailable, from_http

USER_AGENT = f"fal-management-sdk/{__version__}"
_REDIRECTS = 5
_DETAIL = 2000  # characters of an error body that go into an error


class HttpTransport:
    """The connections of one client to one REST host. Safe to share between threads."""

    def __init__(self, base_url: str, *, ca_file: str | None, proxy: str | None) -> None:
        self._base = httpx.URL(base_url)
        self._ca_file = ca_file
        self._proxy = proxy
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._client: httpx.Client | None = None
        self._inherited: list[httpx.Client] = []

    def send(
        self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request and return status, headers and body. Raises httpx.HTTPError."""
        request = self._request(operation, headers)
        with _deadline(None if timeout is None else time.monotonic() + timeout):
            response = self._follow(request, stream=False)
        return response.status_code, response.headers, response.content

    def open(self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]) -> EventStream:
        """Send one request and return its answer, unread. Raises httpx.HTTPError."""
        limit = None if timeout is None else time.monotonic() + timeout
        with _deadline(limit):
            request = self._request(operation, [*headers, ("Accept", "text/event-stream")])
            return EventStream(self._follow(request, stream=True), limit)

    def put(
        self, url: str, content: bytes | Iterable[bytes], headers: Sequence[tuple[str, str]], timeout: float | None
    ) -> httpx.Response:
        """Put `content` at `url`, with no credentials: the address itself is the permission."""
        with _deadline(None if timeout is None else time.monotonic() + timeout):
            request = self._open().build_request("PUT", url, content=content, headers=list(headers))
            return self._open().send(request)

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None and self._pid == os.getpid():
            client.close()

    def _request(self, operation: Operation[Any], headers: Sequence[tuple[str, str]]) -> httpx.Request:
        return self._open().build_request(
            operation.method,
            self._base.copy_with(raw_path=(self._base.path.rstrip("/") + operation.path).encode("ascii")),
            params=list(operation.params) or None,
            headers=[*operation.headers, *headers],
            json=operation.json,
            files=list(operation.files) or None,
        )

    def _follow(self, request: httpx.Request, *, stream: bool) -> httpx.Response:
        """Send, and follow redirects of reads that stay on the host: credentials go nowhere else."""
        client = self._open()
        for _ in range(_REDIRECTS):
            response = client.send(request, stream=stream)
            target = response.next_request
            stays = target is not None and (target.url.scheme, target.url.host, target.url.port) == (
                request.url.scheme,
                request.url.host,
                request.url.port,
            )
            if target is None or not stays or request.method != "GET":
                return response
            response.close()
            request = target
        return response

    def _open(self) -> httpx.Client:
        if self._client is not None and self._pid == os.getpid():
            return self._client
        with self._lock:
            if self._pid != os.getpid():
                if self._client is not None:
                    self._inherited.append(self._client)
                self._client, self._pid = None, os.getpid()
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> httpx.Client:
        local = is_loopback(self._base.host)
        client = httpx.Client(
            verify=_tls(self._ca_file) if self._base.scheme == "https" or not local else False,
            proxy=self._proxy,
            # On this machine the proxies of the environment are in the way.
            trust_env=not local and self._proxy is None,
            timeout=None,  # the deadline of the call counts, see _Stream
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT},
        )
        for transport in (client._transport, *client._mounts.values()):
            pool = getattr(transport, "_pool", None)
            if pool is not None:
                pool._network_backend = _Backend(pool._network_backend)
        return client


class EventStream:
    """A response that is read event by event, all of it under one deadline."""

    def __init__(self, response: httpx.Response, limit: float | None) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response
        self._limit = limit
        self._parser = EventParser()
        self._chunks = response.iter_bytes()
        self._ready: deque[bytes] = deque()

    def next_data(self) -> bytes | None:
        """Return the data of the next event, None at the end of the stream."""
        while not self._ready:
            with _deadline(self._limit):
                chunk = next(self._chunks, None)
            if chunk is None:
                return None
            self._ready.extend(event.data for event in self._parser.feed(chunk) if event.data is not None)
        return self._ready.popleft()

    def rest(self) -> bytes:
        """Return the body as it is, of a response that is no stream of events."""
        with _deadline(self._limit):
            body = self._response.read()
        self.end()
        return body

    def end(self) -> None:
        self._response.close()


def post_form(url: str, form: Mapping[str, str], *, timeout: float) -> tuple[int, dict[str, Any]]:
    """Post a form and return status and JSON answer, empty when it is none.

    Raises:
        Unavailable: when no answer came.
    """
    try:
        answer = httpx.post(url, data=dict(form), timeout=timeout, headers={"User-Agent": USER_AGENT})
    except httpx.HTTPError as error:
        raise Unavailable(f"{httpx.URL(url).host} cannot be reached: {type(error).__name__}") from None
    try:
        found = answer.json()
    except ValueError:
        found = None
    return answer.status_code, found if isinstance(found, dict) else {}


def failure(error: Exception, name: str, request_id: str) -> Failure:
    """Turn what httpx raises into ours."""
    about: Any = {"method": name, "request_id": request_id}
    said = str(error) or type(error).__name__
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Failure(DeadlineExceeded(f"no connection in time: {said}", **about), "connect", sent=False)
    if isinstance(error, httpx.ProxyError):
        hint = "Check proxy= and the proxy variables of the environment."
        return Failure(ConnectionFailed(f"the proxy refused: {said}", hint=hint, **about), "connect", sent=False)
    if isinstance(error, httpx.ConnectError):
        return Failure(ConnectionFailed(f"no connection: {said}", code="UNAVAILABLE", **about), "connect", sent=False)
    if isinstance(error, httpx.TimeoutException):
        return Failure(DeadlineExceeded(f"no answer in time: {said}", **about), "timeout", sent=True)
    if isinstance(error, httpx.TransportError):
        return Failure(Unavailable(f"the connection broke: {said}", **about), "503", sent=True)
    mapped = DataLoss(f"the answer cannot be read: {said}", **about)
    return Failure(mapped, "damaged", sent=True)


def refusal(status: int, headers: Mapping[str, str], body: bytes, name: str, request_id: str) -> Failure:
    """Turn an answer that is no success into a failure."""
    error = from_http(status, _detail(body), method=name, request_id=headers.get("x-fal-request-id") or request_id)
    if 300 <= status < 400:
        error = FalServerlessException(
            f"the server redirects to {headers.get('location', 'another place')!r}, which is not followed",
            http_status=status,
            method=name,
            request_id=request_id,
            hint="Credentials go to no host but the one that was named; check the host.",
        )
    return Failure(error, str(status), sent=True, pushback=_retry_after(headers))


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
    try:
        return float(headers["retry-after"])
    except (KeyError, ValueError):
        return None


def _tls(ca_file: str | None) -> ssl.SSLContext:
    # One context takes about 20 ms to make; this is the only place that makes one, once per client.
    return ssl.create_default_context(cafile=ca_file) if ca_file else httpx.create_ssl_context()


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
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout, httpcore.ConnectTimeout)))

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
