"""How the sentences of an error are put together."""

from __future__ import annotations


def ended(text: str) -> str:
    """Return a text with a full stop, unless it ends a sentence by itself or has lines of its own."""
    return text if "\n" in text or text.endswith((".", "?", "!")) else f"{text}."


def followed(text: str, more: str) -> str:
    """Return a text that more sentences follow: on a line of their own when it has several."""
    return f"{text}\n{more}" if "\n" in text else f"{ended(text)} {more}"
