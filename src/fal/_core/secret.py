"""Text that must not be seen: a string in use, a mask wherever it is shown."""

from __future__ import annotations

from typing import Any

MASK = "********"


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
