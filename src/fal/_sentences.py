"""How the sentences of an error are put together."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 200  # characters of a value


def ended(text: str) -> str:
    """Return a text with a full stop, unless it ends a sentence by itself or has lines of its own."""
    return text if "\n" in text or text.endswith((".", "?", "!")) else f"{text}."


def followed(text: str, more: str) -> str:
    """Return a text that more sentences follow: on a line of their own when it has several."""
    return f"{text}\n{more}" if "\n" in text else f"{ended(text)} {more}"


def shown(value: object) -> str:
    """Return a value as an error shows it: at most its beginning, and of a number that Python refuses to write its kind alone."""
    try:
        text = repr(value)
    except ValueError:
        return "a number with thousands of digits"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def closest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known name that looks most like `name`; None when none is as like it as `cutoff`, from 0 to 1."""
    import difflib

    return next(iter(difflib.get_close_matches(name, list(known), 1, cutoff)), None)


def meant(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the end of a sentence that asks for the known name closest to `name`; nothing when none is close."""
    near = closest(name, known, cutoff)
    return f"; did you mean {near!r}?" if near else ""
