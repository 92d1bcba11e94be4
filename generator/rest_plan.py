"""From what openapi-python-client parsed to what the REST templates print."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen
from openapi_python_client import strings
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty

from generator.errors import SpecError
from generator.mapping import PolicyEntry
from generator.rest_docs import docstring
from generator.rest_types import PLAIN, Types, nullable

# Class names that the rendered modules import for themselves.
TAKEN_CLASSES = frozenset(["Any", "Mapping", "Sequence", "Self", "Operation", "Policy", "UUID"])
# What the annotations and defaults in a dataclass mean by these names, and what every model has.
_TAKEN = frozenset(
    [
        "self",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "list",
        "dict",
        "date",
        "datetime",
        "field",
        "classmethod",
        "from_dict",
        "to_dict",
        "additional_properties",
    ]
)
# What the body of an operation's function means by these names.
_TAKEN_PARAMETERS = frozenset({"wire", "frozenset"})


@frozen
class Field:
    """One member of a model."""

    name: str
    wire: str
    annotation: str
    default: str | None
    required: bool  # always part of the JSON form
    decode: str
    encode: str
    doc: str


@frozen
class Model:
    """One dataclass."""

    name: str
    module: str
    doc: str
    fields: tuple[Field, ...]
    known: str
    extra_annotation: str
    extra_decode: str
    extra_encode: str
    imports: tuple[tuple[str, str], ...]


@frozen
class EnumClass:
    """One open enum."""

    name: str
    module: str
    base: str
    doc: str
    members: tuple[tuple[str, str], ...]


@frozen
class Parameter:
    """One parameter of an operation's function."""

    name: str
    wire: str
    place: str  # path, query, header, json, body, file
    annotation: str
    required: bool
    code: str
    doc: str
    slashes: bool = False
    filename: str = ""
    media_type: str = ""


@frozen
class OperationPlan:
    """One operation's function."""

    name: str
    method: str
    path: str
    path_code: str
    annotation: str
    docstring: str
    policy: PolicyEntry
    parameters: tuple[Parameter, ...]
    json_code: str | None
    stream: bool
    success: tuple[int, ...]
    parse: tuple[str, ...]
    imports: tuple[tuple[str, str], ...]

    def at(self, place: str) -> list[Parameter]:
        return [item for item in self.parameters if item.place == place]


@frozen
class RestPlan:
    """Everything that the REST templates need."""

    models: tuple[Model, ...]
    enums: tuple[EnumClass, ...]
    operations: tuple[OperationPlan, ...]

    def classes(self) -> list[tuple[str, str]]:
        """Return module and name of every class, in the order of the modules."""
        found = [(model.module, model.name) for model in self.models]
        return sorted([*found, *((enum.module, enum.name) for enum in self.enums)])


@frozen
class RawOperation:
    """What the specification says of an operation and openapi-python-client does not hand on."""

    method: str
    path: str
    item: Mapping[str, Any]
    parameters: Mapping[tuple[str, str], Mapping[str, Any]]  # (in, name) -> parameter
    body: Mapping[str, Any]  # media type -> media type object
    body_doc: str


def make_plan(parsed: GeneratorData, raw: Mapping[str, RawOperation], policies: Mapping[str, PolicyEntry]) -> RestPlan:
    """Decide names, annotations and expressions.

    Raises:
        SpecError: with every operation without a policy, and every two things that would have one name.
    """
    problems = [f"policy.toml: {name} has no policy: add [rest.{name}]" for name in sorted(raw) if name not in policies]
    if problems:
        raise SpecError(*problems)
    types = Types({str(model.class_info.name): model for model in parsed.models})
    endpoints = [item for tag in parsed.endpoint_collections_by_tag.values() for item in tag.endpoints]
    by_identifier = {strings.PythonIdentifier(name, "field_"): name for name in raw}
    operations: dict[str, OperationPlan] = {}
    files: set[str] = set()  # multipart bodies are parameters, not models
    for endpoint in endpoints:
        name = by_identifier[endpoint.name]
        operations[name] = _Operation(name, endpoint, raw[name], types).plan(policies[name])
        files |= {
            str(body.prop.class_info.name)
            for body in endpoint.bodies
            if body.body_type == "files" and isinstance(body.prop, ModelProperty)
        }
    missing = sorted(set(raw) - set(operations))
    if missing:
        raise SpecError(*(f"{name}: openapi-python-client dropped the operation" for name in missing))
    models = [
        _model(model, types)
        for model in parsed.models
        if str(model.class_info.name) not in files and types.values_of(model) is None
    ]
    enums = [_enum(item) for item in parsed.enums if isinstance(item, EnumProperty)]
    # A module per class; some file systems do not tell upper from lower case.
    modules = [model.module.casefold() for model in models] + [enum.module.casefold() for enum in enums]
    _refuse_twins("schemas", modules, "the module")
    return RestPlan(
        models=tuple(sorted(models, key=lambda item: item.name)),
        enums=tuple(sorted(enums, key=lambda item: item.name)),
        operations=tuple(operations[name] for name in sorted(operations)),
    )


def python_name(wire: str, taken: frozenset[str]) -> str:
    """Return the name of a member or a parameter: snake case, with an underscore behind it when Python keeps the name."""
    found = strings.snake_case(wire)
    if not found.isidentifier() or wire.startswith("_"):
        found = str(strings.PythonIdentifier(wire, "field_"))
    return found + "_" if keyword.iskeyword(found) or found in taken else found


def _refuse_twins(where: str, names: Iterable[str], what: str) -> None:
    twins = [name for name, count in sorted(Counter(names).items()) if count > 1]
    if twins:
        raise SpecError(*(f"{where}: two of the wire's names become {what} {name!r}: rename one" for name in twins))


