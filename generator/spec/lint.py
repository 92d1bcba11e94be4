"""Refuse what openapi-python-client or our templates would drop silently: every key is known here, or it is an error.

Each problem names the file, the JSON pointer and what to write instead.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from generator.spec.lint_schema import SchemaLint
from generator.spec.lint_shape import pointer, shape_problems

METHODS = ("get", "put", "post", "delete", "patch", "head")
SSE = "text/event-stream"
MULTIPART = "multipart/form-data"

_OPERATION_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PATH = re.compile(r"(/([A-Za-z0-9._~:-]|\{[A-Za-z_-][A-Za-z0-9_-]*\})*)+")
_TAKEN = {"models", "operations", "wire"}  # modules of the generated package

_KNOWN: Mapping[str, frozenset[str]] = {
    "document": frozenset({"openapi", "info", "servers", "paths", "components", "tags", "x-host"}),
    "path item": frozenset({"summary", "description", "parameters", *METHODS}),
    "operation": frozenset(
        ["operationId", "tags", "summary", "description", "parameters", "requestBody", "responses", "deprecated"]
    ),
    "parameter": frozenset(
        [
            "name",
            "in",
            "required",
            "description",
            "schema",
            "deprecated",
            "style",
            "explode",
            "example",
            "examples",
            "x-contains-slashes",
        ]
    ),
    "request body": frozenset({"required", "content", "description"}),
    "media type": frozenset({"schema", "encoding", "example", "examples"}),
    "encoding": frozenset({"contentType", "x-filename"}),
    "response": frozenset({"description", "content"}),
    "components": frozenset({"schemas", "parameters", "responses", "requestBodies"}),
}
_FIXES: Mapping[str, str] = {
    "security": "authentication is the transport's business, the same for every operation: take it out",
    "securitySchemes": "authentication is the transport's business, the same for every operation: take it out",
    "webhooks": "the client receives no requests: take it out",
    "callbacks": "the client receives no requests: take it out",
    "$ref": "write the path item out here; a path item's $ref would be ignored",
    "content": "describe the parameter with `schema`; a parameter with `content` would be dropped",
    "headers": "headers are not read: take it out, or carry the value in the body",
    "links": "links are not followed: take it out",
    "servers": "every operation goes to the one host of the settings: take it out",
    "trace": "the method TRACE is not generated: take the operation out",
    "options": "the method OPTIONS is not generated: take the operation out",
    "allowReserved": "take it out; a path parameter with slashes has x-contains-slashes: true",
    "allowEmptyValue": "take it out; a parameter is left out, or has a value",
}


def lint(documents: Mapping[str, Any]) -> list[str]:
    """Return every problem of the documents, file name -> document; they are one specification in several files."""
    found: list[str] = []
    ids: list[str] = []
    for name, document in documents.items():
        malformed = shape_problems(name, document)
        if malformed:
            found += malformed
            continue
        linter = _Lint(name, document)
        linter.document()
        found += linter.problems
        ids += linter.operation_ids
    found += [
        f"operationId {name!r} is given {count} times; one file would overwrite the other: rename one"
        for name, count in sorted(Counter(ids).items())
        if count > 1
    ]
    return found


class _Lint(SchemaLint):
    """The checks of one document outside its schemas."""

    def __init__(self, name: str, root: Any) -> None:
        super().__init__(name, root)
        self.operation_ids: list[str] = []

    def document(self) -> None:
        if not str(self.root.get("openapi", "")).startswith("3.1."):
            self.say("/openapi", f"version {self.root.get('openapi')!r}", "write OpenAPI 3.1")
            return
        self.keys("document", "", self.root)
        components = self.root.get("components", {})
        self.keys("components", "/components", components)
        self.files = self._multipart_schemas()
        for name, schema in components.get("schemas", {}).items():
            self.schema(f"/components/schemas/{pointer(name)}", schema, binary=name in self.files)
        for where, _, item in self.each("/components", components, "parameters"):
            self.parameter(where, item)
        for where, _, item in self.each("/components", components, "requestBodies"):
            self.body(where, item)
        for where, _, item in self.each("/components", components, "responses"):
            self.response(where, item)
        for where, path, item in self.each("", self.root, "paths"):
            self.path_item(path, where, item)

    def keys(self, kind: str, where: str, item: Mapping[str, Any]) -> None:
        for key in item:
            if key in _KNOWN[kind]:
                continue
            fix = _FIXES.get(key)
            if fix is None and key.startswith("x-"):
                fix = "nothing reads this extension: take it out, or teach the generator to carry it"
            self.say(
                f"{where}/{pointer(key)}",
                f"a {kind}'s {key!r} is not carried into the client",
                fix or "take it out, or teach the generator to carry it",
            )

    def path_item(self, path: str, where: str, item: Mapping[str, Any]) -> None:
        if not _PATH.fullmatch(path):
            self.say(where, "a path holds letters, digits and ._~:- between its parameters", "percent-encode the rest")
        self.keys("path item", where, item)
        shared = self._parameters(where, item)
        for method in METHODS:
            if method in item:
                self.operation(path, f"{where}/{method}", item.get(method, {}), shared)

    def operation(self, path: str, where: str, item: Mapping[str, Any], shared: list[Mapping[str, Any]]) -> None:
        self.keys("operation", where, item)
        name = item.get("operationId", "")
        self.operation_ids.append(name)
        if not _OPERATION_ID.fullmatch(name) or keyword.iskeyword(name) or name in _TAKEN:
            self.say(
                f"{where}/operationId",
                f"{name!r} cannot be the name of a function",
                "write it in snake case, as in list_logs; a keyword and " + ", ".join(sorted(_TAKEN)) + " are taken",
            )
        own = self._parameters(where, item)
        declared = {p.get("name") for p in (*shared, *own) if p.get("in") == "path"}
        for parameter in sorted(set(re.findall(r"\{([^}]*)\}", path)) ^ {str(p) for p in declared}):
            self.say(where, f"{parameter!r} is either only in the path or only in its parameters", "give it in both")
        if "requestBody" in item:
            self.body(f"{where}/requestBody", item.get("requestBody", {}))
        self.responses(where, item)

    def _parameters(self, where: str, owner: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for index, item in enumerate(owner.get("parameters", [])):
            place = f"{where}/parameters/{index}"
            if "$ref" in item:
                behind = self.resolve(place, item, "parameters")
                found += [behind] if behind is not None else []
            else:
                self.parameter(place, item)
                found.append(item)
        return found

    def parameter(self, where: str, item: Mapping[str, Any]) -> None:
        if "$ref" in item:
            self.say(where, "a component that is only a $ref to another is dropped", "write it out")
            return
        self.keys("parameter", where, item)
        place = item.get("in")
        if place not in ("path", "query", "header"):
            self.say(f"{where}/in", f"a parameter in {place!r} is not generated", "use path, query or header")
            return
        style = {"path": "simple", "query": "form", "header": "simple"}[place]
        if item.get("style", style) != style:
            self.say(f"{where}/style", f"style {item['style']!r} would be flattened", f"use {style!r}, the default")
        if item.get("explode", place == "query") is not (place == "query"):
            self.say(
                f"{where}/explode",
                "it would not be honoured: a list in a query is always repeated",
                "take it out, or make the parameter a string",
            )
        if place == "header" and item.get("name", "").lower() in ("accept", "content-type", "authorization"):
            self.say(
                f"{where}/name", "the transport sets this header; OpenAPI ignores it here", "take the parameter out"
            )
        if place == "path" and item.get("required") is not True:
            self.say(f"{where}/required", "a path parameter is not optional", "write required: true")
        if "x-contains-slashes" in item and (place != "path" or item["x-contains-slashes"] is not True):
            self.say(f"{where}/x-contains-slashes", "it means something on a path parameter only", "write true there")
        schema = item.get("schema")
        if schema is None:
            self.say(where, "a parameter without a schema is dropped", "give it a schema")
            return
        self.schema(f"{where}/schema", schema)
        self.scalar(f"{where}/schema", schema, lists=place == "query")

    def body(self, where: str, item: Mapping[str, Any]) -> None:
        if "$ref" in item:
            self.resolve(where, item, "requestBodies")
            return
        self.keys("request body", where, item)
        if len(item.get("content", {})) != 1:
            self.say(f"{where}/content", "a request has one body; of several, all but one are lost", "keep one")
        for place, media, entry in self.each(where, item, "content"):
            self.keys("media type", place, entry)
            if media not in ("application/json", MULTIPART):
                self.say(
                    place,
                    f"a body of the type {media} is not generated: the operation would be dropped",
                    f"use application/json or {MULTIPART}; raw bodies are sent by hand-written code",
                )
            if "schema" not in entry:
                self.say(place, "no schema", "give it one")
                continue
            self.schema(f"{place}/schema", entry["schema"], binary=media == MULTIPART)
            if media == MULTIPART:
                self.multipart(place, entry)
            elif "encoding" in entry:
                self.say(f"{place}/encoding", "it means something in a multipart body only", "take it out")

    def multipart(self, where: str, entry: Mapping[str, Any]) -> None:
        schema = self.follow(entry["schema"])
        parts = schema.get("properties", {})
        kinds = [
            isinstance(p, dict) and p.get("type") == "string" and p.get("format") == "binary" for p in parts.values()
        ]
        if not kinds or not all(kinds):
            self.say(
                f"{where}/schema",
                "every part of a multipart body must be a file",
                "give each property type: string, format: binary; other values go into the query",
            )
        for place, name, item in self.each(where, entry, "encoding"):
            self.keys("encoding", place, item)
            if name not in parts:
                self.say(place, "there is no such part", f"the parts are {', '.join(sorted(parts))}")

    def responses(self, where: str, owner: Mapping[str, Any]) -> None:
        items = list(self.each(where, owner, "responses"))
        good: list[str] = []
        for place, status, item in items:
            if status == "default":
                self.say(
                    place, "it would be read from every other answer, JSON or not", "take it out; errors are raised"
                )
                continue
            if not re.fullmatch(r"[1-5][0-9][0-9]", status):
                self.say(place, "a range of statuses is not generated", "write every status out, as in '200'")
                continue
            if status.startswith("2"):
                good.append(status)
            found = self.resolve(place, item, "responses") if "$ref" in item else item
            if "$ref" not in item:
                self.response(place, item)
            if found and SSE in found.get("content", {}) and sum(s.startswith("2") for _, s, _ in items) > 1:
                self.say(place, "a stream of events beside another good answer", "keep one")
        if not good:
            self.say(f"{where}/responses", "no answer that means success", "declare a 2xx status")

    def response(self, where: str, item: Mapping[str, Any]) -> None:
        if "$ref" in item:
            self.say(where, "a component that is only a $ref to another is dropped", "write it out")
            return
        self.keys("response", where, item)
        if len(item.get("content", {})) > 1:
            self.say(f"{where}/content", "of several media types only the first would be read", "keep one")
        for place, media, entry in self.each(where, item, "content"):
            self.keys("media type", place, entry)
            raw = media == "application/octet-stream"
            if not (raw or media.startswith("text/") or media == "application/json" or media.endswith("+json")):
                self.say(
                    place, f"{media} cannot be read: the answer would be dropped", "use JSON, text or octet-stream"
                )
            if "encoding" in entry:
                self.say(f"{place}/encoding", "it means something in a multipart body only", "take it out")
            if "schema" not in entry:
                self.say(place, "no schema: the body would not be read", "give it one; {} is anything")
                continue
            self.schema(f"{place}/schema", entry["schema"], binary=raw)
            kind = self.follow(entry["schema"])
            if (raw and kind.get("format") != "binary") or (
                media.startswith("text/") and media != SSE and (kind.get("type") != "string" or "enum" in kind)
            ):
                wanted = "type: string, format: binary" if raw else "type: string"
                self.say(f"{place}/schema", f"a body of the type {media} is read as it is", f"write {wanted}")

    def _multipart_schemas(self) -> frozenset[str]:
        """Return the names of the components that are multipart bodies: only there a property may be a file."""
        found: set[str] = set()

        def walk(value: Any) -> None:
            if isinstance(value, dict):
                schema = value.get(MULTIPART, {})
                if isinstance(schema, dict) and isinstance(schema.get("schema"), dict):
                    found.add(str(schema["schema"].get("$ref", "")).rpartition("/")[2])
                for item in value.values():
                    walk(item)

        walk(self.root)
        return frozenset(found)
