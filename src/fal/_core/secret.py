"""Strings with secrets: usable as strings, shown as a mask."""

from __future__ import annotations

from typing import Any, Generic, NoReturn, TypeVar

MASK = "********"

T = TypeVar("T")


class MaskedStr(str):
    """A string that `repr`, `str`, `format` and `pickle` show as a mask. `reveal()` gives the text itself."""

    __slots__ = ()

    def __new__(cls, text: str) -> MaskedStr:
        # `str(text)` of a masked string is its mask.
        return super().__new__(cls, text.reveal() if isinstance(text, MaskedStr) else text)

    def reveal(self) -> str:
        """Return the text itself."""
        return str.__str__(self)[:]

    def __repr__(self) -> str:
        return repr(MASK)

    def __str__(self) -> str:
        return MASK

    def __format__(self, format_spec: str) -> str:
        return format(MASK, format_spec)

    def __reduce_ex__(self, _: Any) -> tuple[Any, ...]:
        return str, (MASK,)


class Sealed(Generic[T]):
    """Holds a value for an object that others may look into with `vars`, `json` or a debugger.

    Encoders that take any kind of string, as that of `json` does, write a masked string as it is; they do not see this.
    """

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __repr__(self) -> str:
        return repr(MASK)

    def __copy__(self) -> Sealed[T]:
        return self

    def __deepcopy__(self, _: Any) -> Sealed[T]:
        return self

    def __reduce_ex__(self, _: Any) -> NoReturn:
        raise TypeError("sealed values cannot be pickled: a secret would travel with the pickle")
