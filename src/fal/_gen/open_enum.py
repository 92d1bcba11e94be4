# Generated from spec/; do not edit. Regenerate with: just generate
"""The bases of enums: a value from a newer server becomes a member, so that it never breaks a listing."""

from __future__ import annotations

from enum import Enum
from typing import Any, Self, TypeVar, cast

_UNKNOWN = "UNKNOWN"


class OpenEnum(Enum):
    """An enum of strings or integers that stays open: a value that this version does not know becomes the member UNKNOWN."""

    @property
    def is_known(self) -> bool:
        """Whether this version of the SDK knows the member."""
        return self._name_ in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        kind = str if issubclass(cls, str) else int
        return cls._unknown(_UNKNOWN, kind(value)) if isinstance(value, kind) else None

    @classmethod
    def _unknown(cls, name: str, value: str | int) -> Self:
        kind: Any = type(value)
        member: Self = kind.__new__(cls, value)
        member._name_ = name
        member._value_ = value
        return member

    def __str__(self) -> str:
        return str(self._value_)

    def __format__(self, format_spec: str) -> str:
        return format(self._value_, format_spec)


class NumberedEnum(str, OpenEnum):
    """A string enum whose members carry the wire's number and name.

    `RunnerState("running")` finds a member by its value or by the wire's name, in any case. A number that this version does
    not know becomes the member `UNKNOWN_<number>`.
    """

    number: int
    wire_name: str

    def __new__(cls, value: str, number: int = 0, wire_name: str | None = None) -> Self:
        # The number has a default for type checkers only: `RunnerState("running")` is a look-up and never comes here.
        member = str.__new__(cls, value)
        member._value_ = value
        member.number = number
        member.wire_name = value if wire_name is None else wire_name
        return member

    @classmethod
    def from_number(cls, number: int) -> Self:
        """Return the member with the wire's `number`, a new `UNKNOWN_<number>` when there is none."""
        table = _TABLES.get(cls)
        if table is None:
            table = _TABLES.setdefault(cls, Numbered(cls))
        return cast("Self", table[number])

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        wanted = value.casefold()
        for member in cls:
            if wanted in (member._value_.casefold(), member._name_.casefold(), member.wire_name.casefold()):
                return member
        digits = value.removeprefix(f"{_UNKNOWN}_")
        if digits != value and digits.removeprefix("-").isdecimal():
            return cls.from_number(int(digits))
        return None

    def __eq__(self, other: object) -> bool:
        # As text, in any case: the wire, its documentation and older clients spell members in three ways.
        if self is other:
            return True
        return isinstance(other, str) and str.casefold(other) in (str.casefold(self), self.wire_name.casefold())

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class OrderedEnum(NumberedEnum):
    """A numbered enum whose members are ordered as the wire numbers them, not by their text.

    They are compared with each other, with a member's name, and with a member of that name of another enum.
    """

    def __lt__(self, other: object) -> bool:
        rank = self._rank(other)
        return NotImplemented if rank is None else self.number < rank

    def __le__(self, other: object) -> bool:
        rank = self._rank(other)
        return NotImplemented if rank is None else self.number <= rank

    def __gt__(self, other: object) -> bool:
        rank = self._rank(other)
        return NotImplemented if rank is None else self.number > rank

    def __ge__(self, other: object) -> bool:
        rank = self._rank(other)
        return NotImplemented if rank is None else self.number >= rank

    def _rank(self, other: object) -> int | None:
        if isinstance(other, type(self)):
            return other.number
        member = type(self)._missing_(other.name if isinstance(other, Enum) else other)
        if member is None and isinstance(other, str):  # which would be compared as text otherwise
            raise TypeError(f"{other!r} is not a {type(self).__name__}, so it has no place in the order")
        return None if member is None else member.number


E = TypeVar("E", bound=NumberedEnum)


class Numbered(dict[int, E]):
    """The members of an enum by their numbers; one that this version does not know is made when it is asked for."""

    def __init__(self, kind: type[E]) -> None:
        # The first of several members with one number is the one that a number means, as in protobuf.
        super().__init__((member.number, member) for member in reversed(list(kind)))
        self._kind = kind

    def __missing__(self, number: int) -> E:
        name = f"{_UNKNOWN}_{number}"
        member = self._kind._unknown(name, name)
        member.number = number
        member.wire_name = name
        return member


_TABLES: dict[type[NumberedEnum], Numbered[Any]] = {}
