"""A real CONNECT proxy on loopback, that keeps every byte it sees."""

from __future__ import annotations

import base64
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.servers import read_head, tcp_serving
from tests.support.waiting import LIMIT


class ConnectProxy:
    """Sends every name to loopback, as a name server of the tests' own would.

    Args:
        login: "user:password" to ask for, None to let everybody through.
    """

    def __init__(self, login: str | None = None) -> None:
        self._expected = None if login is None else base64.b64encode(login.encode())
        self.port = 0
        self.heads: list[bytes] = []
        self.seen = bytearray()
        self.refused = 0

    def url(self, login: str = "") -> str:
        return f"http://{login}{'@' if login else ''}127.0.0.1:{self.port}"

    @property
    def bytes_beside_heads(self) -> bytes:
        """All that went through, without the requests to connect: those are meant for the proxy."""
        content = bytes(self.seen)
        for head in self.heads:
            content = content.replace(head, b"", 1)
        return content

    def serve(self, near: socket.socket) -> None:
        """Carry one connection."""
        head = read_head(near)
        if not head:
            return
        self.seen += head
        self.heads.append(head)
        method, target, _ = head.split(b"\r\n")[0].split(b" ")
        if self._expected is not None and b"basic " + self._expected not in head.replace(b"Basic", b"basic"):
            self.refused += 1
            near.sendall(
                b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                b'Proxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
            )
        elif method != b"CONNECT":
            near.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        else:
            with socket.create_connection(("127.0.0.1", int(target.rpartition(b":")[2]))) as far:
                near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                self._carry(near, far)

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        while True:
            for source in select.select([near, far], [], [], LIMIT)[0]:
                chunk = source.recv(65536)
                if not chunk:
                    return
                self.seen += chunk
                (far if source is near else near).sendall(chunk)


@contextmanager
def proxying(login: str | None = None) -> Iterator[ConnectProxy]:
    """Run a proxy until the block ends."""
    proxy = ConnectProxy(login)
    with tcp_serving(proxy.serve) as proxy.port:
        yield proxy
