"""The HTTP transport: one lazy httpx client, made anew in a forked child, with one deadline over each exchange."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx

from fal._core.locks import ForkSafeLock
from fal._core.secret import Sealed
from fal._core.transport.http_client import REDIRECTS, WANTED, build_request, client_place, connect, redirect_target
from fal._core.transport.http_errors import describe
from fal._core.transport.http_network import deadline
from fal._core.transport.sse import MESSAGE, Event, EventParser, payload
from fal._core.transport.statuses import advice
from fal._gen.method import Operation
from fal.exceptions import Unavailable


class HttpTransport:
    """The connections of one client to its REST hosts, which are given by name. Safe to share between threads."""

    def __init__(self, hosts: Mapping[str, str], *, ca_file: str | None, proxy: str | None) -> None:
        self._bases = {name: httpx.URL(url) for name, url in hosts.items()}
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
        with deadline(None if timeout is None else time.monotonic() + timeout):
            response = self._follow(request, stream=False)
        # It holds the response in turn: until garbage is collected, what was sent would stay in memory, each part of a file.
        del response.stream
        return response.status_code, response.headers, response.content

    def open(self, operation: Operation[Any], timeout: float | None, headers: Sequence[tuple[str, str]]) -> EventStream:
        """Send one request and return its answer, unread. Raises httpx.HTTPError."""
        limit = None if timeout is None else time.monotonic() + timeout
        with deadline(limit):
            request = self._request(operation, [*headers, WANTED[operation.stream]])
            return EventStream(self._follow(request, stream=True), limit, events=operation.stream)

    def put(
        self, url: str, content: bytes | Iterable[bytes], headers: Sequence[tuple[str, str]], timeout: float | None
    ) -> httpx.Response:
        """Put `content` at `url`, with no credentials: the address itself is the permission."""
        client = self._open(httpx.URL(url))
        with deadline(None if timeout is None else time.monotonic() + timeout):
            return client.send(client.build_request("PUT", url, content=content, headers=list(headers)))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            clients, self._clients = self._clients, {}
        if self._pid == os.getpid():
            for client in clients.values():
                client.close()

    def _request(self, operation: Operation[Any], headers: Sequence[tuple[str, str]]) -> httpx.Request:
        base = self._bases[operation.host]
        return build_request(self._open(base), base, operation, headers)

    def _follow(self, request: httpx.Request, *, stream: bool) -> httpx.Response:
        client = self._open(request.url)
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
                self._clients[place] = connect(url, self._ca_file, self._proxy.value)
            return self._clients[place]


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
            with deadline(self._limit):
                chunk = next(self._chunks, None)
            if chunk is None:
                return None
            if not self._events:
                return Event(MESSAGE, chunk, "")
            self._ready.extend(self._parser.feed(chunk))

    def rest(self) -> bytes:
        """Return the body as it is, of a response that is no stream of events."""
        with deadline(self._limit):
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
        with connect(httpx.URL(url), ca_file, proxy) as client, deadline(time.monotonic() + timeout):
            answer = client.post(url, data=dict(form))
    except httpx.HTTPError as error:
        reason = describe(error)
        raise Unavailable(f"{httpx.URL(url).host} cannot be reached: {reason}", hint=advice(reason)) from None
    try:
        found = answer.json()
    except ValueError:
        found = None
    return answer.status_code, found if isinstance(found, dict) else {}
