"""What a part of an OpenAPI document leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REF = "#/components/schemas/"


def references(node: Any, prefix: str = REF) -> set[str]:
    """Return what stands behind `prefix` in the references of a part of a document: the names of components."""
    names: set[str] = set()
    queue = [node]
    while queue:
        item = queue.pop()
        if isinstance(item, list):
            queue += item
        elif isinstance(item, Mapping):
            ref = item.get("$ref")
            if isinstance(ref, str) and ref.startswith(prefix):
                names.add(ref.removeprefix(prefix))
            queue += item.values()
    return names


def reachable_schemas(node: Any, schemas: Mapping[str, Any]) -> set[str]:
    """Return the names of the component schemas that a part of a document leads to."""
    reachable: set[str] = set()
    queue = [name for name in references(node) if name in schemas]
    while queue:
        name = queue.pop()
        if name not in reachable:
            reachable.add(name)
            queue += [other for other in references(schemas[name]) if other in schemas]
    return reachable
