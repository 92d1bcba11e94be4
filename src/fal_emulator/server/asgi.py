"""Send whole responses over ASGI, for requests and for websockets whose handshake is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.faults import fault_response, json_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    from ..model.faults import Fault

    Headers = list[tuple[bytes, bytes]]
    Message = MutableMapping[str, Any]
    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

_LONGEST_REASON = 120  # characters: a close frame holds 125 bytes


async def answer(send: Send, status: int, content: Any, more_headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Send JSON."""
    headers, body = json_response(content)
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *more_headers]})
    await send({"type": "http.response.body", "body": body})


async def refuse(scope: Scope, send: Send, fault: Fault, more_headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Refuse a request, or the handshake of a websocket."""
    kind = "http" if scope["type"] == "http" else "websocket.http"
    if kind != "http" and "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1008, "reason": str(fault)[:_LONGEST_REASON]})
        return
    headers, body = fault_response(fault)
    if kind != "http":  # uvicorn before 0.53 says the length itself, and then twice
        headers = [pair for pair in headers if pair[0] != b"content-length"]
    await send({"type": f"{kind}.response.start", "status": fault.status, "headers": [*headers, *more_headers]})
    await send({"type": f"{kind}.response.body", "body": body})


def header(scope: Scope, wanted: bytes) -> str | None:
    """Return the first header of a name in lower case."""
    for name, value in scope["headers"]:
        if name.lower() == wanted:
            return str(value.decode("latin-1"))
    return None
