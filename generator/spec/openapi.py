"""The OpenAPI documents of spec/ as one document: corrected by the overlay, checked, the same whatever order it was written in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.errors import SpecError
from generator.spec.canonical import canonical
from generator.spec.lint import METHODS, lint
from generator.spec.overlay import apply_overlay

_KINDS = ("parameters", "requestBodies", "responses", "schemas")
_HEAD = {"openapi": "3.1.0", "info": {"title": "rest", "version": "1"}}


def merged(documents: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return the documents, file name -> document, as one.

    Raises:
        SpecError: with every problem of the overlay, or else every problem of the documents.
    """
    corrected = apply_overlay(documents, overlay)
    problems = lint(corrected)
    if problems:
        raise SpecError(*problems)
    whole: dict[str, Any] = {"paths": {}, "components": {kind: {} for kind in _KINDS}}
    for name, document in corrected.items():
        for path, item in _hosted(document).items():
            problems += _merge(whole["paths"].setdefault(path, {}), item, f"{name}: {path}")
        for kind in _KINDS:
            items = document.get("components", {}).get(kind, {})
            problems += _merge(whole["components"][kind], items, f"{name}: components/{kind}")
    if problems:
        raise SpecError(*problems)
    return {**_HEAD, **canonical(whole)}


def _hosted(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the paths of a document; each operation says on which of the client's hosts it is, where that is not the first.

    One that has a server of its own is there.
    """
    paths: dict[str, Any] = document.get("paths", {})
    host = document.get("x-host")
    if host is None:
        return paths
    return {
        path: {key: {**entry, "x-host": host} if key in METHODS else entry for key, entry in item.items()}
        for path, item in paths.items()
    }


def _merge(into: dict[str, Any], items: Mapping[str, Any], where: str) -> Iterator[str]:
    for name, item in items.items():
        if into.setdefault(name, item) != item:
            yield f"{where}/{name} says something else than another file: rename one, or make them the same"
