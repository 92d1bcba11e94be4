"""Keep the wording of a document that was pulled before, where upstream rewords the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WORDS = ("description", "example", "examples", "summary", "title")


def own_words(pulled: Any, before: Any, place: str = "") -> tuple[Any, list[str]]:
    """Return what was pulled, in the words of `before` wherever that knows the same place, and the places that are new.

    A place that `before` has without words stays without; a new one comes with upstream's words, to be put into one's own.
    """
    if isinstance(pulled, list):
        known = _by_name(before)
        pairs = [own_words(item, known.get(_key(item, row)), place) for row, item in enumerate(pulled)]
        return [item for item, _ in pairs], [name for _, fresh in pairs for name in fresh]
    if not isinstance(pulled, Mapping):
        return pulled, []
    words: dict[str, Any] = {}
    new: list[str] = []
    for key, value in pulled.items():
        if key in WORDS and not isinstance(value, Mapping):  # a mapping is a property of that name
            if not isinstance(before, Mapping):
                words[key] = value
                new.append(place or "the document")
            elif key in before:
                words[key] = before[key]
            continue
        inner = before.get(key) if isinstance(before, Mapping) else None
        words[key], fresh = own_words(value, inner, f"{place}/{key}")
        new += fresh
    if isinstance(before, Mapping):
        words |= {key: before[key] for key in WORDS if key not in words and isinstance(before.get(key), str)}
    return words, list(dict.fromkeys(new))


def _by_name(items: Any) -> dict[Any, Any]:
    return {_key(item, row): item for row, item in enumerate(items)} if isinstance(items, list) else {}


def _key(item: Any, row: int) -> Any:
    return (item.get("in"), item["name"]) if isinstance(item, Mapping) and "name" in item else row
