"""What a value is called in Python, and the expression that reads it: one place for annotations and decoders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from generator.errors import SpecError

# kind -> annotation, reader in wire.py
_SCALARS: Mapping[type[Any], tuple[str, str]] = {
    StringProperty: ("str", "text"),
    IntProperty: ("int", "integer"),
    FloatProperty: ("float", "number"),
    BooleanProperty: ("bool", "boolean"),
    DateTimeProperty: ("datetime", "time"),
    DateProperty: ("date", "day"),
    UuidProperty: ("UUID", "uuid"),
    AnyProperty: ("Any", "anything"),
    NoneProperty: ("None", "nothing"),
}
# Their JSON form is themselves.
PLAIN = (StringProperty, IntProperty, FloatProperty, BooleanProperty)


@frozen
class Types:
    """The names of everything generated, as far as types need them."""

    models: Mapping[str, ModelProperty]
    used: dict[str, str] = field(factory=dict)  # class -> module, of what was named since `used` was empty

    def annotation(self, prop: Any, *, given: bool = False) -> str:
        """Return the annotation of a value that is read; or, `given`, of one that a caller may hand over."""
        kind = type(prop)
        if kind in _SCALARS:
            return _SCALARS[kind][0]
        if isinstance(prop, FileProperty):
            return "bytes"
        if isinstance(prop, ListProperty):
            return f"{'Sequence' if given else 'list'}[{self.annotation(prop.inner_property, given=given)}]"
        if isinstance(prop, EnumProperty):
            name = self._name(prop)
            return f"{name} | {prop.value_type.__name__}" if given else name
        if isinstance(prop, ModelProperty):
            values = self.values_of(prop)
            if values is not None:
                return f"{'Mapping' if given else 'dict'}[str, {self.annotation(values, given=given)}]"
            return f"{self._name(prop)} | Mapping[str, Any]" if given else self._name(prop)
        if isinstance(prop, UnionProperty):
            names = dict.fromkeys(
                part for inner in prop.inner_properties for part in self.annotation(inner, given=given).split(" | ")
            )
            joined = [name for name in names if name != "None"] + [name for name in names if name == "None"]
            return "Any" if "Any" in names else " | ".join(joined)
        raise SpecError(f"{prop.name.get_untrusted_value()}: {kind.__name__} is not generated")

    def decode(self, prop: Any, value: str, where: str) -> str:
        """Return the expression that reads the JSON value of the expression `value`, which it evaluates once.

        Where `prop` is nullable, `value` must be a name.
        """
        kind = type(prop)
        if kind in _SCALARS:
            return f"wire.{_SCALARS[kind][1]}({value}, {where!r})"
        if isinstance(prop, ListProperty):
            return f"[{self._item(prop.inner_property, where)} for item in wire.array({value}, {where!r})]"
        if isinstance(prop, EnumProperty):
            reader = "text" if prop.value_type is str else "integer"
            return f"{self._name(prop)}(wire.{reader}({value}, {where!r}))"
        if isinstance(prop, ModelProperty):
            values = self.values_of(prop)
            if values is None:
                return f"{self._name(prop)}.from_dict({value})"
            return f"{{key: {self._item(values, where)} for key, item in wire.members({value}, {where!r}).items()}}"
        if isinstance(prop, UnionProperty):
            if any(isinstance(inner, AnyProperty) for inner in prop.inner_properties):
                return value
            inner = [item for item in prop.inner_properties if not isinstance(item, NoneProperty)]
            if len(inner) == 1:
                found = self.decode(inner[0], value, where)
            else:
                readers = ", ".join(f"lambda item: {self.decode(item, 'item', where)}" for item in inner)
                found = f"wire.union({value}, {where!r}, {readers})"
            return f"None if {value} is None else {found}" if nullable(prop) else found
        raise SpecError(f"{where}: {kind.__name__} is not generated")

    def _item(self, prop: Any, where: str) -> str:
        return "item" if isinstance(prop, AnyProperty) else self.decode(prop, "item", where)

    def values_of(self, prop: ModelProperty) -> Any:
        """Return what the values of a plain mapping are; None when `prop` is a model with members of its own."""
        model = self.model(prop)
        if model.required_properties or model.optional_properties or model.additional_properties is None:
            return None
        return (
            None if self._reaches(model.additional_properties, {model.class_info.name}) else model.additional_properties
        )

    def model(self, prop: ModelProperty) -> ModelProperty:
        """Return the processed form of a model: a reference holds an older copy."""
        found = self.models[prop.class_info.name]
        if found.required_properties is None or found.optional_properties is None:
            raise SpecError(f"{prop.class_info.name}: openapi-python-client did not process its properties")
        return found

    def _reaches(self, prop: Any, seen: set[str]) -> bool:
        """Whether a mapping leads back to itself through lists, unions and mappings only."""
        if isinstance(prop, ListProperty):
            return self._reaches(prop.inner_property, seen)
        if isinstance(prop, UnionProperty):
            return any(self._reaches(inner, seen) for inner in prop.inner_properties)
        if isinstance(prop, ModelProperty):
            name = prop.class_info.name
            model = self.model(prop)
            if name in seen:
                return True
            if model.required_properties or model.optional_properties or model.additional_properties is None:
                return False
            return self._reaches(model.additional_properties, seen | {name})
        return False

    def _name(self, prop: EnumProperty | ModelProperty) -> str:
        self.used[str(prop.class_info.name)] = str(prop.class_info.module_name)
        return str(prop.class_info.name)


def nullable(prop: Any) -> bool:
    """Whether null is one of the values."""
    if isinstance(prop, UnionProperty):
        return any(isinstance(inner, NoneProperty) for inner in prop.inner_properties)
    return isinstance(prop, NoneProperty)
