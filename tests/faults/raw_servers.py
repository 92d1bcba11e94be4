"""Servers written down to the byte, for answers that no proper server gives."""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from tests.support.waiting import LIMIT

NAME = re.compile(rb"named-\d+")
"""What every request of these tests holds somewhere; by it the server counts what it did."""

Proper = Callable[[str], list[bytes]]
"""The messages of the proper answer to a request, by its name; over HTTP/1, where there are none, its parts."""

Serve = Callable[["RawServer", socket.socket], None]


class RawServer:
    """Takes connections on loopback and serves each in a thread.

    Args:
        serve: Serves one connection, and asks whether to misbehave.
        first: How many times it misbehaves; None for always.
    """

    def __init__(self, serve: Serve, *, first: int | None = None) -> None:
        self._serve, self._first = serve, first
        self.executed: Counter[str] = Counter()
        self.fired = 0
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.5)
        self.port: int = self._listener.getsockname()[1]
        self._closed = False
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def misbehaves(self) -> bool:
        """Return whether to misbehave now, and count it."""
        with self._lock:
            wrong = self._first is None or self.fired < self._first
            self.fired += wrong
        return wrong

    def close(self) -> None:
        self._closed = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(10)
        self._listener.close()
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(LIMIT)

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._open.append(near)
            self._threads.append(threading.Thread(target=self._one, args=(near,), daemon=True))
            self._threads[-1].start()

    def _one(self, near: socket.socket) -> None:
        with suppress(OSError, EOFError), near:
            self._serve(self, near)


def _exactly(near: socket.socket, size: int) -> bytes:
    result = b""
    while len(result) < size:
        chunk = near.recv(size - len(result))
        if not chunk:
            raise EOFError
        result += chunk
    return result


def _linger(near: socket.socket) -> None:
    """End a connection in order: closed while something is unread, it would be reset and the answer lost."""
    near.shutdown(socket.SHUT_WR)
    near.settimeout(5)
    with suppress(TimeoutError):
        while near.recv(65536):
            pass


# ------------------------------------------------------------------------------------------------------------ HTTP/1


def name_in(request: bytes) -> str | None:
    match = NAME.search(request)
    return match[0].decode() if match else None


def http1(answer: bytes, proper: Proper) -> Serve:
    """Return a server of one request to a connection, which answers with these very bytes when it misbehaves.

    Args:
        answer: The bytes.
        proper: What it says to a request otherwise, by the request's name.
    """

    def serve(server: RawServer, near: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += _exactly(near, 1)
        sizes = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        body = _exactly(near, int(sizes[0])) if sizes else b""
        name = name_in(head + body) or ""
        server.executed[name] += 1
        near.sendall(answer if server.misbehaves() else b"".join(proper(name)))
        _linger(near)

    return serve


# ------------------------------------------------------------------------------------------------------------ HTTP/2

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1
_PREFACE = len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
LAST = 2**31 - 1


class Frame(NamedTuple):
    """One frame of HTTP/2."""

    kind: int
    flags: int
    stream: int
    content: bytes = b""

    def bytes(self) -> bytes:
        head = len(self.content).to_bytes(3, "big") + bytes([self.kind, self.flags])
        return head + self.stream.to_bytes(4, "big") + self.content


def goaway(last: int, code: int = 0, debug: bytes = b"") -> Frame:
    return Frame(GOAWAY, 0, 0, last.to_bytes(4, "big") + code.to_bytes(4, "big") + debug)


def rst(stream: int, code: int) -> Frame:
    return Frame(RST_STREAM, 0, stream, code.to_bytes(4, "big"))


def headers(stream: int, *pairs: tuple[str, str], status: bytes = b"\x88", end: bool = False) -> Frame:
    """Return headers, none of them compressed; `status` is a field of HPACK's static table, 200 when left out."""
    block = status
    for name, value in pairs:
        block += bytes([0, len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
    return Frame(HEADERS, _END_HEADERS | (_END_STREAM if end else 0), stream, block)


def message(stream: int, content: bytes) -> Frame:
    return Frame(DATA, 0, stream, b"\0" + len(content).to_bytes(4, "big") + content)


def answer(stream: int, messages: list[bytes]) -> list[Frame]:
    """Return the frames of a proper answer."""
    return [
        headers(stream, ("content-type", "application/grpc")),
        *(message(stream, content) for content in messages),
        headers(stream, ("grpc-status", "0"), status=b"", end=True),
    ]


class Misbehaviour(NamedTuple):
    """What a gRPC server does wrong.

    Args:
        frames: What it sends to a call, given the stream and the messages of a proper answer.
        executes: Whether it does what it is asked to; it then sends its frames when all of the request is there.
        then: "close" or "wait": what becomes of the connection.
        early: What it sends as soon as there is a connection.
    """

    frames: Callable[[int, list[bytes]], list[Frame]] = lambda stream, messages: []
    executes: bool = True
    then: str = "wait"
    early: list[Frame] = []


def http2(wrong: Misbehaviour, proper: Proper) -> Serve:
    """Return a gRPC server that answers every call as `proper` says, or misbehaves."""

    def serve(server: RawServer, near: socket.socket) -> None:
        bodies: dict[int, bytes] = {}

        def send(frames: list[Frame]) -> None:
            near.sendall(b"".join(frame.bytes() for frame in frames))

        def misbehave(frames: list[Frame]) -> None:
            send(frames)
            if wrong.then == "close":
                _linger(near)
                raise EOFError

        send([Frame(SETTINGS, 0, 0)])
        if wrong.early and server.misbehaves():
            misbehave(wrong.early)
        _exactly(near, _PREFACE)
        while True:
            head = _exactly(near, 9)
            kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
            content = _exactly(near, int.from_bytes(head[:3], "big"))
            if kind == SETTINGS and not flags & _ACK:
                send([Frame(SETTINGS, _ACK, 0)])
            elif kind == PING and not flags & _ACK:
                send([Frame(PING, _ACK, 0, content)])
            elif kind == HEADERS:
                if not wrong.executes and server.misbehaves():
                    misbehave(wrong.frames(stream, []))
                else:
                    bodies[stream] = b""
            elif kind == DATA and stream in bodies:
                bodies[stream] += content
                if flags & _END_STREAM:
                    name = name_in(bodies[stream]) or ""
                    server.executed[name] += 1
                    messages = proper(name)
                    if wrong.executes and server.misbehaves():
                        misbehave(wrong.frames(stream, messages))
                    else:
                        send(answer(stream, messages))

    return serve
