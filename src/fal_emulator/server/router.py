"""The whole port as an ASGI application: which requests are accepted, and which application handles them."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from typing import TYPE_CHECKING, Any

from ..model import limits
from ..model.faults import refused
from .asgi import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from .injection import Faults

_QUEUE, _WS = "queue.", "ws."
_AUTHORITY = re.compile(r"(\[[0-9a-f:]+\]|[0-9a-z.-]+)(?::[0-9]*)?")
# `GET path HTTP/1.1` and the empty line around method and path; `name: value` around each header.
_LINE, _HEADER = len("  HTTP/1.1\r\n\r\n"), len(": \r\n")


class Router:
    """REST operations, and what goes to apps.

    A browser runs what strangers wrote, and can reach loopback. So a request must name this machine as its host, which
    a page cannot make it do after its own name was pointed here; and a page of another machine needs a key, which a
    browser does not add by itself.

    Args:
        rest: The app for all requests that are not for deployed apps.
        gateway: Passes on what is.
        page: Answers browsers.
        owner: The first segment of the paths of apps.
        known: Tells whether an Authorization header holds a valid key.
        faults: The faults that a test injects.
    """

    def __init__(
        self, rest: ASGIApp, gateway: Any, page: Any, owner: str, known: Callable[[str | None], bool], faults: Faults
    ) -> None:
        self._rest = rest
        self._gateway = gateway
        self._page = page
        self._owner = owner
        self._known = known
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name, value)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refuse(scope, send, refused(*refusal), [(b"connection", b"close")])
            return
        seconds, fault = self._faults.strike(scope["path"])
        if seconds:
            await asyncio.sleep(seconds)
        if fault is not None:
            await refuse(scope, send, fault)
            return
        first = scope["path"].split("/", 2)[1:2]
        host = headers[b"host"].decode("latin-1").lower()
        to_app = first in ([self._owner], ["queue"]) or host.startswith(_QUEUE)
        if not to_app and self._page.answers(scope["path"]):
            await self._page(scope, receive, send)
            return
        await (self._gateway if to_app or scope["type"] == "websocket" else self._rest)(scope, receive, send)

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        """Return status and text for a request that is refused."""
        host = headers.get(b"host", b"").decode("latin-1")
        if not _is_here(host.lower().removeprefix(_QUEUE).removeprefix(_WS)):
            return 421, f"{host[:200]!r} is not a name of this machine: the local control plane answers as 127.0.0.1"
        if _head_size(scope) > limits.LARGEST_HEAD:
            return 431, f"the request line and headers hold more than {limits.LARGEST_HEAD} bytes"
        if b"transfer-encoding" in headers and b"content-length" in headers:
            return 400, "Transfer-Encoding and Content-Length say different things about the body: send one of them"
        if sum(name == b"authorization" for name, _ in scope["headers"]) > 1:
            return 400, "several Authorization headers were sent: send one"
        origin = headers.get(b"origin")
        if origin is not None and not _is_of_here(origin.decode("latin-1")):
            authorization = headers.get(b"authorization")
            if not self._known(None if authorization is None else authorization.decode("latin-1")):
                return 403, "a page of another machine may not call the local control plane without a key"
        return None


def _is_here(authority: str) -> bool:
    """Return whether a host, maybe with a port, is a name of this machine that no name server can give to another one."""
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        return False
    host = match[1].strip("[]")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_of_here(origin: str) -> bool:
    scheme, separator, authority = origin.partition("://")
    return bool(separator) and scheme in ("http", "https") and _is_here(authority)


def _head_size(scope: Scope) -> int:
    path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
    line = len(scope.get("method", "GET")) + len(path) + (len(query) + 1 if query else 0) + _LINE
    return line + sum(len(name) + len(value) + _HEADER for name, value in scope["headers"])
