"""An app that uses everything once."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from fastapi import HTTPException, WebSocket
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, field_validator, model_validator

import fal

HERE = Path(__file__).parent


class Color(str, Enum):  # noqa: UP042  # as older files write it
    RED = "red"
    BLUE = "blue"


class Node(BaseModel):
    value: int = Field(ge=0)
    children: list[Node] = []


class Request(BaseModel):
    prompt: str = Field(min_length=1, description="What to do")
    color: Color = Color.RED
    mode: Literal["fast", "slow"] = "fast"
    tree: Node | None = None

    @field_validator("prompt")
    @classmethod
    def strip(cls, value: str) -> str:
        return value.strip()

    @model_validator(mode="after")
    def refuse(self) -> Request:
        if self.prompt == "refuse":
            raise ValueError("cannot do that")
        return self


class Answer(BaseModel):
    text: str
    depth: int = 0


@dataclasses.dataclass
class Point:
    x: int
    y: Node


@fal.cached
def load(name: str) -> list[str]:
    return [name]


@fal.function(requirements=["numpy"], machine_type="XS")
def helper(number: int) -> int:
    return number * 2


def in_a_thread(function: Callable[[], list[Any]]) -> list[Any]:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.extend(function()))
    thread.start()
    thread.join()
    return results


class Kitchen(fal.App, name="kitchen", keep_alive=300):
    version = "7"
    request_timeout = 30

    def setup(self) -> None:
        self.states = [os.environ["FAL_RUNNER_STATE"]]
        self.on_main_thread = threading.current_thread() is threading.main_thread()
        self.release = asyncio.Event()
        self.at_setup = self.known()

    def known(self) -> list[Any]:
        assert self.current_request is not None
        return [self.current_request.request_id, self.current_request.headers]

    def handle_exit(self) -> None:
        print("handle_exit", os.environ["FAL_RUNNER_STATE"], flush=True)

    async def teardown(self) -> None:
        print("teardown", flush=True)

    def provide_hints(self) -> list[str]:
        return ["model-a", "schön"]

    @fal.endpoint("/")
    def run(self, request: Request) -> Answer:
        """Answer a request."""

        def depth(node: Node | None) -> int:
            return 0 if node is None else 1 + max((depth(child) for child in node.children), default=0)

        return Answer(text=f"{request.prompt}:{request.color.value}:{request.mode}", depth=depth(request.tree))

    @fal.endpoint("/state", health_check=fal.HealthCheck(timeout_seconds=3))
    async def state(self) -> dict[str, Any]:
        context = self.current_request
        return {
            "states": [*self.states, os.environ["FAL_RUNNER_STATE"]],
            "main_thread": self.on_main_thread,
            "request_id": context.request_id if context else None,
            "outside": [self.at_setup, in_a_thread(self.known)],
            "fal": getattr(fal, "__name__", ""),
            "app": fal.App.__name__,
            "installed": "fal.api" in sys.modules,
            "same": load("m") is load("m"),
            "here": str(HERE),
        }

    @fal.endpoint("/plain")
    def plain(self, count: int, label: str = "x", color: Color = Color.BLUE) -> dict[str, Any]:
        return {"count": count, "label": label, "color": color.value}

    @fal.endpoint("/point")
    def point(self, point: Point) -> Point:
        return point

    @fal.endpoint("/double")
    def double(self, number: int) -> int:
        return helper(number)

    @fal.endpoint("/gave-up")
    async def gave_up(self) -> dict[str, Any]:
        task = asyncio.create_task(asyncio.sleep(3600))
        task.cancel()
        await task
        return {}

    @fal.endpoint("/boom")
    def boom(self) -> dict[str, Any]:
        raise RuntimeError("the kettle is empty")

    @fal.endpoint("/teapot")
    async def teapot(self) -> dict[str, Any]:
        raise HTTPException(418, "short and stout")

    @fal.endpoint("/lost")
    def lost(self) -> dict[str, Any]:
        raise HTTPException(404, "no such kettle")

    @fal.endpoint("/stream")
    def stream(self, count: int = 3) -> Iterator[Answer]:
        for number in range(count):
            yield Answer(text=str(number))

    @fal.endpoint("/astream")
    async def astream(self) -> AsyncIterator[Any]:
        yield {"step": 1}
        await asyncio.sleep(0)
        yield {"step": 2}

    @fal.endpoint("/raw")
    def raw(self) -> StreamingResponse:
        return StreamingResponse(iter(["a", "b"]), media_type="text/plain")

    @fal.endpoint("/hold")
    async def hold(self) -> dict[str, str]:
        print("holding", flush=True)
        while os.environ["FAL_RUNNER_STATE"] != "TERMINATING":
            await asyncio.sleep(0.01)
        return {"state": os.environ["FAL_RUNNER_STATE"]}

    @fal.endpoint("/ws", is_websocket=True)
    async def ws(self, websocket: WebSocket) -> None:
        await websocket.accept()
        name = await websocket.receive_text()
        await websocket.send_json({"hello": name})
        await websocket.close()

    @fal.realtime("/realtime")
    def realtime(self, request: Request) -> Answer:
        if request.prompt == "boom":
            raise RuntimeError("spilt")
        return Answer(text=request.prompt.upper())

    @fal.realtime("/batch", max_batch_size=3, session_timeout=0.3)
    def batch(self, *requests: Request) -> Answer:
        threading.Event().wait(0.05)  # let messages pile up
        return Answer(text=",".join(request.prompt for request in requests), depth=len(requests))

    @fal.realtime("/count")
    def count(self, request: Request) -> Iterator[Answer]:
        for number in range(len(request.prompt)):
            yield Answer(text=str(number))

    @fal.realtime("/sum", session_timeout=0.3)
    async def sum(self, requests: AsyncIterator[Request]) -> Answer:
        return Answer(text="+".join([request.prompt async for request in requests]))

    @fal.realtime("/echo", content_type="application/json")
    async def echo(self, requests: AsyncIterator[Request]) -> AsyncIterator[Answer]:
        async for request in requests:
            yield Answer(text=request.prompt)


@fal.function(serve=True, requirements=["pyjokes"])
def joke(topic: str) -> str:
    return f"a joke about {topic}"


@fal.function(keep_alive=0)
def plain_function(left: int, right: int) -> int:
    return left + right


class FailsInSetup(fal.App):
    def setup(self) -> None:
        raise RuntimeError("the model is missing")

    @fal.endpoint("/")
    def run(self) -> dict[str, Any]:
        return {}


@fal.function(serve=True)
def reads_files() -> list[str]:
    import importlib

    return [(HERE / "data.txt").read_text(), importlib.import_module("beside").WORD]


class SlowSetup(fal.App):
    def setup(self) -> None:
        print("setting up", flush=True)
        end = time.monotonic() + 20
        while os.environ["FAL_RUNNER_STATE"] != "TERMINATING" and time.monotonic() < end:
            time.sleep(0.01)

    def teardown(self) -> None:
        print("torn down", flush=True)

    @fal.endpoint("/")
    def run(self) -> int:
        return 1
