"""A canonical order for everything in an OpenAPI document whose order means nothing."""

from __future__ import annotations

import json
from typing import Any

_WITHOUT_EFFECT = frozenset({"title", "example", "examples"})
# Below these keys upstream's own names are keys.
NAMED = frozenset({"content", "encoding", "parameters", "paths", "properties", "requestBodies", "responses", "schemas"})
# Lists under these keywords are sets to OpenAPI.
_SETS = frozenset({"allOf", "anyOf", "enum", "oneOf", "parameters", "required", "security", "tags", "type"})


def canonical(value: Any, names: bool = False) -> Any:
    """Sort what has no order, and drop what must not change the output.

    Titles and examples do not reach the client, and no name may depend on the order of the document.

    Args:
        value: A part of the specification.
        names: Whether the keys of `value` are names that upstream chose, not keywords.
    """
    if isinstance(value, dict):
        kept = sorted(key for key in value if names or key not in _WITHOUT_EFFECT)
        return {
            key: _sorted(child) if not names and key in _SETS and isinstance(child, list) else child
            for key in kept
            for child in [canonical(value[key], not names and key in NAMED)]
        }
    if isinstance(value, list):
        return [canonical(item) for item in value]
    return value


def _sorted(items: list[Any]) -> list[Any]:
    # What is null comes last, as people write it: `str | None`.
    return sorted(items, key=lambda item: (item in (None, "null", {"type": "null"}), alike(item)))


def alike(item: Any) -> str:
    """Return a key that is equal for items that differ in their wording only."""
    return json.dumps(_wordless(item), sort_keys=True, default=str)


def _wordless(item: Any, names: bool = False) -> Any:
    if isinstance(item, dict):
        return {
            key: _wordless(value, not names and key in NAMED)
            for key, value in item.items()
            if names or key not in ("description", "summary")
        }
    return [_wordless(part) for part in item] if isinstance(item, list) else item
