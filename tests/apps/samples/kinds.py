"""An app whose module holds classes and functions of many kinds."""

import contextlib
import functools
import operator
from collections import namedtuple
from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field, create_model

import fal

Point = namedtuple("Point", "x y", defaults=(1,))
Kind = Enum("Kind", "one two")
MADE: dict[str, type] = {}
OPERATIONS: dict[str, Callable[[int], int]] = {"negate": operator.neg, "next": lambda number: number + 1}


def registered(name: str) -> Callable[[type], type]:
    def register(cls: type) -> type:
        MADE[name] = cls
        return cls

    return register


@registered("plain")
class Plain:
    def text(self) -> str:
        return "plain"


@registered("bold")
class Bold(Plain):
    def text(self) -> str:
        return f"*{super().text()}*"


class Mode(Enum):
    fast = auto()
    slow = auto()

    @property
    def title(self) -> str:
        return self.name.title()


class Named:
    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> str:
        return self.name


class Tagging(type):
    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> type:
        return super().__new__(cls, name, bases, {**members, "tag": name})


class Tagged(metaclass=Tagging):
    tag: ClassVar[str]


class Item(BaseModel):
    number: int


class Box(BaseModel):
    content: Item
    more: list[Item] = []


Reply = create_model("Reply", text=(str, ...), more=(dict[str, Any], {}))


def counter() -> Callable[[], int]:
    number = 0

    def count() -> int:
        nonlocal number
        number += 1
        return number

    return count


COUNT = counter()


def marked(mark: str) -> Callable[..., Any]:
    def decorate(function: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> dict[str, Any]:
            return {**function(*args, **kwargs), "mark": mark}

        return called

    return decorate


@contextlib.contextmanager
def opened() -> Iterator[int]:
    yield 3


@functools.cache
def shown(value: object) -> str:
    return type(value).__name__


class Kinds(fal.App):
    machine_type = "S"
    name_of = Named()

    class Input(BaseModel):
        kind: Literal["plain", "bold"] = Field("plain", title="Kind")
        mode: Mode = Mode.slow

    class State:
        count = 0

        class Inner:
            value = 9

    def setup(self) -> None:
        self.state = self.State()
        self.factor = self.doubled(2)

    @staticmethod
    def doubled(number: int) -> int:
        return 2 * number

    @fal.endpoint("/")
    def run(self, input: Input) -> Reply:  # type: ignore[valid-type]
        made = {name: operation(2) for name, operation in OPERATIONS.items()}
        return Reply(text=MADE[input.kind]().text(), more={**made, "count": COUNT(), "mode": input.mode.title})

    @fal.endpoint("/marked")
    @marked("yes")
    def mark(self, number: int, text: str = "none") -> dict[str, Any]:
        with opened() as offset:
            return {"number": number + offset, "text": text, "shown": [shown(number), shown(text)]}

    @fal.endpoint("/box")
    def box(self, input: Box) -> Box:
        return input

    @fal.endpoint("/state")
    def told(self) -> dict[str, Any]:
        inner = self.state.Inner.value
        point = Point(0)._asdict()
        return {
            "inner": inner,
            "factor": self.factor,
            "point": point,
            "kind": Kind.two.name,
            "name": self.name_of,
            "tag": Tagged.tag,
        }
