"""The plan of one REST operation: its parameters, its request, and how its answer is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import evolve
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty

from generator.render.rest_docs import docstring
from generator.render.rest_forms import (
    OperationPlan,
    Parameter,
    deprecated,
    python_name,
    refuse_twins,
    text_of,
    wire_name,
)
from generator.render.rest_types import Types, nullable
from generator.spec.mapping import PolicyEntry
from generator.spec.openapi import RawOperation

# What the body of an operation's function means by these names.
_TAKEN = frozenset({"wire", "frozenset"})


class OperationPlanner:
    """The plan of one operation in the making."""

    def __init__(self, name: str, endpoint: Endpoint, raw: RawOperation, types: Types) -> None:
        self.name = name
        self.endpoint = endpoint
        self.raw = raw
        self.types = types

    def plan(self, policy: PolicyEntry) -> OperationPlan:
        self.types.used.clear()
        parameters = [
            *(self._parameter(prop, "path") for prop in self.endpoint.path_parameters),
            *self._body(),
            *(self._parameter(prop, "query") for prop in self.endpoint.query_parameters),
            *(self._parameter(prop, "header") for prop in self.endpoint.header_parameters),
        ]
        refuse_twins(self.name, [item.name for item in parameters], "the parameter")
        ordered = sorted(parameters, key=lambda item: (item.place != "path", not item.required))
        annotation, parse, statuses = self._answer()
        responses = {
            status: item for status, item in self.raw.item["responses"].items() if status in map(str, statuses)
        }
        return OperationPlan(
            name=self.name,
            method=self.raw.method.upper(),
            path=self.raw.path,
            path_code=self._path_code(ordered),
            annotation=annotation,
            docstring=docstring(
                self.raw.item,
                f"{self.raw.method.upper()} {self.raw.path}",
                [(p.name, p.doc) for p in ordered],
                responses,
            ),
            policy=policy,
            parameters=tuple(ordered),
            json_code=self._json_code(ordered),
            stream=any("text/event-stream" in item.get("content", {}) for item in responses.values()),
            host=self.raw.item.get("x-host"),
            success=tuple(statuses),
            parse=tuple(parse),
            imports=tuple(sorted((module, cls) for cls, module in self.types.used.items())),
        )

    def _parameter(self, prop: Any, place: str, required: bool | None = None) -> Parameter:
        wire = wire_name(prop)
        name = python_name(wire, _TAKEN)
        raw = self.raw.parameters.get((place, wire), {})
        needed = prop.required if required is None else required
        annotation = self.types.annotation(prop, given=True)
        if not needed and annotation != "Any" and not annotation.endswith(" | None"):
            annotation += " | None"
        # A string is a sequence too: it would become a list of its letters.
        code = f"wire.items({wire!r}, {name})" if isinstance(prop, ListProperty) else name
        if place == "json" and needed and nullable(prop):
            code = f"wire.NULL if {name} is None else {code}"
        doc = str(raw.get("description") or text_of(prop.description) or f"`{wire}` of the wire.").strip()
        if raw.get("deprecated"):
            doc += " Deprecated."
        return Parameter(name, wire, place, annotation, needed, code, doc, slashes=bool(raw.get("x-contains-slashes")))

    def _body(self) -> list[Parameter]:
        if not self.endpoint.bodies:
            return []
        body = self.endpoint.bodies[0]
        prop = body.prop
        if not isinstance(prop, ModelProperty) or self.types.values_of(prop) is not None:
            return [evolve(self._parameter(prop, "body"), doc=self.raw.body_doc or "The body.")]
        model = self.types.model(prop)
        members = [*(model.required_properties or ()), *(model.optional_properties or ())]
        if body.body_type == "files":
            encoding = self.raw.body["multipart/form-data"].get("encoding", {})
            return [self._file(item, encoding.get(wire_name(item), {})) for item in members]
        found = [(item, self._parameter(item, "json", item.required and prop.required)) for item in members]
        return [evolve(parameter, doc=parameter.doc + deprecated(item, model)) for item, parameter in found]

    def _file(self, prop: Any, encoding: Mapping[str, str]) -> Parameter:
        return evolve(
            self._parameter(prop, "file"),
            filename=encoding.get("x-filename", wire_name(prop)),
            media_type=encoding.get("contentType", "application/octet-stream"),
        )

    def _json_code(self, parameters: list[Parameter]) -> str | None:
        whole = [item for item in parameters if item.place == "body"]
        if whole:
            return f"wire.plain({whole[0].code}, {whole[0].wire!r})"
        members = [item for item in parameters if item.place == "json"]
        if not members:
            return "{}" if self.endpoint.bodies and self.endpoint.bodies[0].body_type == "json" else None
        found = f"wire.body({', '.join(f'({item.wire!r}, {item.code})' for item in members)})"
        return found if self.endpoint.bodies[0].prop.required else f"{found} or None"

    def _path_code(self, parameters: list[Parameter]) -> str:
        by_wire = {item.wire: item for item in parameters if item.place == "path"}
        if not by_wire:
            return repr(self.raw.path)

        def put(match: re.Match[str]) -> str:
            item = by_wire[match[1]]
            safe = ', "/"' if item.slashes else ""
            return f"{{wire.segment('{item.wire}', {item.name}{safe})}}".replace('"/"', "'/'")

        return 'f"' + re.sub(r"\{([^}]*)\}", put, self.raw.path) + '"'

    def _answer(self) -> tuple[str, list[str], list[int]]:
        """Return the type of the answer, the lines that read it, and the statuses that mean success."""
        names: dict[str, None] = {}
        readers: list[tuple[int, list[str]]] = []
        statuses: list[int] = []
        good = [
            r for r in self.endpoint.responses.patterns if r.status_code.range and r.status_code.range[0] // 100 == 2
        ]
        for response in sorted(good):
            assert response.status_code.range is not None
            status = response.status_code.range[0]
            statuses.append(status)
            source = response.source["attribute"]
            annotation, code = self._read(response.prop, source)
            for part in annotation.split(" | "):
                names[part] = None
            readers.append((status, code))
        lines: list[str] = []
        *others, (_, last) = readers
        for status, code in others:
            if code != last:
                lines += [f"if status == {status}:", *(f"    {line}" for line in code)]
        lines += last
        joined = [name for name in names if name != "None"] + [name for name in names if name == "None"]
        return "Any" if "Any" in names else " | ".join(joined), lines, statuses

    def _read(self, prop: Any, source: str) -> tuple[str, list[str]]:
        if source == "None":
            return "None", ["return None"]
        if source == "response.content":
            return "bytes", ["return body"]
        annotation = self.types.annotation(prop)
        events = any("text/event-stream" in item.get("content", {}) for item in self.raw.item["responses"].values())
        if source == "response.text" and (not events or annotation == "str"):
            return "str", [f"return wire.decode(body, {self.name!r})"]
        if isinstance(prop, AnyProperty):
            return "Any", ["return wire.load(body) if body else None"]
        # The name has a type of its own, since what reads a union promises nothing to type checkers.
        code = f"found: {annotation} = {self.types.decode(prop, 'value', self.name)}"
        return annotation, ["value = wire.load(body)", code, "return found"]
