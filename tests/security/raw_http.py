"""HTTP/1.1 as bytes: for requests that no client library would send."""

from __future__ import annotations

import contextlib
import json
import socket
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
    """Read one answer: to the end of its body, or of the connection."""
    received = b""
    while b"\r\n\r\n" not in received and (chunk := connection.recv(65536)):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = headers.get("content-length")
    while (length is None or len(body) < int(length)) and (chunk := connection.recv(65536)):
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
