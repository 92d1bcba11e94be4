"""Where a request goes, and how it goes on from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..engine.http_messages import Outgoing, passed_on
from ..model.faults import refused
from ..server.asgi import header

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ..server.asgi import Scope
    from .exchange import Exchange


TOKEN = b"fal_jwt_token"
# These are ours to give, and no caller's: an app may trust them.
_GATEWAY = (b"x-fal-request-id", b"x-fal-endpoint", b"x-fal-caller-user-id", b"x-fal-runner-id")


@dataclass(frozen=True)
class Target:
    """Where a request goes."""

    owner: str
    alias: str
    path: str  # below the app, still encoded; empty or beginning with "/"
    queued: bool
    over_websocket: bool = False  # calls come as messages, whatever the endpoint is


def find_target(scope: Scope) -> Target:
    """Read owner, app and path from a request.

    Raises:
        Fault: The path names no app.
    """
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").split("?")[0]
    host = header(scope, b"host") or ""
    queued, over_websocket = host.startswith("queue."), host.startswith("ws.") and scope["type"] == "websocket"
    if path.startswith("/queue/"):
        path, queued = path.removeprefix("/queue"), True
    elif path.startswith("/ws/") and scope["type"] == "websocket":
        path, over_websocket = path.removeprefix("/ws"), True
    owner, _, rest = path.removeprefix("/").partition("/")
    alias, slash, below = rest.partition("/")
    if not owner or not alias:
        raise refused(404, "not found: apps are at /<owner>/<app>")
    return Target(unquote(owner), unquote(alias), slash + below, queued, over_websocket)


def query_value(scope: Scope, name: bytes) -> str | None:
    """Return the value of a name in the query."""
    for part in scope["query_string"].split(b"&"):
        key, _, value = part.partition(b"=")
        if key == name:
            return unquote(value.decode("latin-1"))
    return None


def outgoing(
    exchange: Exchange, target: Target, caller: str | None, body: bytes | AsyncIterator[bytes] | None
) -> Outgoing:
    """Return a request as it goes to a runner."""
    scope = exchange.scope
    # A token in the address is meant for the gateway, as a key is.
    query: bytes = scope["query_string"]
    if TOKEN in query:
        query = b"&".join(part for part in query.split(b"&") if not part.startswith(TOKEN + b"="))
    # A key is meant for the gateway: an app must not get to see the keys of those who call it. What the gateway does
    # not know as a key may be the app's own business.
    scheme = (header(scope, b"authorization") or "").split(maxsplit=1)[:1]
    key_sent = caller is not None or [word.lower() for word in scheme] == ["key"]
    drop = [b"host", b"traceparent", *_GATEWAY, *([b"authorization"] if key_sent else [])]
    if isinstance(body, bytes):
        drop.append(b"content-length")
    path = (target.path or "/").encode("latin-1")
    endpoint = f"{target.owner}/{target.alias}".encode() + path
    return Outgoing(
        id=exchange.id,
        method=str(scope.get("method", "GET")),
        target=path + b"?" + query if query else path,
        headers=[
            *passed_on(scope["headers"], drop=drop),
            (b"x-fal-request-id", exchange.id.encode()),
            (b"x-fal-endpoint", endpoint),
            *([] if caller is None else [(b"x-fal-caller-user-id", caller.encode())]),
            (b"traceparent", exchange.traceparent(target.alias)),
        ],
        body=body,
    )
