"""An app that answers in every way that an app can; its annotations are evaluated: the peer does not read them as text."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.responses import StreamingResponse
from pydantic import BaseModel

import fal

VERSION = os.environ.get("GREETER_VERSION", "1")  # of the machine that deploys: it travels with the code
BROKEN = os.environ.get("GREETER_BROKEN")


class Guest(BaseModel):
    name: str


class Greeting(BaseModel):
    text: str
    version: str


class Gate(BaseModel):
    path: str


class Greeter(fal.App):
    machine_type = "XS"
    keep_alive = 300

    def setup(self) -> None:
        print(f"Greeter {VERSION} is set up", flush=True)
        if BROKEN:
            raise ValueError("the greeter is out of order")

    @fal.endpoint("/")
    def greet(self, input: Guest) -> Greeting:
        print(f"greeting {input.name}", flush=True)
        return Greeting(text=f"Hello, {input.name}!", version=VERSION)

    @fal.endpoint("/token")
    def token(self) -> dict[str, Any]:
        return {"token": os.environ.get("TOKEN"), "hidden": os.environ.get("HIDDEN")}

    @fal.endpoint("/hold")
    def hold(self, input: Gate) -> dict[str, str]:
        while not Path(input.path).exists():
            time.sleep(0.01)
        return {"released": "yes"}

    @fal.endpoint("/count")
    def count(self) -> StreamingResponse:
        def events() -> Iterator[str]:
            for number in range(3):
                yield f"data: {number}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    @fal.realtime("/talk")
    def talk(self, input: Guest) -> Greeting:
        return Greeting(text=f"Hello, {input.name}!", version=VERSION)