def _text(value: Any) -> str:
    return value.get_untrusted_value().strip() if value else ""


def _wire(prop: Any) -> str:
    return str(prop.name.get_untrusted_value())


def _absent(prop: Any, model: ModelProperty) -> bool:
    """Whether the member reads as empty when it is absent."""
    schema = (model.data.properties or {}).get(prop.name)
    return bool((getattr(schema, "model_extra", None) or {}).get("x-absent"))


def _secret(prop: Any, model: ModelProperty) -> bool:
    schema = (model.data.properties or {}).get(prop.name)
    return getattr(schema, "schema_format", None) == "password"


def _model(given: ModelProperty, types: Types) -> Model:
    model = types.model(given)
    types.used.clear()
    name = str(model.class_info.name)
    fields = [
        _field(prop, model, types) for prop in (*(model.required_properties or ()), *(model.optional_properties or ()))
    ]
    _refuse_twins(name, [item.name for item in fields], "the member")
    extra = model.additional_properties or AnyProperty
    typed = not isinstance(extra, AnyProperty) and extra is not AnyProperty
    decode = types.decode(extra, "item", f"{name} member") if typed else "item"
    return Model(
        name=name,
        module=str(model.class_info.module_name),
        doc=_text(model.description) or f"{name} of the wire.",
        fields=tuple(sorted(fields, key=lambda item: item.default is not None)),
        known="(" + "".join(f"{item.wire!r}, " for item in sorted(fields, key=lambda f: f.wire)) + ")",
        extra_annotation=types.annotation(extra) if typed else "Any",
        extra_decode=f"{{key: {decode} for key, item in found.items() if key not in _KNOWN}}",
        extra_encode=f"wire.plain(self.additional_properties, {name!r})",
        imports=tuple(sorted((module, cls) for cls, module in types.used.items() if cls != name)),
    )


def _field(prop: Any, model: ModelProperty, types: Types) -> Field:
    wire = _wire(prop)
    name = python_name(wire, _TAKEN)
    where = f"{model.class_info.name}.{wire}"
    annotation = types.annotation(prop)
    optional = not prop.required or nullable(prop)
    empty = _absent(prop, model)
    if optional or empty:
        inner = types.decode(prop, "value", where)
        inner = inner.removeprefix("None if value is None else ")
        absent = ("[]" if isinstance(prop, ListProperty) else "{}") if empty else "None"
        if isinstance(prop, AnyProperty):
            decode = f"found.get({wire!r})"
        elif annotation == "None":
            decode = f"wire.nothing(found.get({wire!r}), {where!r})"
        else:
            decode = f"{absent} if (value := found.get({wire!r})) is None else {inner}"
    else:
        decode = types.decode(prop, f"found.get({wire!r}, wire.MISSING)", where)
    if optional and not empty and annotation not in ("Any", "None") and not annotation.endswith(" | None"):
        annotation += " | None"
    default: str | None = None
    options = ["repr=False"] if _secret(prop, model) else []
    if empty:
        options.insert(0, "default_factory=" + ("list" if isinstance(prop, ListProperty) else "dict"))
    elif not prop.required:
        options.insert(0, "default=None")
    if options:
        default = "None" if options == ["default=None"] else f"field({', '.join(options)})"
    return Field(
        name=name,
        wire=wire,
        annotation=annotation,
        default=default,
        required=prop.required or empty,
        decode=decode,
        encode=f"self.{name}" if isinstance(prop, PLAIN) else f"wire.plain(self.{name}, {where!r})",
        doc=_text(prop.description) + (" Deprecated." if _deprecated(prop, model) else ""),
    )


def _deprecated(prop: Any, model: ModelProperty) -> bool:
    return bool(getattr((model.data.properties or {}).get(prop.name), "deprecated", False))


def _enum(item: EnumProperty) -> EnumClass:
    # openapi-python-client escapes strings for double quotes, and leaves the quotes to the template.
    values = [(key, f'"{value}"' if item.value_type is str else str(value)) for key, value in item.values.items()]
    return EnumClass(
        name=str(item.class_info.name),
        module=str(item.class_info.module_name),
        base="OpenStrEnum" if item.value_type is str else "OpenIntEnum",
        doc=_text(item.description) or f"{item.class_info.name} of the wire.",
        members=tuple((key + "_" if keyword.iskeyword(key) else key, value) for key, value in values),
    )


class _Operation:
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
        _refuse_twins(self.name, [item.name for item in parameters], "the parameter")
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
            success=tuple(statuses),
            parse=tuple(parse),
            imports=tuple(sorted((module, cls) for cls, module in self.types.used.items())),
        )

    def _parameter(self, prop: Any, place: str, required: bool | None = None) -> Parameter:
        wire = _wire(prop)
        name = python_name(wire, _TAKEN_PARAMETERS)
        raw = self.raw.parameters.get((place, wire), {})
        needed = prop.required if required is None else required
        annotation = self.types.annotation(prop, given=True)
        if not needed and annotation != "Any" and not annotation.endswith(" | None"):
            annotation += " | None"
        # A string is a sequence too: it would become a list of its letters.
        code = f"wire.items({wire!r}, {name})" if isinstance(prop, ListProperty) else name
        if place == "json" and needed and nullable(prop):
            code = f"wire.NULL if {name} is None else {code}"
        doc = str(raw.get("description") or _text(prop.description) or f"`{wire}` of the wire.").strip()
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
            return [self._file(item, encoding.get(_wire(item), {})) for item in members]
        return [self._parameter(item, "json", item.required and prop.required) for item in members]

    def _file(self, prop: Any, encoding: Mapping[str, str]) -> Parameter:
        return evolve(
            self._parameter(prop, "file"),
            filename=encoding.get("x-filename", _wire(prop)),
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
