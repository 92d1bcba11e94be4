"""The OpenAPI documents of spec/ as one document: corrected by the overlay, checked, the same whatever order it was written in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.errors import SpecError
from generator.spec.canonical import canonical
from generator.spec.lint import lint, succeeded
from generator.spec.lint_shape import METHODS
from generator.spec.overlay import apply_overlay
from generator.spec.references import reachable_schemas, references

_KINDS = ("parameters", "requestBodies", "responses", "schemas")
_HEAD = {"openapi": "3.1.0", "info": {"title": "rest", "version": "1"}}


def merged(documents: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return the documents, file name -> document, as one, without the responses that mean failure: these are raised.

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
    return {**_HEAD, **canonical(_answered(whole))}


def _answered(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document without failures, and without the components that only these lead to."""
    responses = document["components"]["responses"]
    paths: dict[str, Any] = {}
    failures: list[Any] = []
    for path, item in document["paths"].items():
        paths[path] = dict(item)
        for method in (method for method in METHODS if method in item):
            given = item[method]["responses"]
            kept = {status: given[status] for status in given if status in succeeded(given)}
            paths[path][method] = {**item[method], "responses": kept}
            failures += [given[status] for status in given if status not in kept]
    used = references(paths, "#/components/responses/")
    failures += [responses[name] for name in responses if name not in used]
    components = {**document["components"], "responses": {name: responses[name] for name in responses if name in used}}
    suspects = reachable_schemas(failures, components["schemas"])
    others = {name: schema for name, schema in components["schemas"].items() if name not in suspects}
    beside = {key: value for key, value in components.items() if key != "schemas"}
    needed = reachable_schemas([paths, beside, others], components["schemas"])
    components["schemas"] = {
        name: schema for name, schema in components["schemas"].items() if name not in suspects or name in needed
    }
    return {**document, "paths": paths, "components": components}


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
