"""A secret that is a str, for attributes that are documented as one."""

from __future__ import annotations

from typing import NoReturn

_MASK = "***"


class MaskedStr(str):
    """A str that shows a mask wherever it would be printed, and cannot be pickled.

    Comparing, slicing and encoding see the real text, so that code which takes a key as a str goes on working.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(_MASK)

    def __str__(self) -> str:
        return _MASK

    def __format__(self, format_spec: str) -> str:
        return format(_MASK, format_spec)

    def __copy__(self) -> MaskedStr:
        return self

    def __deepcopy__(self, memo: object) -> MaskedStr:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret cannot be pickled")


def masked(value: str | None) -> MaskedStr | None:
    """Return the text masked, or None."""
    return None if value is None else MaskedStr(value)
