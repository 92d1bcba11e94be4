"""HTTP/1.1 as bytes: for requests that no client library would send."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from dataclasses import dataclass
from typing import Any

TIMEOUT = 30


@dataclass(frozen=True)
class Answer:
    """Status, headers and body, which is all that came until the server had said all."""

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bytes

    @property
    def detail(self) -> Any:
        """What an error says."""
        return json.loads(self.body)["detail"]


def connect(port: int) -> socket.socket:
    """Open a connection to a server on this machine."""
    return socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)


def read(connection: socket.socket) -> Answer:
    """Read one answer: to the end of its body, or of the connection. What follows on it is left there."""
    received = b""
    while not received.endswith(b"\r\n\r\n") and (chunk := connection.recv(1)):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", sys.maxsize))
    while len(body) < length and (chunk := connection.recv(min(65536, length - len(body)))):
        body += chunk
        received += chunk
    parts = first.split(" ")
    return Answer(int(parts[1]) if len(parts) > 1 else 0, headers, body, received)


def exchange(port: int, request: bytes) -> Answer:
    """Send the bytes of a request, and read the answer."""
    with connect(port) as connection:
        with contextlib.suppress(OSError):  # it may refuse before it has read all
            connection.sendall(request)
        return read(connection)


def request(
    method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"", *, host: str = "127.0.0.1"
) -> bytes:
    """Return the bytes of a request that is not kept alive; nothing is encoded or checked."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body
