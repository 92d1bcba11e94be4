"""Read the OpenAPI documents of spec/: as one, corrected by the overlay, checked, in the project's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from generator.errors import SpecError
from generator.spec.canonical import canonical
from generator.spec.lint import METHODS, lint
from generator.spec.overlay import apply_overlay
from generator.spec.words import read_words, spoken
from generator.spec.yamlfile import read_yaml

_HEAD = {"openapi": "3.1.0", "info": {"title": "rest", "version": "1"}}


@frozen
class RawOperation:
    """What the specification says of an operation and openapi-python-client does not hand on."""

    method: str
    path: str
    item: Mapping[str, Any]
    parameters: Mapping[tuple[str, str], Mapping[str, Any]]  # (in, name) -> parameter
    body: Mapping[str, Any]  # media type -> media type object
    body_doc: str


@frozen
class OperationFields:
    """What goes over the wire in one operation, by the wire's names."""

    operation: str
    request_fields: tuple[str, ...]  # parameters, then the members of a body that is an object, or `body`
    response_fields: tuple[str, ...]  # the members of the answer, or of its elements


def load_openapi(spec: Path) -> dict[str, Any]:
    """Return `openapi/*.yaml` below `spec` as one document, in the words of words.toml where there is one.

    Raises:
        SpecError: with every problem of the overlay, or else every problem of the documents.
    """
    return spoken(read_openapi(spec), read_words(spec))


def read_openapi(spec: Path) -> dict[str, Any]:
    """Return `openapi/*.yaml` below `spec` as one document: corrected, checked, and the same whatever order it was written in.

    Raises:
        SpecError: with every problem of the overlay, or else every problem of the documents.
    """
    documents = {path.name: read_yaml(path) for path in sorted((spec / "openapi").glob("*.yaml"))}
    corrected = apply_overlay(documents, spec / "overlay.yaml")
    problems = lint(corrected)
    if problems:
        raise SpecError(*problems)
    found: dict[str, Any] = {
        "paths": {},
        "components": {kind: {} for kind in ("parameters", "requestBodies", "responses", "schemas")},
    }
    for name, document in corrected.items():
        for path, item in _hosted(document).items():
            problems += _merge(found["paths"].setdefault(path, {}), item, f"{name}: {path}")
        for kind, items in document.get("components", {}).items():
            problems += _merge(found["components"][kind], items, f"{name}: components/{kind}")
    if problems:
        raise SpecError(*problems)
    return {**_HEAD, **canonical(found)}


def _hosted(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the paths of a document; each operation says on which of the client's hosts it is, where that is not the first."""
    paths, host = document.get("paths", {}), document.get("x-host")
    if host is None:
        return dict(paths)
    return {
        path: {key: {**part, "x-host": host} if key in METHODS else part for key, part in item.items()}
        for path, item in paths.items()
    }


def rest_inventory(spec: Path) -> list[OperationFields]:
    """Return what every operation sends and answers, without generating anything; operations in the order of their names."""
    document = load_openapi(spec)
    return sorted(
        (_fields(item, document) for item in raw_operations(document).values()), key=lambda item: item.operation
    )


def _merge(into: dict[str, Any], items: Mapping[str, Any], where: str) -> Iterator[str]:
    for name, item in items.items():
        if into.setdefault(name, item) != item:
            yield f"{where}/{name} says something else than another file: rename one, or make them the same"


def raw_operations(document: Mapping[str, Any]) -> dict[str, RawOperation]:
    found: dict[str, RawOperation] = {}
    components = document["components"]

    def behind(item: Any, kind: str) -> Any:
        return components[kind][item["$ref"].rpartition("/")[2]] if "$ref" in item else item

    for path, entry in document["paths"].items():
        for method in METHODS:
            if method in entry:
                item = entry[method]
                item = {**item, "responses": {s: behind(r, "responses") for s, r in item["responses"].items()}}
                parameters = [
                    behind(p, "parameters") for p in (*entry.get("parameters", []), *item.get("parameters", []))
                ]
                body = behind(item.get("requestBody", {}), "requestBodies")
                by_place = {(p["in"], p["name"]): p for p in parameters}
                found[item["operationId"]] = RawOperation(
                    method, path, item, by_place, body.get("content", {}), body.get("description", "")
                )
    return found


def _fields(raw: RawOperation, document: Mapping[str, Any]) -> OperationFields:
    request = [name for _, name in raw.parameters]
    for media in raw.body.values():
        request += _members(media["schema"], document, inside=False) or ["body"]
    response: list[str] = []
    for status, item in raw.item["responses"].items():
        if status.startswith("2"):
            for media in item.get("content", {}).values():
                response += _members(media["schema"], document, inside=True)
    return OperationFields(raw.item["operationId"], tuple(dict.fromkeys(request)), tuple(dict.fromkeys(response)))


def _members(
    schema: Mapping[str, Any], document: Mapping[str, Any], *, inside: bool, seen: tuple[str, ...] = ()
) -> list[str]:
    """Return the members of an object; with `inside`, also of the elements of an array and of the forms of a union."""
    ref = schema.get("$ref")
    if ref is not None:
        behind = document["components"]["schemas"][ref.rpartition("/")[2]]
        return [] if ref in seen else _members(behind, document, inside=inside, seen=(*seen, ref))
    parts = list(schema.get("allOf", []))
    if inside:
        parts += [*schema.get("anyOf", []), *schema.get("oneOf", []), *([schema["items"]] if "items" in schema else [])]
    found = [name for part in parts for name in _members(part, document, inside=inside, seen=seen)]
    return found + list(schema.get("properties", {}))
