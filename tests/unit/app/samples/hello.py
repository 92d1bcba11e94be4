"""The smallest app there is."""

from pydantic import BaseModel

import fal


class Input(BaseModel):
    name: str


class Output(BaseModel):
    greeting: str


class Hello(fal.App):
    machine_type = "S"

    @fal.endpoint("/")
    def hello(self, input: Input) -> Output:
        return Output(greeting=f"Hello, {input.name}!")
