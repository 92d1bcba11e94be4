"""Give every distinct inline schema of a document one place and one name, and keep the names when the document changes.

Two schemas are the same when they say the same in whatever words and order. What becomes a component is what becomes a
class: objects with members, and enums. Resolving the references again gives the document that it began with.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, mutable

from generator.errors import SpecError
from generator.spec.canonical import alike, canonical
from generator.spec.lint import FORM, MULTIPART, succeeded
from generator.spec.lint_shape import METHODS
from generator.spec.references import REF, reachable_schemas
from generator.upstream.downconvert_schema import MAX_DEPTH, OF_USE
from generator.upstream.naming import FAILURE, Place, candidates

MAX_PLACES = 200_000
RESPONSE = "#/components/responses/"
_COMPONENT = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")


@mutable
class Group:
    """One distinct schema: where it is used, in which words, and what upstream calls it."""

    places: set[Place] = field(factory=set)
    given: set[str] = field(factory=set)
    schema: dict[str, Any] = field(factory=dict)
    anchor: Place | None = None

    def add(self, place: Place, schema: dict[str, Any]) -> None:
        self.places.add(place)
        if self.anchor is None or place.sort_key < self.anchor.sort_key:
            self.anchor, self.schema = place, schema  # the words of the first place


def share(document: Mapping[str, Any], previous: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], list[str]]:
    """Return the document with a component for every distinct object and enum, and what there is to say about names.

    Args:
        document: In the subset that the generator takes.
        previous: What an earlier run returned; its names stay with their places.

    Raises:
        SpecError: when a reference leads nowhere, or the document is too deep or too wide to be one that people wrote.
    """
    own = (document.get("components") or {}).get("schemas") or {}
    finder = _Finder(document, own)
    paths = finder.document()
    names, notes = _names(finder.groups, _Finder.of(previous, own), finder.others)

    def finished(node: Any) -> Any:
        if isinstance(node, list):
            return [finished(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$group" in node:
            ref = {"$ref": REF + names[node["$group"]]}
            use = {key: value for key, value in node.items() if key != "$group"}
            if use.get("description") == finder.groups[node["$group"]].schema.get("description"):
                use.pop("description", None)
            return {"allOf": [ref], **use} if use else ref
        return {key: finished(item) for key, item in node.items()}

    schemas = {names[key]: finished(group.schema) for key, group in finder.groups.items()}
    schemas |= {name: finished(schema) for name, schema in finder.others.items()}
    components = {**document.get("components", {}), "schemas": dict(sorted(schemas.items()))}
    shared = {**document, "paths": finished(paths), "components": components}
    return shared, notes


def _names(
    groups: Mapping[str, Group], before: Mapping[str, tuple[str, set[Place]]], reserved: Iterable[str]
) -> tuple[dict[str, str], list[str]]:
    """Return group -> name. `before`: name -> the shape that it had, and its places."""
    names: dict[str, str] = {}
    notes: list[str] = []
    for key, group in groups.items():
        if group.given:
            names[key] = min(group.given)
            notes += [f"{name} is the same as {names[key]}" for name in sorted(group.given - {names[key]})]
    held = {name.casefold() for name in (*names.values(), *reserved)}
    free = {name: entry for name, entry in before.items() if name.casefold() not in held}
    claims: list[tuple[bool, int, str, str]] = []
    for name, (shape, places) in free.items():
        for key, group in groups.items():
            overlap = len(places & group.places)
            if key not in names and (overlap or shape == key):
                claims.append((shape != key, -overlap, name, key))
    for _, _, name, key in sorted(claims):
        if key not in names and name in free:
            names[key] = name
            del free[name]
    notes += [f"the schema {name} is gone" for name in sorted(free)]
    taken = held | {name.casefold() for name in (*names.values(), *before)}
    for key, group in sorted(groups.items(), key=lambda item: min(place.sort_key for place in item[1].places)):
        if key not in names:
            names[key] = next(name for name in candidates(group.places) if name.casefold() not in taken)
            taken.add(names[key].casefold())
            if before:
                notes.append(f"the schema {names[key]} is new")
    return names, notes


class _Finder:
    """Finds the distinct schemas of one document."""

    def __init__(self, document: Mapping[str, Any], own: Iterable[str]) -> None:
        self._document = document
        self._own = frozenset(own)  # what upstream has named keeps its name, and what refers to it refers to it
        self._schemas: Mapping[str, Any] = (document.get("components") or {}).get("schemas") or {}
        self._depth = 0
        self._count = 0
        self.groups: dict[str, Group] = {}
        self._waiting: list[str] = []  # of the others, those that are still to be read
        self.others: dict[str, dict[str, Any]] = {}  # components without a class: arrays, unions, and what is recursive
        for name in self._schemas:
            if not _COMPONENT.fullmatch(name):
                raise SpecError(f"components/schemas: {name!r} is not the name of a component")
        self._recursive = _recursive(self._schemas)

    @classmethod
    def of(cls, document: Mapping[str, Any] | None, own: Iterable[str]) -> dict[str, tuple[str, set[Place]]]:
        """Return name -> shape and places of every named class of a document that was shared before."""
        if document is None:
            return {}
        finder = cls(document, own)
        finder.document()
        return {name: (key, group.places) for key, group in finder.groups.items() for name in group.given}

    def document(self) -> dict[str, Any]:
        """Find everything, and return the paths with `$group` in the place of what has one."""
        paths: dict[str, Any] = {}
        for path, item in sorted(self._document["paths"].items()):
            paths[path] = {**item}
            for method in METHODS:
                if method in item:
                    paths[path][method] = self._operation(item[method])
        while self._waiting:
            name = self._waiting.pop()
            read = self._schema if "$ref" in self._schemas[name] else self._members
            self.others[name] = read(self._schemas[name], Place((), name, ""))[1]
        return paths

    def _operation(self, item: Mapping[str, Any]) -> dict[str, Any]:
        operation = dict(item)
        owner = str(item.get("operationId"))
        if "parameters" in operation:
            operation["parameters"] = [
                {**p, "schema": self._schema(p["schema"], Place((), owner, f"?{p['name']}"))[1]} if "schema" in p else p
                for p in operation["parameters"]
            ]
        if "requestBody" in operation:
            operation["requestBody"] = self._content(operation["requestBody"], Place((), owner, "request"))
        good = succeeded(operation["responses"])
        operation["responses"] = {
            status: self._content(self._response(response), Place((), owner, "response" if status in good else FAILURE))
            for status, response in operation["responses"].items()
        }
        return operation

    def _response(self, response: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a response, which is a component in a document that was shared before."""
        name = str(response.get("$ref", "")).removeprefix(RESPONSE)
        target: Mapping[str, Any] = self._document["components"]["responses"][name] if name else response
        return target

    def _content(self, owner: Mapping[str, Any], place: Place) -> dict[str, Any]:
        if "content" not in owner:
            return dict(owner)
        content: dict[str, Any] = {}
        for media, entry in owner["content"].items():
            content[media] = dict(entry)
            if "schema" in entry:
                # A body of parts or of a form is taken apart into parameters: it is not a class.
                apart = media in (MULTIPART, FORM) and "$ref" not in entry["schema"]
                content[media]["schema"] = (self._members if apart else self._schema)(entry["schema"], place)[1]
        return {**owner, "content": content}

    def _schema(self, schema: Mapping[str, Any], place: Place) -> tuple[Any, dict[str, Any]]:
        """Return the shape of a schema, and the schema, both with groups in the place of what has one."""
        self._count += 1
        self._depth += 1
        if self._count > MAX_PLACES:
            raise SpecError(f"more than {MAX_PLACES:,} schemas, references followed")
        if self._depth > 2 * MAX_DEPTH:
            raise SpecError(f"{place.owner}: schemas are nested more than {2 * MAX_DEPTH} deep, references followed")
        try:
            if "$ref" in schema:
                return self._reference(str(schema["$ref"]), place)
            use = {key: schema[key] for key in OF_USE if key in schema}
            if set(schema) - set(use) == {"allOf"} and len(schema["allOf"]) == 1:
                shape, rewritten = self._schema(schema["allOf"][0], place)
                return shape, {**rewritten, **use} if "$group" in rewritten else {**schema, "allOf": [rewritten]}
            shape, rewritten = self._members(schema, place)
            return self._grouped(shape, rewritten, place) if _is_class(schema) else (shape, rewritten)
        finally:
            self._depth -= 1

    def _members(self, schema: Mapping[str, Any], place: Place) -> tuple[dict[str, Any], dict[str, Any]]:
        shape, rewritten = dict(schema), dict(schema)
        if "properties" in schema:
            pairs = {
                name: self._schema(item, place.below(f".{name}")) for name, item in sorted(schema["properties"].items())
            }
            shape["properties"] = {name: pair[0] for name, pair in pairs.items()}
            rewritten["properties"] = {name: pair[1] for name, pair in pairs.items()}
        for key, step in (("items", "[]"), ("additionalProperties", "{}")):
            if isinstance(schema.get(key), dict):
                shape[key], rewritten[key] = self._schema(schema[key], place.below(step))
        for key in ("anyOf", "oneOf", "allOf"):
            if key in schema:
                # A member of an allOf stays where it is; only what it holds has a name.
                visit = self._members if key == "allOf" else self._schema
                forms = [
                    (self._schema if "$ref" in item else visit)(item, place if key == "allOf" else place.below("|"))
                    for item in schema[key]
                ]
                shape[key], rewritten[key] = [form[0] for form in forms], [form[1] for form in forms]
        return shape, rewritten

    def _grouped(self, shape: Any, rewritten: dict[str, Any], place: Place) -> tuple[Any, dict[str, Any]]:
        use = {key: rewritten[key] for key in OF_USE if key in rewritten}
        plain = {key: value for key, value in shape.items() if key not in use}
        key = hashlib.sha256(alike(canonical(plain)).encode()).hexdigest()
        kept = {name: value for name, value in rewritten.items() if name not in use or name == "description"}
        self.groups.setdefault(key, Group()).add(place, kept)
        return {"$group": key}, {"$group": key, **use}

    def _reference(self, ref: str, place: Place) -> tuple[Any, dict[str, Any]]:
        name = ref.removeprefix(REF)
        if name == ref or name not in self._schemas:
            raise SpecError(f"{place.owner}: {ref!r} leads nowhere")
        schema = self._schemas[name]
        literal = {"$ref": ref}
        if name in self._own or name in self._recursive:
            if name not in self.others:
                self.others[name] = {}
                self._waiting.append(name)
            return literal, literal
        shape, rewritten = self._schema(schema, place)
        if "$group" in rewritten or "$ref" in rewritten:
            if _is_class(schema):
                self.groups[rewritten["$group"]].given.add(name)
            return shape, {key: value for key, value in rewritten.items() if key != "description"}
        self.others[name] = rewritten
        return shape, literal


def _is_class(schema: Mapping[str, Any]) -> bool:
    closed = schema.get("type") == "object" and schema.get("additionalProperties") is False
    return bool(schema.get("properties")) or "enum" in schema or closed or len(schema.get("allOf", ())) > 1


def _recursive(schemas: Mapping[str, Any]) -> frozenset[str]:
    """Return the components that lead back to themselves."""
    return frozenset(name for name, schema in schemas.items() if name in reachable_schemas(schema, schemas))
