"""Calls that come over one websocket, one after the other: HTTP over WebSockets, as the platform documents it."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..engine.errors import TookTooLong
from ..model import limits
from ..model.faults import Fault, fault_response
from .target import outgoing

if TYPE_CHECKING:
    from ..engine.fleet import Fleet
    from .exchange import Exchange
    from .target import Target

# Headers that speak of the handshake, or of its body, not of the call.
_OF_HANDSHAKE = (b"sec-websocket-", b"content-")
# How many inputs may wait for the one before them; whoever sends more is read on later.
_MOST_WAITING = 16


class Conversation:
    """The calls of one websocket.

    Args:
        fleet: Finds runners.
        target: Where they go.
        caller: Who calls.
        exchange: The websocket.
    """

    def __init__(self, fleet: Fleet, target: Target, caller: str | None, exchange: Exchange) -> None:
        self._fleet = fleet
        self._target = target
        self._caller = caller
        self._exchange = exchange
        self._began = 0.0
        self._first: float | None = None  # when the first part of the answer was there
        self._begun = False

    async def hold(self) -> None:
        """Answer message after message, until the caller closes."""
        exchange = self._exchange
        await exchange.receive()  # the handshake
        await exchange.send({"type": "websocket.accept", "headers": exchange.marks})
        inputs: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING)
        reader = asyncio.create_task(self._read(inputs))
        answers = asyncio.create_task(self._answer_all(inputs))
        try:
            await asyncio.wait({reader, answers}, return_when=asyncio.FIRST_COMPLETED)
            if answers.done():
                answers.result()  # raises what broke it off
        finally:
            reader.cancel()
            answers.cancel()  # when the caller has gone, nobody waits for what is being worked on
            await asyncio.gather(reader, answers, return_exceptions=True)

    async def _read(self, inputs: asyncio.Queue[bytes]) -> None:
        """Take messages down until the caller closes."""
        while (message := await self._exchange.receive())["type"] == "websocket.receive":
            text = message.get("text")
            await inputs.put(message.get("bytes") or b"" if text is None else text.encode())

    async def _answer_all(self, inputs: asyncio.Queue[bytes]) -> None:
        while True:
            payload = await inputs.get()
            self._exchange.begin_again()
            self._began, self._first, self._begun = time.monotonic(), None, False
            try:
                await self._call(payload)
            except (Fault, TimeoutError) as error:
                if self._begun:
                    raise  # the broken end has to tell
                fault = error if isinstance(error, Fault) else TookTooLong()
                headers, content = fault_response(fault)
                await self._begin(fault.status, headers)
                await self._pass_on(content, text=True)
                await self._end(fault.status)
            finally:
                self._exchange.end()

    async def _call(self, payload: bytes) -> None:
        exchange, target = self._exchange, self._target
        request = outgoing(exchange, target, self._caller, payload)
        headers = [(name, value) for name, value in request.headers if not name.lower().startswith(_OF_HANDSHAKE)]
        request = replace(request, method="POST", headers=[*headers, (b"content-type", b"application/json")])
        supervisor = self._fleet.supervisor(target.owner, target.alias)
        recording = self._fleet.recording(exchange.id, target.alias, target.path)
        connect = exchange.recorded(recording, lambda runner: runner.send(request))

        async with asyncio.timeout(None) as deadline:
            async with supervisor.connected(connect, request, deadline=deadline) as response:
                try:
                    await self._begin(response.status, response.headers)
                    kinds = [value for name, value in response.headers if name.lower() == b"content-type"]
                    if kinds and kinds[0].startswith(b"application/json"):
                        await self._pass_on(await response.read(limits.LARGEST_FRAME_OUT), text=True)
                    else:
                        async for chunk in response.chunks():
                            await self._pass_on(chunk, text=False)
                finally:
                    response.close()
        await self._end(response.status)

    async def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self._exchange.status, self._begun = status, True
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
        await self._tell({"type": "start", "status": status, "headers": told})

    async def _pass_on(self, content: bytes, *, text: bool) -> None:
        self._first = time.monotonic() if self._first is None else self._first
        shown = {"text": content.decode("utf-8", "replace")} if text else {"bytes": content}
        await self._exchange.send({"type": "websocket.send", **shown})

    async def _end(self, status: int) -> None:
        first = (self._first or time.monotonic()) - self._began
        await self._tell({"type": "end", "status": status, "time_to_first_byte_seconds": round(first, 6)})

    async def _tell(self, message: dict[str, Any]) -> None:
        told = json.dumps({"type": message["type"], "request_id": self._exchange.id, **message})
        await self._exchange.send({"type": "websocket.send", "text": told})
