"""From what openapi-python-client parsed to what the REST templates print."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any

from openapi_python_client import strings
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty

from generator.errors import SpecError
from generator.render.rest_forms import (
    EnumClass,
    Field,
    Model,
    OperationPlan,
    RestPlan,
    deprecated,
    python_name,
    refuse_twins,
    text_of,
    wire_name,
)
from generator.render.rest_operation import OperationPlanner
from generator.render.rest_types import PLAIN, Types, nullable
from generator.spec.mapping import PolicyEntry
from generator.spec.openapi import RawOperation

# Class names that the rendered modules import for themselves.
TAKEN_CLASSES = frozenset(["Any", "Mapping", "Sequence", "Self", "Operation", "Policy", "UUID"])
# What the annotations and defaults in a dataclass mean by these names, and what every model has.
_TAKEN = frozenset(
    {
        *(
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
            "Decimal",
            "field",
            "classmethod",
        ),
        *("from_dict", "to_dict", "additional_properties"),
    }
)


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
        operations[name] = OperationPlanner(name, endpoint, raw[name], types).plan(policies[name])
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
    refuse_twins("schemas", modules, "the module")
    return RestPlan(
        models=tuple(sorted(models, key=lambda item: item.name)),
        enums=tuple(sorted(enums, key=lambda item: item.name)),
        operations=tuple(operations[name] for name in sorted(operations)),
    )


def _absent(prop: Any, model: ModelProperty) -> bool:
    """Whether the member reads as empty when it is absent."""
    schema = (model.data.properties or {}).get(prop.name)
    return bool((getattr(schema, "model_extra", None) or {}).get("x-absent"))


def _decimal(prop: Any, model: ModelProperty) -> bool:
    """Whether the member is a number whose digits count, such as an amount of money."""
    schema = (model.data.properties or {}).get(prop.name)
    return isinstance(prop, FloatProperty) and getattr(schema, "schema_format", None) == "decimal"


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
    refuse_twins(name, [item.name for item in fields], "the member")
    extra = model.additional_properties or AnyProperty
    typed = not isinstance(extra, AnyProperty) and extra is not AnyProperty
    decode = types.decode(extra, "item", f"{name} member") if typed else "item"
    return Model(
        name=name,
        module=str(model.class_info.module_name),
        doc=(text_of(model.description) or f"{name} of the wire.") + (" Deprecated." if model.data.deprecated else ""),
        fields=tuple(sorted(fields, key=lambda item: item.default is not None)),
        known="(" + "".join(f"{item.wire!r}, " for item in sorted(fields, key=lambda f: f.wire)) + ")",
        extra_annotation=types.annotation(extra) if typed else "Any",
        extra_decode=f"{{key: {decode} for key, item in found.items() if key not in _KNOWN}}",
        extra_encode=f"wire.plain(self.additional_properties, {name!r})",
        imports=tuple(sorted((module, cls) for cls, module in types.used.items() if cls != name)),
    )


def _field(prop: Any, model: ModelProperty, types: Types) -> Field:
    wire = wire_name(prop)
    name = python_name(wire, _TAKEN)
    where = f"{model.class_info.name}.{wire}"
    decimal = _decimal(prop, model)
    annotation = "Decimal" if decimal else types.annotation(prop)
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
    if decimal:
        decode = decode.replace("wire.number(", "wire.decimal(")
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
        encode=f"self.{name}" if isinstance(prop, PLAIN) and not decimal else f"wire.plain(self.{name}, {where!r})",
        doc=text_of(prop.description) + deprecated(prop, model),
    )


def _enum(item: EnumProperty) -> EnumClass:
    # openapi-python-client escapes strings for double quotes, and leaves the quotes to the template.
    values = [(key, f'"{value}"' if item.value_type is str else str(value)) for key, value in item.values.items()]
    return EnumClass(
        name=str(item.class_info.name),
        module=str(item.class_info.module_name),
        base="OpenStrEnum" if item.value_type is str else "OpenIntEnum",
        doc=text_of(item.description) or f"{item.class_info.name} of the wire.",
        members=tuple((key + "_" if keyword.iskeyword(key) else key, value) for key, value in values),
    )
