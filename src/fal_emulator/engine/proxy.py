"""Carry a request to a runner and its response back, unbuffered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import websockets
from websockets.asyncio.client import connect

from ..model import limits
from .errors import BadAnswer, HandshakeRefused, RunnerGone, RunnerUnreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from websockets.asyncio.client import ClientConnection

    from ..server.asgi import Headers, Receive, Send

# Headers that speak of one connection, not of the message.
_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade".split()
)
_WEBSOCKET_HANDSHAKE = b"sec-websocket-"


@dataclass(frozen=True)
class Outgoing:
    """A request as it goes to a runner."""

    method: str
    target: bytes  # the path below the app, and the query, still encoded
    headers: Headers = field(repr=False)  # may hold what the app's callers keep secret
    body: bytes | AsyncIterator[bytes] | None = field(default=None, repr=False)


def new_client() -> httpx.AsyncClient:
    """Return a client for runners.

    Connections are not kept: a runner may close an idle one at the moment of its reuse, and on loopback a new one
    costs nothing.
    """
    return httpx.AsyncClient(
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        timeout=httpx.Timeout(None, connect=5),
        follow_redirects=False,
        trust_env=False,
    )


def passed_on(headers: Iterable[tuple[bytes, bytes]], *, drop: Iterable[bytes] = ()) -> Headers:
    """Return the headers that belong to the message, without those that speak of the connection."""
    headers = list(headers)
    gone = _HOP_BY_HOP | set(drop)
    for name, value in headers:
        if name.lower() == b"connection":
            gone |= {token.strip().lower() for token in value.split(b",")}
    return [(name, value) for name, value in headers if name.lower() not in gone]


async def forward(client: httpx.AsyncClient, port: int, request: Outgoing) -> httpx.Response:
    """Send a request; the body of the response is still to be read, and to be closed.

    Raises:
        RunnerUnreachable: The runner takes no connections.
        RunnerGone: The runner went away before it answered.
        BadAnswer: The answer cannot be passed on.
    """
    url = httpx.URL(scheme="http", host="127.0.0.1", port=port)
    # Past the address itself, which would be normalized: an app gets the path that its caller sent.
    target = {"target": request.target}
    outgoing = httpx.Request(request.method, url, headers=request.headers, content=request.body, extensions=target)
    try:
        response = await client.send(outgoing, stream=True)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise RunnerUnreachable(type(error).__name__) from error
    except httpx.TransportError as error:
        raise RunnerGone(type(error).__name__) from error
    if not 200 <= response.status_code < 600:
        await response.aclose()
        raise BadAnswer(f"the app answered with status {response.status_code}, which is none")
    return response


async def read_all(response: httpx.Response, limit: int) -> bytes:
    """Return the body of a response as it came, and close it.

    Raises:
        RunnerGone: The runner went away in the middle of it.
        BadAnswer: It holds more bytes than the limit.
    """
    content = bytearray()
    try:
        async for chunk in response.aiter_raw():
            content += chunk
            if len(content) > limit:
                raise BadAnswer(f"the app's answer holds more than {limit} bytes, the most that is kept")
        return bytes(content)
    except httpx.TransportError as error:
        raise RunnerGone(type(error).__name__) from error
    finally:
        await response.aclose()


async def relay(response: httpx.Response, send: Send, extra: Headers) -> None:
    """Send a response on as it comes.

    Raises:
        RunnerGone: The runner went away in the middle of it.
    """
    # The server in front says these two itself.
    headers = [(name.lower(), value) for name, value in passed_on(response.headers.raw, drop=[b"date", b"server"])]
    await send({"type": "http.response.start", "status": response.status_code, "headers": [*headers, *extra]})
    try:
        async for chunk in response.aiter_raw():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except httpx.TransportError as error:
        raise RunnerGone(type(error).__name__) from error
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def open_websocket(port: int, request: Outgoing, subprotocols: list[str]) -> ClientConnection:
    """Open a websocket to a runner.

    Raises:
        HandshakeRefused: The app does not accept it.
        RunnerUnreachable: The runner takes no connections.
        RunnerGone: The runner went away before it answered.
    """
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in request.headers
        if not name.lower().startswith(_WEBSOCKET_HANDSHAKE)
    ]
    try:
        return await connect(
            f"ws://127.0.0.1:{port}{request.target.decode('ascii')}",
            subprotocols=[websockets.Subprotocol(name) for name in subprotocols] or None,
            additional_headers=headers,
            user_agent_header=None,
            compression=None,
            max_size=limits.LARGEST_FRAME_OUT,
            proxy=None,
        )
    except websockets.InvalidStatus as error:
        raise HandshakeRefused(error.response.status_code) from error
    except (websockets.InvalidURI, UnicodeError) as error:
        raise HandshakeRefused(400) from error  # the caller's fault: the runner is as well as before
    except OSError as error:
        raise RunnerUnreachable(str(error)) from error
    except websockets.WebSocketException as error:
        raise RunnerGone(str(error)) from error


async def relay_websocket(upstream: ClientConnection, receive: Receive, send: Send) -> None:
    """Carry messages both ways until one side closes, then close the other the same way."""

    async def to_runner() -> None:
        while (message := await receive())["type"] == "websocket.receive":
            text = message.get("text")
            await upstream.send(message.get("bytes") or b"" if text is None else text)
        code = int(message.get("code") or 1000)
        await upstream.close(code if _may_be_sent(code) else 1000)

    async def to_caller() -> None:
        async for data in upstream:
            if isinstance(data, str):
                await send({"type": "websocket.send", "text": data})
            else:
                await send({"type": "websocket.send", "bytes": bytes(data)})

    tasks = [asyncio.create_task(to_runner()), asyncio.create_task(to_caller())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await upstream.close()
    broken = next((result for result in results if isinstance(result, websockets.ConnectionClosed)), None)
    if tasks[1] in done or broken is not None:
        code, reason = upstream.close_code or 1011, upstream.close_reason
        if broken is not None and broken.rcvd is None and broken.sent is not None:
            # It was this end that would not go on: the message was too large, or no message.
            code, reason = broken.sent.code, broken.sent.reason
        # A connection that broke has no code of its own to pass on.
        await send({"type": "websocket.close", "code": code if _may_be_sent(code) else 1011, "reason": reason})


def _may_be_sent(code: int) -> bool:
    return code >= 1000 and code not in (1004, 1005, 1006, 1015)
