"""Name the inline objects and enums of a document after the places where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.spec.canonical import alike
from generator.spec.names import pascal, words
from generator.spec.references import REF

_BODIES = ("multipart/form-data", "application/x-www-form-urlencoded")
_MAX_DEPTH = 200


def with_names(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with a component for every inline object and enum; named ones keep their names."""
    return _Naming(document).document()


class _Naming:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._given: Mapping[str, Any] = document["components"]["schemas"]
        self._made: dict[str, Any] = {}

    def document(self) -> dict[str, Any]:
        components = self._document["components"]
        schemas = {name: self._inside(schema, (name,)) for name, schema in self._given.items()}
        parameters = {name: self._parameter(item, (name,)) for name, item in components["parameters"].items()}
        bodies = {name: self._content(item, (name,)) for name, item in components["requestBodies"].items()}
        responses = {name: self._content(item, (name,)) for name, item in components["responses"].items()}
        paths = {path: self._item(item) for path, item in self._document["paths"].items()}
        return {
            **self._document,
            "paths": paths,
            "components": {
                "parameters": parameters,
                "requestBodies": bodies,
                "responses": responses,
                "schemas": dict(sorted({**schemas, **self._made}.items())),
            },
        }

    def _item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        named: dict[str, Any] = {}
        for key, value in item.items():
            if isinstance(value, Mapping) and "responses" in value:
                named[key] = self._operation(value)
            elif key == "parameters":
                named[key] = [self._parameter(each, ()) for each in value]
            else:
                named[key] = value
        return named

    def _operation(self, item: Mapping[str, Any]) -> dict[str, Any]:
        owner = str(item["operationId"])
        operation = dict(item)
        if "parameters" in item:
            operation["parameters"] = [self._parameter(each, (owner,)) for each in item["parameters"]]
        if "requestBody" in item:
            operation["requestBody"] = self._content(item["requestBody"], (owner, "request"))
        operation["responses"] = {
            status: self._content(response, (owner, "response")) for status, response in item["responses"].items()
        }
        return operation

    def _parameter(self, item: Mapping[str, Any], place: tuple[str, ...]) -> dict[str, Any]:
        parameter = dict(item)
        if "schema" in item:
            parameter["schema"] = self._schema(item["schema"], (*place, str(item.get("name", ""))))
        return parameter

    def _content(self, item: Mapping[str, Any], place: tuple[str, ...]) -> dict[str, Any]:
        if "content" not in item:
            return dict(item)
        content: dict[str, Any] = {}
        for media, entry in item["content"].items():
            content[media] = dict(entry)
            if "schema" in entry:
                # The members of a form are parameters: it is not a class.
                read = self._inside if media in _BODIES else self._schema
                content[media]["schema"] = read(entry["schema"], place)
        return {**item, "content": content}

    def _schema(self, schema: Any, place: tuple[str, ...]) -> Any:
        if not isinstance(schema, Mapping):
            return schema
        inner = self._inside(schema, place)
        return self._named(inner, place) if _is_class(schema) else inner

    def _inside(self, schema: Any, place: tuple[str, ...]) -> Any:
        """Return a schema with names for what it holds."""
        if not isinstance(schema, Mapping) or "$ref" in schema or len(place) > _MAX_DEPTH:
            return schema
        named = dict(schema)
        if "properties" in schema:
            named["properties"] = {
                name: self._schema(item, (*place, name)) for name, item in schema["properties"].items()
            }
        for key, step in (("items", "item"), ("additionalProperties", "value")):
            if isinstance(schema.get(key), Mapping):
                named[key] = self._schema(schema[key], (*place, step))
        for key in ("anyOf", "oneOf"):
            if key in schema:
                named[key] = [self._schema(item, place) for item in schema[key]]
        if "allOf" in schema:
            named["allOf"] = [self._inside(item, place) for item in schema["allOf"]]
        return named

    def _named(self, schema: dict[str, Any], place: tuple[str, ...]) -> dict[str, Any]:
        base = pascal(" ".join(word for step in place for word in words(step))) or "Inline"
        name, number = base, 2
        while name in self._given or alike(self._made.get(name, schema)) != alike(schema):
            name, number = f"{base}{number}", number + 1
        self._made.setdefault(name, schema)
        ref = {"$ref": REF + name}
        return {"allOf": [ref], "description": schema["description"]} if schema.get("description") else ref


def _is_class(schema: Mapping[str, Any]) -> bool:
    closed = schema.get("type") == "object" and schema.get("additionalProperties") is False
    values = [value for value in schema.get("enum") or () if value is not None]
    enum = bool(values) and (all(type(v) is str for v in values) or all(type(v) is int for v in values))
    parts = [part for part in schema.get("allOf") or () if isinstance(part, Mapping) and part]
    merged = len(parts) > 1 and any("$ref" in part or part.get("properties") for part in parts)
    return "$ref" not in schema and bool(schema.get("properties") or enum or closed or merged)
