"""Functions: one that is served, one with a server of its own."""

from pydantic import BaseModel

import fal


class Input(BaseModel):
    text: str


class Output(BaseModel):
    text: str


@fal.function(serve=True, machine_type="S", keep_alive=20)
def shouting(input: Input) -> Output:
    return Output(text=input.text.upper())
