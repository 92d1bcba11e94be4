"""Hosts of the platform that are called over TLS alone: a proxy answers for them, and hands what it reads to the recorder."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from tests.congruence.recorder import Recorder
from tests.support.servers import read_head, tcp_serving

QUEUE, RUN, LOGIN = "queue.fal.run", "fal.run", "auth.fal.ai"
_CLIENT_ID = "TwXR51Vz8JbY8GUUMy6EyuVR0fTO7N4N"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Secure:
    """How programs are made to go there: the address of the proxy, and whose certificates to trust."""

    proxy: str
    authority: Path

    def environ(self, scheme: str) -> dict[str, str]:
        """Return the variables of a program.

        Args:
            scheme: What stands before a host: the peer always takes TLS there, and wants nothing.
        """
        return {
            **dict.fromkeys(("https_proxy", "HTTPS_PROXY"), self.proxy),
            **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1"),
            "SSL_CERT_FILE": str(self.authority),
            "FAL_QUEUE_RUN_HOST": scheme + QUEUE,
            "FAL_RUN_HOST": scheme + RUN,
        }


@contextmanager
def secure(recorder: Recorder, folder: Path) -> Iterator[Secure]:
    """Answer for the hosts until the block ends; every other name is refused."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(QUEUE, RUN, LOGIN).configure_cert(context)
    host, _, port = recorder.authority.rpartition(":")

    def serve(near: socket.socket) -> None:
        head = read_head(near)
        if not head:
            return
        name = head.split(b" ", 2)[1].decode().rpartition(":")[0]
        if name not in (QUEUE, RUN, LOGIN):
            near.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with context.wrap_socket(near, server_side=True) as plain, socket.create_connection((host, int(port))) as far:
            back = threading.Thread(target=_copy, args=(far, plain), daemon=True)
            back.start()
            _copy(plain, far)
            back.join()

    with tcp_serving(serve) as listening:
        yield Secure(f"http://127.0.0.1:{listening}", folder / "ca.pem")


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def token(**claims: Any) -> str:
    """Return a token of the login service, good for a day."""
    now = int(time.time())
    about = {"iss": f"https://{LOGIN}/", "aud": _CLIENT_ID, "iat": now, "exp": now + 86400, **claims}
    signed = ".".join(_text(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "one"}, about))
    return f"{signed}.{_text(_KEY.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


def known_keys() -> dict[str, Any]:
    """Return the document with which the tokens are checked."""
    numbers = _KEY.public_key().public_numbers()
    modulus, exponent = (_text(n.to_bytes((n.bit_length() + 7) // 8, "big")) for n in (numbers.n, numbers.e))
    return {"keys": [{"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": modulus, "e": exponent}]}


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
