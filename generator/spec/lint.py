"""Refuse what the templates would drop silently: every key is known here, or it is an error.

Each problem names the file, the JSON pointer and what to write instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from generator.spec.lint_schema import SchemaLint
from generator.spec.lint_shape import METHODS, pointer, shape_problems

SSE = "text/event-stream"
MULTIPART = "multipart/form-data"
FORM = "application/x-www-form-urlencoded"

_OPERATION_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# What stands behind a # tells operations of one path apart, and is not sent.
_PATH = re.compile(r"/(?:[^\s?#{}\\\"<>^`|]|\{[^{}/\s]+\})*(#[^\s#{}\\\"<>^`|]+)?")
# Where a parameter stands -> the styles that can be sent there; the first one is the default.
_STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
# The address of an operation that is not where the others are.
SERVER = r"https://[^\s/?#{}@]+(/[^\s?#{}]*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s?#{}]*)?"
STATUS = r"[1-5]([0-9][0-9]|XX)|default"
_SET_BY_TRANSPORT = ("accept", "content-type", "authorization")

_KNOWN: Mapping[str, frozenset[str]] = {
    "document": frozenset({"openapi", "info", "servers", "paths", "components", "tags", "security", "x-host"}),
    "path item": frozenset({"summary", "description", "parameters", *METHODS}),
    "operation": frozenset(
        [
            *("operationId", "tags", "summary", "description", "parameters", "requestBody", "responses", "deprecated"),
            *("security", "servers"),
        ]
    ),
    "parameter": frozenset(
        [
            *("name", "in", "required", "description", "schema", "content", "deprecated", "style", "explode"),
            *("example", "examples", "x-contains-slashes"),
        ]
    ),
    "request body": frozenset({"required", "content", "description"}),
    "media type": frozenset({"schema", "encoding", "example", "examples"}),
    "encoding": frozenset({"contentType", "x-filename"}),
    "encoding of a form": frozenset({"contentType", "style", "explode"}),
    "response": frozenset({"description", "content", "headers"}),
    "components": frozenset({"schemas", "parameters", "responses", "requestBodies", "securitySchemes"}),
}
_FIXES: Mapping[str, str] = {
    "webhooks": "the client receives no requests: remove it",
    "callbacks": "the client receives no requests: remove it",
    "$ref": "write the path item out here; a path item's $ref would be ignored",
    "links": "links are not followed: remove it",
    "servers": "give each operation its own, or the document",
    "allowReserved": "remove it; a path parameter with slashes has x-contains-slashes: true",
    "allowEmptyValue": "remove it; a parameter is left out, or has a value",
}


def lint(documents: Mapping[str, Any]) -> list[str]:
    """Return every problem of the documents, file name -> document; they are one specification in several files."""
    problems: list[str] = []
    ids: list[str] = []
    for name, document in documents.items():
        malformed = shape_problems(name, document)
        if malformed:
            problems += malformed
            continue
        linter = _Lint(name, document)
        linter.document()
        problems += linter.problems
        ids += linter.operation_ids
    problems += [
        f"operationId {name!r} is given {count} times; one file would overwrite the other: rename one"
        for name, count in sorted(Counter(ids).items())
        if count > 1
    ]
    return problems


class _Lint(SchemaLint):
    """The checks of one document outside its schemas."""

    def __init__(self, name: str, root: Any) -> None:
        super().__init__(name, root)
        self.operation_ids: list[str] = []

    def document(self) -> None:
        if not str(self.root.get("openapi", "")).startswith("3.1."):
            self.report("/openapi", f"version {self.root.get('openapi')!r}", "write OpenAPI 3.1")
            return
        self.keys("document", "", self.root)
        components = self.root.get("components", {})
        self.keys("components", "/components", components)
        for name, schema in components.get("schemas", {}).items():
            self.schema(f"/components/schemas/{pointer(name)}", schema)
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
                fix = "nothing reads this extension: remove it, or teach the generator to carry it"
            self.report(
                f"{where}/{pointer(key)}",
                f"a {kind}'s {key!r} is not carried into the client",
                fix or "remove it, or teach the generator to carry it",
            )

    def path_item(self, path: str, where: str, item: Mapping[str, Any]) -> None:
        if not _PATH.fullmatch(path):
            self.report(
                where, 'a path begins with / and holds neither blanks nor any of ?"<>^`|', "percent-encode them"
            )
        self.keys("path item", where, item)
        shared = self._parameters(where, item)
        for method in METHODS:
            if method in item:
                self.operation(path, f"{where}/{method}", item.get(method, {}), shared)

    def operation(self, path: str, where: str, item: Mapping[str, Any], shared: list[Mapping[str, Any]]) -> None:
        self.keys("operation", where, item)
        name = item.get("operationId", "")
        self.operation_ids.append(name)
        if not _OPERATION_ID.fullmatch(name):
            self.report(
                f"{where}/operationId",
                f"{name!r} cannot be the name of a function",
                "write it in snake case, as in list_logs",
            )
        if "servers" in item and not (len(item["servers"]) == 1 and _is_server(item["servers"][0])):
            self.report(
                f"{where}/servers", "an operation is on one server", "write one https:// address, as in [{url: ...}]"
            )
        own = self._parameters(where, item)
        declared = {p.get("name") for p in (*shared, *own) if p.get("in") == "path"}
        for parameter in sorted(set(re.findall(r"\{([^}]*)\}", path)) ^ {str(p) for p in declared}):
            self.report(where, f"{parameter!r} is either only in the path or only in its parameters", "give it in both")
        if "requestBody" in item:
            self.body(f"{where}/requestBody", item.get("requestBody", {}))
        self.responses(where, item)

    def _parameters(self, where: str, owner: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        parameters: list[Mapping[str, Any]] = []
        for index, item in enumerate(owner.get("parameters", [])):
            place = f"{where}/parameters/{index}"
            if "$ref" in item:
                behind = self.resolve(place, item, "parameters")
                parameters += [behind] if behind is not None else []
            else:
                self.parameter(place, item)
                parameters.append(item)
        return parameters

    def parameter(self, where: str, item: Mapping[str, Any]) -> None:
        if "$ref" in item:
            self.report(where, "a component that is only a $ref to another is dropped", "write it out")
            return
        self.keys("parameter", where, item)
        place = item.get("in")
        if place not in _STYLES:
            self.report(f"{where}/in", f"there are no parameters in {place!r}", f"use {', '.join(_STYLES)}")
            return
        style = item.get("style", _STYLES[place][0])
        if style not in _STYLES[place]:
            self.report(
                f"{where}/style",
                f"style {style!r} cannot be sent in a {place}",
                f"use {_STYLES[place][0]!r}, the default",
            )
        if place == "header" and item.get("name", "").lower() in _SET_BY_TRANSPORT:
            self.report(
                f"{where}/name", "the transport sets this header; OpenAPI ignores it here", "remove the parameter"
            )
        if place == "path" and item.get("required") is not True:
            self.report(f"{where}/required", "a path parameter is not optional", "write required: true")
        if "x-contains-slashes" in item and (place != "path" or item["x-contains-slashes"] is not True):
            self.report(
                f"{where}/x-contains-slashes", "it means something on a path parameter only", "write true there"
            )
        content = item.get("content")
        if content is not None and (len(content) != 1 or not is_json(next(iter(content))) or "schema" in item):
            self.report(f"{where}/content", "a parameter is a JSON text, or it has a schema", "keep one of them")
            return
        schema = next(iter(content.values())).get("schema", {}) if content else item.get("schema")
        if schema is None:
            self.report(where, "a parameter without a schema is dropped", "give it a schema")
            return
        self.schema(f"{where}/schema", schema)
        if style == "deepObject" and self.follow(schema).get("type", "object") != "object":
            self.report(f"{where}/style", "deepObject is for objects", "write type: object, or remove the style")

    def body(self, where: str, item: Mapping[str, Any]) -> None:
        if "$ref" in item:
            self.resolve(where, item, "requestBodies")
            return
        self.keys("request body", where, item)
        if len(item.get("content", {})) != 1:
            self.report(f"{where}/content", "a request has one body; of several, all but one are lost", "keep one")
        for place, media, entry in self.each(where, item, "content"):
            self.keys("media type", place, entry)
            if "schema" not in entry and (is_json(media) or media in (MULTIPART, FORM)):
                self.report(place, "no schema", "give it one")
                continue
            self.schema(f"{place}/schema", entry.get("schema", {}))
            if media == MULTIPART:
                self.multipart(place, entry)
            elif media == FORM:
                self.form(place, entry)
            elif "encoding" in entry:
                self.report(f"{place}/encoding", "it means something in a form or a multipart body only", "remove it")

    def form(self, where: str, entry: Mapping[str, Any]) -> None:
        for place, _, item in self.each(where, entry, "encoding"):
            self.keys("encoding of a form", place, item)
            if item.get("style", "form") not in _STYLES["query"]:
                self.report(f"{place}/style", f"{item['style']!r} cannot be sent in a form", "remove it")

    def multipart(self, where: str, entry: Mapping[str, Any]) -> None:
        schema = self.follow(entry["schema"])
        if not schema.get("properties") and not schema.get("allOf"):
            self.report(
                f"{where}/schema", "a multipart body without parts", "describe each part as a property of an object"
            )
        for place, _, item in self.each(where, entry, "encoding"):
            self.keys("encoding", place, item)

    def responses(self, where: str, owner: Mapping[str, Any]) -> None:
        items = list(self.each(where, owner, "responses"))
        good: list[str] = []
        for place, status, item in items:
            if not re.fullmatch(STATUS, status):
                self.report(place, f"{status!r} is not a status", "write '200', '2XX' or default")
                continue
            if status.startswith("2"):
                good.append(status)
            response = self.resolve(place, item, "responses") if "$ref" in item else item
            if "$ref" not in item:
                self.response(place, item)
            if response and SSE in response.get("content", {}) and sum(s.startswith("2") for _, s, _ in items) > 1:
                self.report(place, "a stream of events beside another successful response", "keep one")
        if not good and not any(status == "default" for _, status, _ in items):
            self.report(f"{where}/responses", "no successful response", "declare a 2xx status")

    def response(self, where: str, item: Mapping[str, Any]) -> None:
        if "$ref" in item:
            self.report(where, "a component that is only a $ref to another is dropped", "write it out")
            return
        self.keys("response", where, item)
        for place, _, entry in self.each(where, item, "content"):
            self.keys("media type", place, entry)
            if "schema" in entry:
                self.schema(f"{place}/schema", entry["schema"])


def succeeded(responses: Mapping[str, Any]) -> list[str]:
    """Return the statuses whose answers are returned; those of the others are raised. Alone, `default` is a success."""
    good = [status for status in responses if status.startswith("2")]
    return good or [status for status in responses if status.lower() == "default"]


def is_json(media: str) -> bool:
    """Return whether a media type is JSON, whatever its parameters are."""
    plain = media.partition(";")[0].strip().lower()
    return plain in ("application/json", "text/json") or plain.endswith("+json")


def _is_server(item: Any) -> bool:
    return isinstance(item, Mapping) and re.fullmatch(SERVER, str(item.get("url", ""))) is not None
