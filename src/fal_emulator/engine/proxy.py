"""Carry requests and websockets to a runner and what it answers back, unbuffered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import websockets
from websockets.asyncio.client import connect

from ..model import limits
from .errors import HandshakeRefused, RunnerGone, RunnerUnreachable
from .http_messages import passed_on

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

    from ..server.asgi import Headers, Receive, Send
    from .http_messages import Outgoing
    from .runner_client import Response

_WEBSOCKET_HANDSHAKE = b"sec-websocket-"


async def relay(response: Response, send: Send, extra: Headers) -> None:
    """Send a response on as it comes.

    Raises:
        RunnerGone: The runner went away in the middle of it.
    """
    # The server that faces the caller says these two itself.
    headers = [(name.lower(), value) for name, value in passed_on(response.headers, drop=[b"date", b"server"])]
    await send({"type": "http.response.start", "status": response.status, "headers": [*headers, *extra]})
    async for chunk in response.chunks():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def open_websocket(port: int, request: Outgoing, subprotocols: list[str], within: float) -> ClientConnection:
    """Open a websocket to a runner.

    Args:
        port: The port of the runner.
        request: The handshake.
        subprotocols: Those that the caller can speak.
        within: Seconds that the app may take.

    Raises:
        TimeoutError: The app has not answered in time.
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
            open_timeout=within,
            max_size=limits.LARGEST_FRAME_OUT,
            proxy=None,
        )
    except websockets.InvalidStatus as error:
        raise HandshakeRefused(error.response.status_code) from error
    except (websockets.InvalidURI, UnicodeError) as error:
        raise HandshakeRefused(400) from error  # the caller's fault: the runner is as well as before
    except TimeoutError:
        raise  # it takes connections, and takes its time
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
