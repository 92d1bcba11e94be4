"""Types in every way people write them."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Generic, NamedTuple, Optional, TypeVar, Union

import pydantic
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, RootModel, computed_field, field_serializer
from typing_extensions import TypedDict

import fal

T = TypeVar("T")


class Base(BaseModel):
    model_config = ConfigDict(extra="forbid")
    _secret: int = PrivateAttr(default=5)


class Cat(Base):
    kind: str = Field("cat", pattern="^cat$")
    lives: Annotated[int, Field(ge=0, le=9)] = 9

    @computed_field  # type: ignore[prop-decorator]
    @property
    def dead(self) -> bool:
        return self.lives == 0

    @field_serializer("lives")
    def shown(self, value: int) -> str:
        return f"{value} lives"


class Dog(Base):
    name: str
    friend: Optional[Person] = None  # noqa: UP045  # as older files write it


class Person(Base):
    dogs: list[Dog] = Field(default_factory=list)


class Box(BaseModel, Generic[T]):
    content: T


class Names(RootModel[list[str]]):
    pass


class Size(TypedDict):
    width: int
    unit: str


class Pair(NamedTuple):
    left: int
    right: int = 2


@pydantic.dataclasses.dataclass
class Checked:
    number: int = Field(gt=0)


@dataclasses.dataclass(frozen=True)
class Plain:
    pair: Pair
    tags: list[str] = dataclasses.field(default_factory=list)


class Models(fal.App):
    @fal.endpoint("/pet")
    def pet(self, pet: Union[Cat, Dog]) -> Union[Cat, Dog]:  # noqa: UP007  # as older files write it
        return pet

    @fal.endpoint("/person")
    def person(self, person: Person) -> Person:
        return person

    @fal.endpoint("/box")
    def box(self, box: Box[int]) -> Box[int]:
        return box

    @fal.endpoint("/names")
    def names(self, names: Names) -> Names:
        return names

    @fal.endpoint("/size")
    def size(self, size: Size) -> Size:
        return size

    @fal.endpoint("/checked")
    def checked(self, checked: Checked) -> Checked:
        return checked

    @fal.endpoint("/plain")
    def plain(self, plain: Plain) -> Plain:
        return plain

    @fal.endpoint("/subclass")
    def subclass(self) -> dict[str, Any]:
        class Kitten(Cat):
            age: int = 0

        return Kitten(kind="cat", age=2).model_dump()
