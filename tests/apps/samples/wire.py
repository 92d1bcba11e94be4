"""Websockets and realtime endpoints of every shape."""

from collections.abc import AsyncIterator, Iterator

from fastapi import WebSocket
from pydantic import BaseModel

import fal


class Message(BaseModel):
    text: str


class Wire(fal.App, name="apps-wire"):
    @fal.realtime("/echo")
    def echo(self, message: Message) -> Message:
        if message.text == "break":
            raise ValueError("broken")
        return message

    @fal.realtime("/quiet", session_timeout=0.2)
    def quiet(self, message: Message) -> Message:
        return message

    @fal.realtime("/letters")
    def letters(self, message: Message) -> Iterator[Message]:
        for letter in message.text:
            if letter == "!":
                raise ValueError("broken")
            yield Message(text=letter)

    @fal.realtime("/joined")
    async def joined(self, messages: AsyncIterator[Message]) -> Message:
        texts = []
        async for message in messages:
            texts.append(message.text)
            if message.text == "end":
                break
        return Message(text="+".join(texts))

    @fal.realtime("/upper")
    async def upper(self, messages: AsyncIterator[Message]) -> AsyncIterator[Message]:
        async for message in messages:
            yield Message(text=message.text.upper())
            if message.text == "end":
                return

    @fal.realtime("/plain", buffering=5)
    async def plain(self, message: dict) -> dict:
        return {"got": message}

    @fal.realtime("/number")
    def number(self, message: Message) -> int:
        return len(message.text)

    @fal.endpoint("/ws", is_websocket=True)
    async def socket(self, websocket: WebSocket) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_json({"heard": text})
            if text == "end":
                await websocket.close(code=4000)
                return
