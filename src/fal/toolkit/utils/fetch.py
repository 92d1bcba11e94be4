"""Fetch addresses that callers send, without letting them reach what only this machine can reach."""

from __future__ import annotations

import base64
import binascii
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import IO, NamedTuple
from urllib.parse import SplitResult, unquote_to_bytes, urljoin, urlsplit

from ..rest import address

MOST_REDIRECTS = 5
TIMEOUT = 30.0
_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_ONE_HOST = ("authorization", "cookie", "proxy-authorization")
_AGENT = {"User-Agent": "Mozilla/5.0 (compatible; fal)"}  # some servers refuse what does not look like a browser


class DownloadError(Exception):
    """A file cannot be downloaded."""


class Answer(NamedTuple):
    """The headers of an answer, in lower case, and its body, still to be read."""

    url: str
    headers: Mapping[str, str]
    body: IO[bytes] | http.client.HTTPResponse


@contextmanager
def fetch(url: str, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
    """Open an address for reading; redirects are followed.

    Args:
        url: http, https, or data.
        headers: Sent along; credentials are not sent on to another host.

    Raises:
        DownloadError: The address is malformed, leads to a private network, or does not answer with a file.
    """
    if url.startswith("data:"):
        yield Answer(url, *_data(url))
        return
    sent = {**_AGENT, **(headers or {})}
    for _ in range(MOST_REDIRECTS + 1):
        parts = _parsed(url)
        with closing(_connection(parts)) as connection:
            try:
                target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
                connection.request("GET", target, headers={"Host": parts.netloc.rpartition("@")[2], **sent})
                answer = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                raise DownloadError(f"{_shown(url)} cannot be fetched: {error}") from error
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                if answer.status >= 300:
                    raise DownloadError(f"{_shown(url)} cannot be fetched: status {answer.status} {answer.reason}")
                yield Answer(url, {name.lower(): value for name, value in answer.headers.items()}, answer)
                return
            url = urljoin(url, location)
            if urlsplit(url).netloc != parts.netloc:
                sent = {name: value for name, value in sent.items() if name.lower() not in _FOR_ONE_HOST}
    raise DownloadError(f"{_shown(url)} cannot be fetched: more than {MOST_REDIRECTS} redirects")


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise DownloadError(f"{_shown(url)} is not an address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not url.isprintable() or " " in url:
        raise DownloadError(f"{_shown(url)} is not an address that can be fetched; give http://, https:// or data:")
    return parts


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    """Connect to the very address that was found to be public: looked up again, the name might mean another."""
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    own = urlsplit(address())
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        if (host, port) != (own.hostname, own.port):  # the control plane's own storage may be on this machine
            addresses = [item for item in addresses if _is_public(str(item[4][0]))]
        if not addresses:
            raise DownloadError(f"{host} is not on the public internet; nothing is fetched from there")
        plain = socket.create_connection((str(addresses[0][4][0]), port), TIMEOUT)
    except OSError as error:
        raise DownloadError(f"{host} cannot be reached: {error}") from error
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    connection.sock = plain
    if parts.scheme == "https":
        try:
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError as error:
            plain.close()
            raise DownloadError(f"{host} cannot be reached: {error}") from error
    return connection


def _is_public(text: str) -> bool:
    parsed = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and (parsed.ipv4_mapped or parsed.sixtofour):
        return _is_public(str(parsed.ipv4_mapped or parsed.sixtofour))
    return parsed.is_global and not parsed.is_multicast


def _data(url: str) -> tuple[Mapping[str, str], IO[bytes]]:
    import io

    head, comma, content = url.removeprefix("data:").partition(",")
    if not comma:
        raise DownloadError("the data: address has no comma, and so no content")
    kind, _, encoding = head.rpartition(";") if head.endswith(";base64") else (head, "", "")
    raw = unquote_to_bytes(content)
    if encoding:
        try:
            raw = base64.b64decode(raw, validate=True)
        except binascii.Error as error:
            raise DownloadError(f"the data: address does not hold base64: {error}") from None
    headers = {"content-type": kind or "text/plain", "content-length": str(len(raw))}
    return headers, io.BytesIO(raw)


def _shown(url: str) -> str:
    return repr(url if len(url) <= 200 else f"{url[:200]}...")
