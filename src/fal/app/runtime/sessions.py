"""Realtime endpoints: one call per message over a websocket."""

from __future__ import annotations

import asyncio
import collections.abc
import inspect
import json
import typing
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import WebSocket
from fastapi.concurrency import iterate_in_threadpool, run_in_threadpool
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.websockets import WebSocketDisconnect, WebSocketState

from .errors import AppDefinitionError
from .middleware import print_exception
from .routes import FROM_ANNOTATIONS, JSON, Realtime
from .service import Endpoint

ITERATORS = (
    collections.abc.AsyncIterator, collections.abc.AsyncIterable, collections.abc.AsyncGenerator,
    collections.abc.Iterator, collections.abc.Iterable, collections.abc.Generator,
)  # fmt: skip
ASYNC_ITERATORS = ITERATORS[:3]


@dataclass(frozen=True)
class Shape:
    """What a realtime function takes and gives: single messages, or streams of them."""

    input: Any  # model of a message, None = as decoded
    output: Any
    takes_stream: bool
    gives_stream: bool

    @property
    def mode(self) -> str:
        names = {(False, False): "unary", (False, True): "server_streaming", (True, False): "client_streaming"}
        return names.get((self.takes_stream, self.gives_stream), "bidi")


def shape_of(endpoint: Endpoint) -> Shape:
    """Read the shape off the type hints.

    Raises:
        AppDefinitionError: The function takes no message, or takes a stream without being async.
    """
    options = endpoint.route.realtime
    assert options is not None
    name, function = endpoint.function.__name__, endpoint.function
    parameters = list(endpoint.signature.parameters.values())
    if not parameters:
        raise AppDefinitionError(f"realtime endpoint {name} takes no message; add a parameter: def {name}(self, input)")
    takes, stream = _item(parameters[0].annotation, ASYNC_ITERATORS)
    gives, streams_out = _item(endpoint.signature.return_annotation, ITERATORS)
    streams_out = streams_out or inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
    if stream and not (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)):
        raise AppDefinitionError(f"realtime endpoint {name} takes a stream of messages; write it with async def")
    return Shape(
        takes if options.input_model is FROM_ANNOTATIONS else options.input_model,
        gives if options.output_model is FROM_ANNOTATIONS else options.output_model,
        stream,
        streams_out,
    )


def _item(annotation: Any, iterators: tuple[type, ...]) -> tuple[Any, bool]:
    """Return the model an annotation names, and whether it names a stream of them."""
    stream = typing.get_origin(annotation) in iterators or annotation in iterators
    if stream:
        annotation = next(iter(typing.get_args(annotation)), Any)
    nothing = annotation in (Any, None, type(None), inspect.Parameter.empty)
    return (None if nothing else annotation), stream


def session(endpoint: Endpoint) -> Callable[..., Any]:
    """Make the websocket handler of a realtime endpoint."""
    shape = shape_of(endpoint)

    async def handle(websocket: WebSocket) -> None:
        await _Session(websocket, endpoint, shape).run()

    return handle


class _Ended(Exception):
    """No more messages: the client left, or was silent for too long."""

    def __init__(self, timed_out: bool) -> None:
        self.timed_out = timed_out


