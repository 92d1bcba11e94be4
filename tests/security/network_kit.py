"""A private authority, a platform over TLS, and a real CONNECT proxy that keeps every byte it sees."""

from __future__ import annotations

import base64
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import grpc
import pytest
import trustme

from tests.security.security_kit import Platform, platform
from tests.support.waiting import LIMIT

NAMES = ("localhost", "127.0.0.1", "api.example.test", "rest.example.test", "upload.example.test")


class Trust:
    """A private authority, and a certificate for the names of the tests."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        self.chain = folder / "server.pem"
        authority.issue_cert(*NAMES).private_key_and_cert_chain_pem.write_to_path(self.chain)

    @contextmanager
    def platform(self) -> Iterator[Platform]:
        """Serve both wires over TLS."""
        pair = (self.chain.read_bytes(), self.chain.read_bytes())  # the file holds the key and the certificates
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)

        def wrap(sock: socket.socket) -> socket.socket:
            return context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)

        with platform(grpc_credentials=grpc.ssl_server_credentials([pair]), wrap=wrap) as found:
            yield found


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    return Trust(tmp_path_factory.mktemp("trust"))


class Proxy:
    """A CONNECT proxy on loopback that sends every name to loopback, as a name server of the tests' own would.

    Args:
        login: "user:password" to ask for, None to let everybody through.
    """

    def __init__(self, login: str | None = None) -> None:
        self._expected = None if login is None else base64.b64encode(login.encode())
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heads: list[bytes] = []
        self.seen = bytearray()
        self.refused = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def url(self, login: str = "") -> str:
        return f"http://{login}{'@' if login else ''}127.0.0.1:{self.port}"

    @property
    def bytes_beside_heads(self) -> bytes:
        """All that went through, without the requests to connect: those are meant for the proxy."""
        content = bytes(self.seen)
        for head in self.heads:
            content = content.replace(head, b"", 1)
        return content

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with suppress(OSError), near:
            head = b""
            while b"\r\n\r\n" not in head:
                chunk = near.recv(4096)
                if not chunk:
                    return
                head += chunk
            self.seen += head
            self.heads.append(head)
            method, target, _ = head.split(b"\r\n")[0].split(b" ")
            if self._expected is not None and b"basic " + self._expected not in head.replace(b"Basic", b"basic"):
                self.refused += 1
                near.sendall(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                    b'Proxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
                )
                return
            if method != b"CONNECT":
                near.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", int(target.rpartition(b":")[2]))) as far:
                near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    for source in select.select([near, far], [], [], 30)[0]:
                        chunk = source.recv(65536)
                        if not chunk:
                            return
                        self.seen += chunk
                        (far if source is near else near).sendall(chunk)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(LIMIT)


@contextmanager
def proxying(login: str | None = None) -> Iterator[Proxy]:
    made = Proxy(login)
    try:
        yield made
    finally:
        made.close()
