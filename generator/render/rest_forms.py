"""What the REST templates print: models, enums and operations, decided but not yet text."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterable
from typing import Any

from attrs import frozen
from openapi_python_client import strings
from openapi_python_client.parser.properties.model_property import ModelProperty

from generator.errors import SpecError
from generator.spec.mapping import PolicyEntry


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
    host: str | None
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


def python_name(wire: str, taken: frozenset[str]) -> str:
    """Return the name of a member or a parameter: snake case, with an underscore behind it when Python keeps the name."""
    found = strings.snake_case(wire)
    if not found.isidentifier() or wire.startswith("_"):
        found = str(strings.PythonIdentifier(wire, "field_"))
    return found + "_" if keyword.iskeyword(found) or found in taken else found


def refuse_twins(where: str, names: Iterable[str], what: str) -> None:
    twins = [name for name, count in sorted(Counter(names).items()) if count > 1]
    if twins:
        raise SpecError(*(f"{where}: two of the wire's names become {what} {name!r}: rename one" for name in twins))


def text_of(value: Any) -> str:
    return value.get_untrusted_value().strip() if value else ""


def wire_name(prop: Any) -> str:
    return str(prop.name.get_untrusted_value())


def deprecated(prop: Any, model: ModelProperty) -> str:
    """Return what the documentation of a member says about its end."""
    return " Deprecated." if getattr((model.data.properties or {}).get(prop.name), "deprecated", False) else ""
