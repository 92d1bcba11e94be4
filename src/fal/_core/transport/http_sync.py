"""The HTTP transport: lazy connections, recreated in a forked child, with one deadline over each exchange."""

from __future__ import annotations

import json
import os
import ssl
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx

from fal._core.locks import ForkSafeLock
from fal._core.secret import MaskedStr
from fal._core.transport.http_body import ANSWER_LIMIT, ERROR_LIMIT, Body
from fal._core.transport.http_client import (
    REDIRECTS,
    WANTED,
    HttpSettings,
    build_plain,
    build_request,
    check_redirects,
    give_time,
    is_late,
    pool,
    proxy_for,
    redirect_target,
    tls_context,
    too_late,
)
from fal._core.transport.http_errors import describe
from fal._core.transport.http_network import deadline
from fal._core.transport.sse import MESSAGE, Event, EventParser, payload
from fal._core.transport.statuses import advice
from fal._gen.method import Operation
from fal.exceptions import ClientClosed, DataLoss, Unavailable


class HttpTransport:
    """The connections of one client. Safe to share between threads.

    Args:
        settings: How the hosts are reached.
    """

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._custom: httpx.BaseTransport | None = settings.custom
        self._closed = False
        self._lock = ForkSafeLock()
        self._pid = os.getpid()
        self._tls: ssl.SSLContext | None = None
        self._pools: dict[tuple[bool, MaskedStr | None], httpx.HTTPTransport] = {}
        self._inherited: list[Any] = []

    def send(
        self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request and return status, headers and body.

        Raises:
            httpx.HTTPError: The exchange failed.
            DataLoss: The answer cannot be unpacked, or is larger than any.
        """
        limit = _end(timeout)
        with deadline(limit):
            response = self._follow(build_request(self._settings.bases, operation, headers), limit)
            return response.status_code, response.headers, _read(response, limit, operation.success)

    def open(self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]) -> EventStream:
        """Send one request and return its answer, unread. Raises httpx.HTTPError."""
        limit = _end(timeout)
        request = build_request(self._settings.bases, operation, [*headers, WANTED[operation.stream]])
        with deadline(limit):
            return EventStream(self._follow(request, limit), limit, events=operation.stream)

    def put(
        self, url: str, content: bytes | Iterable[bytes], headers: Sequence[tuple[str, str]], timeout: float | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Upload `content` to `url` without credentials: the URL itself grants access."""
        limit = _end(timeout)
        with deadline(limit):
            response = self._exchange(build_plain("PUT", url, content, headers), limit)
            return response.status_code, response.headers, _read(response, limit)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            pools, self._pools = self._pools, {}
        if self._pid == os.getpid():
            for made in pools.values():
                made.close()

    def _follow(self, request: httpx.Request, limit: float | None) -> httpx.Response:
        response = self._exchange(request, limit)
        for _ in range(REDIRECTS):
            target = redirect_target(request, response)
            if target is None:
                return response
            response.close()
            request = target
            response = self._exchange(request, limit)
        check_redirects(request, response)
        return response

    def _exchange(self, request: httpx.Request, limit: float | None) -> httpx.Response:
        give_time(request, limit)
        return self._transport(request.url).handle_request(request)

    def _transport(self, url: httpx.URL) -> httpx.BaseTransport:
        proxy = proxy_for(url, self._settings.proxy.value)
        place = url.scheme == "https", proxy
        if self._pid == os.getpid() and self._custom is None:
            known = self._pools.get(place)
            if known is not None:
                return known
        with self._lock:
            if self._closed:
                raise ClientClosed("the client was closed during the call", hint="Create a new one.")
            if self._custom is not None:
                return self._custom
            if self._pid != os.getpid():
                # The parent's connections are the parent's: they are neither used nor closed here.
                self._inherited.append(self._pools)
                self._pools, self._pid = {}, os.getpid()
            if place not in self._pools:
                if url.scheme == "https" and self._tls is None:
                    self._tls = tls_context(self._settings.ca_file)
                self._pools[place] = pool(self._tls or False, proxy)
            return self._pools[place]


class EventStream:
    """A response that is read event by event, or as it comes, all of it under one deadline."""

    def __init__(self, response: httpx.Response, limit: float | None, *, events: bool) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response
        self._limit = limit
        self._events = events
        self._parser = EventParser()
        self._pieces = _pieces(response, limit, None)
        self._ready: deque[Event] = deque()

    def next_event(self) -> Event | None:
        """Return the next event that carries something, or the next bytes of a body as one; None at the end."""
        while True:
            while self._ready:
                event = self._ready.popleft()
                if payload(event) is not None:
                    return event
            with deadline(self._limit):
                piece = next(self._pieces, None)
            if piece is None:
                return None
            if not self._events:
                return Event(MESSAGE, piece, "")
            self._ready.extend(self._parser.feed(piece))

    def read_error(self) -> bytes:
        """Return the body of an unsuccessful response, and end it."""
        with deadline(self._limit):
            return _read(self._response, self._limit, ())

    def end(self) -> None:
        self._response.close()


def post_form(
    url: str, form: Mapping[str, str], *, timeout: float, proxy: str | None = None, ca_file: str | None = None
) -> tuple[int, dict[str, Any]]:
    """Post a form and return the status and the JSON response, empty when it is not JSON.

    Raises:
        Unavailable: There was no response.
    """
    transport = HttpTransport(HttpSettings({}, ca_file=ca_file, proxy=proxy))
    headers = [("Content-Type", "application/x-www-form-urlencoded")]
    limit = _end(timeout)
    try:
        with deadline(limit):
            response = transport._exchange(build_plain("POST", url, urlencode(form).encode(), headers), limit)
            body = _read(response, limit, ())
    except httpx.HTTPError as error:
        reason = describe(error)
        raise Unavailable(f"{httpx.URL(url).host} cannot be reached: {reason}", hint=advice(reason)) from None
    finally:
        transport.close()
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    return response.status_code, content if isinstance(content, dict) else {}


def _end(timeout: float | None) -> float | None:
    return None if timeout is None else time.monotonic() + timeout


def _pieces(response: httpx.Response, limit: float | None, most: int | None) -> Iterator[bytes]:
    """Yield the body of a response, unpacked."""
    body = Body(response.headers, most)
    stream: Any = response.stream  # not `iter_raw`, which an own transport may have gone through already
    for chunk in stream:
        for piece in body.feed(chunk):
            if is_late(limit):
                raise too_late()
            yield piece
    body.finish()


def _read(response: httpx.Response, limit: float | None, success: Iterable[int] = range(200, 300)) -> bytes:
    """Return the body of a response and end it. What cannot be read of an error is left out: its status counts."""
    kept = bytearray()
    good = response.status_code in success
    try:
        for piece in _pieces(response, limit, ANSWER_LIMIT if good else ERROR_LIMIT):
            kept += piece
    except DataLoss:
        if good:
            raise
    finally:
        response.close()
    return bytes(kept)
