"""Calls of an app by many callers at once, each of which calls again as soon as it is answered: python overload.py CALLERS NAME.

The variable NAME holds the address. The time is what an answer with 200 takes, those of all callers together; the 99th percentile
is of single calls that got one. Nothing but 200 and 503 may be answered.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections import Counter
from typing import cast
from urllib.parse import urlsplit

import timing

_COUNTED = 4.0  # seconds, from when each caller has been answered once
callers, address = int(sys.argv[1]), urlsplit(os.environ[sys.argv[2]])
_BODY = b'{"name": "x"}'
_REQUEST = (
    f"POST {address.path}/ HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Key {os.environ['FAL_KEY']}\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(_BODY)}\r\n\r\n"
).encode() + _BODY
answers: Counter[int] = Counter()
taken: list[float] = []


class Caller(asyncio.Protocol):
    def __init__(self, everyone: asyncio.Event, waiting: list[int]) -> None:
        self._everyone, self._waiting = everyone, waiting
        self._is_new = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._call()

    def _call(self) -> None:
        self._unread = b""
        self._began = time.perf_counter()
        self._transport.write(_REQUEST)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        head, blank, body = self._unread.partition(b"\r\n\r\n")
        length = next((line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b"0")
        if not blank or len(body) < int(length):
            return
        self._answered(int(head.split(b" ", 2)[1]))
        if not self._transport.is_closing():
            self._call()

    def _answered(self, status: int) -> None:
        if self._is_new:
            self._is_new = False
            self._waiting[0] -= 1
            if not self._waiting[0]:
                self._everyone.set()
        if self._everyone.is_set():
            answers[status] += 1
            if status == 200:
                taken.append(time.perf_counter() - self._began)

    def connection_lost(self, exc: Exception | None) -> None:
        answers[0] += exc is not None


async def main() -> None:
    loop, everyone, waiting = asyncio.get_running_loop(), asyncio.Event(), [callers]
    connections = [
        await loop.create_connection(
            lambda: Caller(everyone, waiting), cast("str", address.hostname), cast("int", address.port)
        )
        for _ in range(callers)
    ]
    await everyone.wait()
    began = time.perf_counter()
    await asyncio.sleep(_COUNTED)
    ended, seen = time.perf_counter() - began, Counter(answers)
    for transport, _ in connections:
        transport.abort()
    assert set(seen) <= {0, 200, 503} and not seen[0], seen
    timing.say("time", ended / seen[200])
    timing.say("p99", statistics.quantiles(taken, n=100)[-1])


asyncio.run(main())
