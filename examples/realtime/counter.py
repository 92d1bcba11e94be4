"""A realtime app: messages in both directions over one websocket."""

from pydantic import BaseModel

import fal


class Step(BaseModel):
    by: int = 1


class Total(BaseModel):
    value: int


class Counter(fal.App):
    machine_type = "XS"

    def setup(self) -> None:
        self.value = 0

    @fal.realtime("/realtime")
    def count(self, step: Step) -> Total:
        self.value += step.by
        return Total(value=self.value)

    @fal.endpoint("/")
    def read(self) -> Total:
        return Total(value=self.value)