class _Session:
    """One client's connection."""

    def __init__(self, websocket: WebSocket, endpoint: Endpoint, shape: Shape) -> None:
        assert endpoint.route.realtime is not None
        self.websocket = websocket
        self.function = endpoint.function
        self.options: Realtime = endpoint.route.realtime
        self.shape = shape
        self.model: TypeAdapter[Any] | None = None if shape.input is None else TypeAdapter(shape.input)
        self.text = self.options.content_type == JSON  # how to answer: as the client last asked

    async def run(self) -> None:
        await self.websocket.accept()
        try:
            await (self._streams() if self.shape.takes_stream or self.shape.gives_stream else self._calls())
            await self._finished()
        except _Ended as end:
            if end.timed_out:
                await self._finished()
        except WebSocketDisconnect:
            return
        except Exception as error:
            print_exception(error)
            await self._problem("INTERNAL_ERROR", str(error))
        if self.websocket.application_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, WebSocketDisconnect):  # the client may be faster
                await self.websocket.close()

    async def _calls(self) -> None:
        """Answer each message, or each batch of waiting ones, with one call."""
        waiting: deque[Any] = deque(maxlen=self.options.buffering)
        arrived = asyncio.Event()
        end: list[_Ended] = []

        async def read() -> None:
            try:
                while True:
                    waiting.append(await self._next())
                    arrived.set()
            except _Ended as ended:
                end.append(ended)
            finally:
                arrived.set()

        reader = asyncio.create_task(read())
        try:
            while True:
                while not waiting:
                    if reader.done():
                        await reader  # raises what went wrong while reading
                        raise end[0]
                    arrived.clear()
                    await arrived.wait()
                await self._send(await self._call(*self._batch(waiting)))
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    def _batch(self, waiting: deque[Any]) -> list[Any]:
        batch = [waiting.popleft()]
        fits = getattr(batch[0], "can_batch", lambda _other, _size: True)
        while waiting and len(batch) < self.options.max_batch_size and fits(waiting[0], len(batch)):
            batch.append(waiting.popleft())
        return batch

    async def _streams(self) -> None:
        """Make one call for the whole session, with a stream on one side or on both."""
        argument = self._messages() if self.shape.takes_stream else await self._next()
        result = await self._call(argument)
        if hasattr(result, "__aiter__"):
            async for item in result:
                await self._send(item)
        elif self.shape.gives_stream and hasattr(result, "__iter__"):
            async for item in iterate_in_threadpool(result):
                await self._send(item)
        elif self.shape.gives_stream:
            raise TypeError(f"{self.function.__name__} must return an iterator, not {type(result).__name__}")
        else:
            await self._send(result)

    async def _messages(self) -> AsyncIterator[Any]:
        try:
            while True:
                yield await self._next()
        except _Ended:
            return

    async def _call(self, *arguments: Any) -> Any:
        if inspect.iscoroutinefunction(self.function):
            return await self.function(*arguments)
        if inspect.isasyncgenfunction(self.function) or inspect.isgeneratorfunction(self.function):
            return self.function(*arguments)
        return await run_in_threadpool(self.function, *arguments)

    async def _next(self) -> Any:
        """Return the next valid message; an invalid one is answered with its faults and skipped."""
        while True:
            try:
                message = await asyncio.wait_for(self.websocket.receive(), self.options.session_timeout)
            except TimeoutError:
                raise _Ended(timed_out=True) from None
            if message["type"] == "websocket.disconnect":
                raise _Ended(timed_out=False)
            try:
                decoded = self._decode(message)
                return decoded if self.model is None else self.model.validate_python(decoded)
            except ValidationError as error:
                await self._problem("INVALID_INPUT", error.json(include_url=False, include_input=False))
            except ValueError as error:
                await self._problem("INVALID_INPUT", f"the message cannot be decoded: {error}")

    def _decode(self, message: typing.Mapping[str, Any]) -> Any:
        if message.get("bytes") is None:
            self.text = True
            return json.loads(message["text"])
        self.text = self.options.content_type == JSON
        if self.options.decode_message is not None:
            return self.options.decode_message(message["bytes"])
        if self.text:
            return json.loads(message["bytes"])
        import msgpack

        unpack: Callable[..., Any] = msgpack.unpackb
        return unpack(message["bytes"], raw=False)

    async def _send(self, answer: Any) -> None:
        await self._emit(self._encode(answer))

    def _encode(self, answer: Any) -> bytes | str:
        plain = answer.model_dump() if isinstance(answer, BaseModel) else answer
        if not isinstance(plain, dict):
            raise TypeError(
                f"{self.function.__name__} must return a dict or a pydantic model, not {type(answer).__name__}"
            )
        if self.options.encode_message is not None:
            return self.options.encode_message(plain)
        if self.text:
            return json.dumps(jsonable_encoder(plain), separators=(",", ":"))
        import msgpack

        pack: Callable[..., Any] = msgpack.packb
        return bytes(pack(plain, default=jsonable_encoder, use_bin_type=True))

    async def _finished(self) -> None:
        """Say that no more is coming, in the words that clients know it by: they connect again for their next message."""
        await self._problem("TIMEOUT", "no inputs, reconnect when needed!")

    async def _problem(self, error: str, reason: str) -> None:
        frame = {"type": "x-fal-error", "error": error, "reason": reason}
        with suppress(RuntimeError, WebSocketDisconnect):  # nobody may be left to tell
            await self._emit(json.dumps(frame, separators=(",", ":"), ensure_ascii=False))

    async def _emit(self, message: bytes | str) -> None:
        if isinstance(message, str):
            await self.websocket.send_text(message)
        else:
            await self.websocket.send_bytes(message)
