"""Check that everything in an OpenAPI document is of the kind that its key promises, so that later checks can rely on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace", "query")

_TEXT = "text"
_FLAG = "true or false"
_OBJECT = "an object"
_ARRAY = "an array"
_SCHEMA = "a schema"  # an object; true and false are schemas too

# What stands under a keyword.
_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("openapi", "operationId", "name", "in", "style", "format", "$ref", "summary", "title"), _TEXT),
    **dict.fromkeys(("description", "contentType", "contentMediaType", "x-filename", "x-host"), _TEXT),
    **dict.fromkeys(("deprecated", "explode", "x-contains-slashes", "readOnly", "writeOnly"), _FLAG),
    **dict.fromkeys(
        ("info", "components", "requestBody", *METHODS),
        _OBJECT,
    ),
    **dict.fromkeys(("schema", "items", "additionalProperties"), _SCHEMA),
    **dict.fromkeys(("enum", "tags", "servers"), _ARRAY),
}
# Keywords with an object under them whose keys are names that upstream chose: what stands under each name.
_BY_NAME: Mapping[str, str] = {
    **dict.fromkeys(("paths", "requestBodies", "responses", "content", "encoding"), _OBJECT),
    **dict.fromkeys(("schemas", "properties"), _SCHEMA),
}
# Keywords with an array under them: what its elements are.
_LISTED: Mapping[str, str] = {**dict.fromkeys(("anyOf", "oneOf", "allOf"), _SCHEMA)}
_DOCUMENTATION = frozenset({"example", "examples", "info", "tags", "servers"})


def shape_problems(name: str, document: Mapping[str, Any]) -> list[str]:
    """Return one line per value of the wrong kind: file, JSON pointer, what is expected."""
    return [f"{name}#{where}: {wanted} is expected here; correct it" for where, wanted in _walk(document, "")]


def pointer(name: str) -> str:
    """Return one step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _walk(owner: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    for key, value in owner.items():
        place = f"{where}/{pointer(key)}"
        if key in _BY_NAME or (key == "parameters" and where == "/components"):
            yield from _check(value, place, _OBJECT, inside=False)
            if isinstance(value, dict):
                for name, entry in value.items():
                    yield from _check(entry, f"{place}/{pointer(name)}", _BY_NAME.get(key, _OBJECT))
        elif key in _LISTED or key == "parameters":
            yield from _each(value, place, _LISTED.get(key, _OBJECT))
        elif key == "required" and not {"in", "content"} & set(owner):
            yield from _each(value, place, _TEXT)
        elif key == "required":
            yield from _check(value, place, _FLAG)
        elif key == "type" and isinstance(value, list):
            yield from _each(value, place, _TEXT)
        elif key == "type":
            yield from _check(value, place, _TEXT)
        elif key in _KINDS:
            yield from _check(value, place, _KINDS[key], inside=key not in _DOCUMENTATION)


def _each(value: Any, place: str, kind: str) -> Iterator[tuple[str, str]]:
    yield from _check(value, place, _ARRAY)
    for index, entry in enumerate(value if isinstance(value, list) else ()):
        yield from _check(entry, f"{place}/{index}", kind)


def _check(value: Any, place: str, kind: str, *, inside: bool = True) -> Iterator[tuple[str, str]]:
    """Yield the place when `value` is of another kind, else what is wrong inside it."""
    types = {_TEXT: (str,), _FLAG: (bool,), _OBJECT: (dict,), _ARRAY: (list,), _SCHEMA: (dict, bool)}[kind]
    if not isinstance(value, types):
        yield place, kind
    elif inside and isinstance(value, dict):
        yield from _walk(value, place)
