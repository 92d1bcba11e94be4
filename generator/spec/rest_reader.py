"""From one checked OpenAPI document to values: the classes, and every operation with its parameters, body and responses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from generator.spec.lint import FORM, MULTIPART, SSE, is_json
from generator.spec.lint_shape import METHODS
from generator.spec.names import BUILTINS, distinct, identifier
from generator.spec.references import REF
from generator.spec.rest_model import (
    ANY,
    NULL,
    Array,
    Body,
    Const,
    Named,
    Operation,
    Parameter,
    Response,
    Rest,
    Scalar,
    Type,
    Union,
    without_null,
)
from generator.spec.rest_types import Types

# What the body of an operation's function means by these names, and what its annotations mean.
_TAKEN = frozenset({"wire", "frozenset", "str", "int", "float", "bool", "bytes", "list", "dict", "date", "datetime"})
_MODULES = frozenset({"models", "operations", "wire"})  # of the generated package
# What has members or elements there is JSON: a media type that is not said has no other.
_ANY_MEDIA = ("*/*", "application/*")
_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


def read_rest(document: Mapping[str, Any]) -> Rest:
    """Return what a document says: merged, corrected, checked, its inline objects and enums named."""
    components = document["components"]
    types = Types(components["schemas"], _part_schemas(document))
    reader = _Reader(components, types)
    read = [
        reader.operation(path, method, entry, entry[method])
        for path, entry in document["paths"].items()
        for method in METHODS
        if method in entry
    ]
    functions = distinct([item.name for item in read], lambda name: identifier(name, BUILTINS | _MODULES, "call_"))
    operations = (evolve(item, function=functions[item.name]) for item in read)
    return Rest(types.models(), types.enums(), tuple(sorted(operations, key=lambda item: item.name)))


def _part_schemas(document: Mapping[str, Any]) -> set[str]:
    """Return the components that are used as bodies of several parts or of a form, and nowhere else."""
    bodies: set[str] = set()
    others: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, Mapping):
            for key, item in value.items():
                if key in (MULTIPART, FORM) and isinstance(item, Mapping) and "$ref" in (item.get("schema") or {}):
                    bodies.add(str(item["schema"]["$ref"]).removeprefix(REF))
                elif key == "$ref":
                    others.add(str(item).removeprefix(REF))
                else:
                    walk(item)

    walk(document)
    return bodies - others


class _Reader:
    def __init__(self, components: Mapping[str, Any], types: Types) -> None:
        self._components = components
        self._types = types

    def behind(self, item: Any, kind: str) -> Mapping[str, Any]:
        """Return what a reference to a component means."""
        seen: set[str] = set()
        while "$ref" in item and str(item["$ref"]) not in seen:
            seen.add(str(item["$ref"]))
            item = self._components[kind][str(item["$ref"]).rpartition("/")[2]]
        target: Mapping[str, Any] = item
        return target

    def operation(self, path: str, method: str, entry: Mapping[str, Any], item: Mapping[str, Any]) -> Operation:
        given = [self.behind(p, "parameters") for p in (*entry.get("parameters", ()), *item.get("parameters", ()))]
        by_place = {(p["in"], p["name"]): p for p in given}
        body, members = self._body(self.behind(item.get("requestBody", {}), "requestBodies"))
        responses = tuple(self._responses(item))
        own = [self._parameter(p) for p in by_place.values()]
        parameters = _named(
            [
                *sorted((p for p in own if p.place == "path"), key=lambda p: path.find(f"{{{p.wire}}}")),
                *members,
                *(p for place in ("query", "header", "cookie") for p in own if p.place == place),
            ]
        )
        several = any(len(self.behind(r, "responses").get("content", ())) > 1 for r in item["responses"].values())
        media = list(dict.fromkeys(response.media_type for response in responses if response.media_type))
        return Operation(
            name=item["operationId"],
            function=item["operationId"],
            method=method.upper(),
            path=path.partition("#")[0],
            parameters=tuple(parameters),
            body=body,
            responses=responses,
            summary=str(item.get("summary") or "").strip(),
            description=str(item.get("description") or "").strip(),
            deprecated=bool(item.get("deprecated")),
            tags=tuple(item.get("tags", ())),
            accept=", ".join(media) if several else "",
            host=str(item["servers"][0]["url"] if item.get("servers") else item.get("x-host", "")),
        )

    def _parameter(self, item: Mapping[str, Any]) -> Parameter:
        place = item["in"]
        content = item.get("content")
        schema = next(iter(content.values())).get("schema", {}) if content else item.get("schema", {})
        style = "json" if content else item.get("style", _STYLES[place])
        explode = item.get("explode", style in ("form", "deepObject"))
        doc = (
            str(item.get("description") or "").strip() or self._types.doc_of(schema) or f"`{item['name']}` of the wire."
        )
        return Parameter(
            wire=item["name"],
            name="",
            place=place,
            type=self._sendable(schema),
            required=bool(item.get("required")),
            doc=f"{doc} Deprecated." if item.get("deprecated") else doc,
            style=style,
            explode=explode,
            slashes=bool(item.get("x-contains-slashes")),
        )

    def _sendable(self, schema: Any) -> Type:
        """Return the type of what stands in an address or a header: there is no null."""
        sent = without_null(self._types.type_of(schema))
        return ANY if sent == NULL else sent

    # ------------------------------------------------------------------------------------------------------- bodies

    def _body(self, item: Mapping[str, Any]) -> tuple[Body | None, list[Parameter]]:
        content = item.get("content") or {}
        if not content:
            return None, []
        media = next((name for name in content if is_json(name)), None)
        media = media or next((name for name in (MULTIPART, FORM) if name in content), next(iter(content)))
        kind = "json" if is_json(media) else {MULTIPART: "multipart", FORM: "form"}.get(media, "raw")
        required = bool(item.get("required"))
        body = Body(kind, media, required)
        schema = content[media].get("schema", {})
        doc = str(item.get("description") or "").strip() or self._types.doc_of(schema)
        if kind == "raw":
            return body, self._raw(media, required, doc or "The body.")
        shape = self._types.shape_of(schema)
        if shape is None or not (shape.properties or shape.closed):
            if kind == "multipart":
                raise AssertionError("the lint refuses a body of several parts without parts")
            whole = self._types.type_of(schema)
            place = "body" if kind == "json" else "form-body"
            return body, [Parameter("body", "body", place, whole, required, doc or "The body.")]
        place = {"json": "json", "form": "form", "multipart": "part"}[kind]
        encoding = content[media].get("encoding") or {}
        return body, [
            _part(
                Parameter(
                    member.wire,
                    member.name,
                    place,
                    member.type,
                    member.wire in shape.required and required,
                    member.doc
                    if member.doc not in ("", "Deprecated.")
                    else f"`{member.wire}` of the wire. {member.doc}".strip(),
                ),
                encoding.get(member.wire, {}),
            )
            for member in self._types.members(shape)
            if not _read_only(shape.properties[member.wire])
        ]

    def _raw(self, media: str, required: bool, doc: str) -> list[Parameter]:
        text = media.startswith("text/")
        kind: Type = Union((Scalar("str"), Scalar("bytes"))) if text else Scalar("bytes")
        parameters = [Parameter("body", "body", "raw", kind, required, doc)]
        if "*" in media:
            words = "The media type of the body, as in image/png."
            parameters.append(Parameter("Content-Type", "content_type", "header", Scalar("str"), required, words))
        return parameters

    # ------------------------------------------------------------------------------------------------------ responses

    def _responses(self, item: Mapping[str, Any]) -> Iterator[Response]:
        named = {status: self.behind(response, "responses") for status, response in item["responses"].items()}
        good = {status: response for status, response in named.items() if re.fullmatch(r"2\d\d", status)}
        ranges = {status: response for status, response in named.items() if status.upper() == "2XX"}
        if not good and not ranges and "default" in named:
            ranges = {"default": named["default"]}
        for status, response in sorted(good.items()):
            yield self._response((int(status),), response)
        for response in ranges.values():
            yield self._response(tuple(code for code in range(200, 300) if str(code) not in good), response)

    def _response(self, statuses: tuple[int, ...], item: Mapping[str, Any]) -> Response:
        content = item.get("content") or {}
        doc = str(item.get("description") or "").strip()
        if not content:
            return Response(statuses, "nothing", NULL, "", "")
        media = next((name for name in content if is_json(name)), next(iter(content)))
        kind = self._types.type_of(content[media].get("schema", {}))
        if media.partition(";")[0].strip() == SSE:
            return Response(statuses, "events", Scalar("str") if kind == ANY else kind, media, doc)
        if kind == Scalar("bytes"):
            return Response(statuses, "bytes", kind, media, doc)
        if is_json(media) or (media in _ANY_MEDIA and kind not in (ANY, Scalar("str"))):
            return Response(statuses, "json", kind, media, doc)
        if media.startswith("text/"):
            return Response(statuses, "text", Scalar("str"), media, doc)
        return Response(statuses, "bytes", Scalar("bytes"), media, doc)


def _part(parameter: Parameter, encoding: Mapping[str, Any]) -> Parameter:
    """Complete a member of a form or a part of several: how it is written; a file has a name and a media type of its own."""
    if parameter.place == "form":
        style = "json" if is_json(str(encoding.get("contentType", ""))) else encoding.get("style", "form")
        return evolve(parameter, style=style, explode=encoding.get("explode", style in ("form", "deepObject")))
    if parameter.place != "part":
        return parameter
    inner = without_null(parameter.type)
    inner = inner.item if isinstance(inner, Array) else inner
    media = str(encoding.get("contentType", ""))
    if inner == Scalar("bytes"):
        return evolve(
            parameter,
            filename=str(encoding.get("x-filename", parameter.wire)),
            media_type=media.partition(",")[0].strip() or "application/octet-stream",
        )
    scalar = isinstance(inner, Scalar | Const | Union) or (isinstance(inner, Named) and inner.base is not None)
    return evolve(parameter, media_type=media or ("" if scalar and inner != ANY else "application/json"))


def _named(parameters: list[Parameter]) -> list[Parameter]:
    """Give every parameter a name of its own; where two places use one name, that of the body or the header says so."""
    order = ("path", "query", "header", "cookie")
    ordered = sorted(parameters, key=lambda item: order.index(item.place) if item.place in order else len(order))
    taken: set[str] = set()
    names: dict[tuple[str, str], str] = {}
    for item in ordered:
        plain = item.name or identifier(item.wire, _TAKEN)
        plain = f"{plain}_" if plain in _TAKEN else plain
        place = item.place if item.place in order else "body"
        choices = [plain, f"{plain.rstrip('_')}_{place}", *(f"{plain.rstrip('_')}_{place}{n}" for n in range(2, 100))]
        names[item.place, item.wire] = next(name for name in choices if name not in taken)
        taken.add(names[item.place, item.wire])
    return [evolve(item, name=names[item.place, item.wire]) for item in parameters]


def _read_only(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("readOnly") is True
