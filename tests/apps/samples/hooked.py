"""Hooks, requests in detail, and everything that FastAPI gives an endpoint."""

import collections
import contextlib
import enum
import logging
import typing
from datetime import date

from fastapi import BackgroundTasks, Depends, Header, HTTPException, Query, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, computed_field, field_validator, model_validator

import fal

LOG = logging.getLogger("hooked")
LOG.addHandler(logging.StreamHandler())
Point = collections.namedtuple("Point", "x y")
T = typing.TypeVar("T")


class Mode(enum.StrEnum):
    FAST = "fast"
    SLOW = "slow"


class Part(BaseModel):
    mode: Mode = Mode.FAST
    day: date | None = None


class Box(BaseModel, typing.Generic[T]):
    item: T


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", title="Everything")
    part: Part = Field(default_factory=Part)
    parts: list[Part] = []
    kind: typing.Literal["x", "y"] = "x"
    text: str = Field("a", min_length=1, max_length=4, pattern="^[a-zA-Z]+$", description="A text.")

    @field_validator("text")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.lower()

    @model_validator(mode="after")
    def _fits(self) -> "Input":
        if self.text == "bad":
            raise ValueError("a bad text")
        return self


class Output(BaseModel):
    number: int = 1

    @computed_field
    @property
    def double(self) -> int:
        return self.number * 2


def token(x_token: str | None = Header(None)) -> str | None:
    return x_token


class Base:
    machine_type = "S"

    @contextlib.asynccontextmanager
    async def lifespan(self, app):
        self.opened = True
        async with super().lifespan(app):
            yield

    def setup(self) -> None:
        self.ready = self.opened

    @fal.endpoint("/inherited")
    def inherited(self) -> dict:
        return {"ready": self.ready}


class Hooked(Base, fal.App, name="apps-hooked", max_multiplexing=2):
    def _add_extra_middlewares(self, app) -> None:
        @app.middleware("http")
        async def mark(request, call_next):
            response = await call_next(request)
            response.headers["x-marked"] = "yes"
            return response

    def health(self) -> dict:
        return {"fine": True, "ready": self.ready}

    @fal.endpoint("/")
    def run(self, input: Input) -> dict:
        """Say what came."""
        LOG.warning("running")
        return {"input": input.model_dump(mode="json"), "point": Point(1, 2)._asdict()}

    @fal.endpoint("/box")
    def box(self, input: Box[int]) -> Box[str]:
        return Box[str](item=str(input.item))

    @fal.endpoint("/computed")
    def computed(self) -> Output:
        return Output(number=4)

    @fal.endpoint("/wrong")
    def wrong(self) -> Output:
        return {"number": "none"}

    @fal.endpoint("/detail")
    async def detail(self, input: Input, request: Request, response: Response, number: int = Query(3)) -> dict:
        response.headers["x-fal-billable-units"] = "2"
        response.status_code = 201
        return {"mine": request.headers.get("x-mine"), "number": number}

    @fal.endpoint("/depends")
    def depends(self, token: str = Depends(token)) -> dict:
        return {"token": token}

    @fal.endpoint("/later")
    def later(self, tasks: BackgroundTasks) -> dict:
        tasks.add_task(LOG.warning, "done later")
        return {}

    @fal.endpoint("/events")
    async def events(self, input: Input) -> StreamingResponse:
        async def each():
            for letter in input.text:
                if letter == "z":
                    raise ValueError("broken")
                yield f"data: {letter}\n\n"

        return StreamingResponse(each(), media_type="text/event-stream")

    @fal.endpoint("/plain")
    def plain(self):
        return PlainTextResponse("plain")

    @fal.endpoint("/nothing")
    def nothing(self) -> None:
        return None

    @fal.endpoint("/numbers")
    def numbers(self) -> list[int]:
        return [1, 2]

    @fal.endpoint("/two")
    def two(self, first: Input, second: Part) -> dict:
        return {"first": first.text, "second": second.mode}

    @fal.endpoint("/maybe")
    def maybe(self, input: Input | None = None) -> dict:
        return {"given": input is not None}

    @fal.endpoint("/any")
    def any(self, input: dict) -> dict:
        return input

    @fal.endpoint("/refuse")
    def refuse(self) -> dict:
        raise HTTPException(404, "not here")
