"""From schemas to types and classes."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field

from generator.spec.names import BUILTINS, constants, distinct, identifier, module, pascal, snake
from generator.spec.references import REF
from generator.spec.rest_model import (
    ANY,
    NULL,
    Array,
    Const,
    EnumClass,
    Member,
    Model,
    Named,
    Scalar,
    Table,
    Tag,
    Type,
    Union,
)

Schema = Mapping[str, Any]
Values = tuple[str | int | bool, ...]

# Class names that the rendered modules import for themselves, and those of Python: type checkers read `Warning` as its own there.
_TAKEN_CLASSES = frozenset(
    [
        "Any",
        "Decimal",
        "False",
        "Mapping",
        "None",
        "Operation",
        "Policy",
        "Self",
        "Sequence",
        "True",
        "UUID",
        "Callable",
        "TYPE_CHECKING",
        *(name for name in dir(builtins) if name[0].isupper()),
    ]
)
# What the annotations and defaults in a dataclass mean by these names, and what every model has.
_TAKEN = BUILTINS & {"str", "int", "float", "bool", "bytes", "list", "dict", "classmethod"} | {
    *("self", "cls", "date", "datetime", "Decimal", "field", "wire", "from_dict", "to_dict", "additional_properties"),
}
# The formats of texts that are a type of their own in Python.
TEXT_FORMATS = {"date-time": "datetime", "date": "date", "uuid": "UUID", "binary": "bytes"}
_DEEPEST = 3  # members on the way to what tells the forms of a union apart
_LIKELY = ("type", "kind", "object")  # what tells forms apart is mostly called so
_KINDS = {"integer": Scalar("int"), "number": Scalar("float"), "boolean": Scalar("bool"), "null": NULL}


@define
class Shape:
    """What an object has: its members' schemas, the required ones, and what the other members are."""

    properties: dict[str, Schema] = field(factory=dict)
    required: set[str] = field(factory=set)
    extra: Any = None
    closed: bool = False

    def add(self, other: Shape) -> None:
        self.properties |= other.properties
        self.required |= other.required
        self.extra = self.extra if other.extra is None else other.extra
        self.closed = self.closed or other.closed


class Types:
    """The types and classes of one document whose inline objects and enums have names.

    Args:
        schemas: The components.
        parts: The components that are bodies of several parts: they become parameters, not classes.
    """

    def __init__(self, schemas: Mapping[str, Any], parts: Iterable[str] = ()) -> None:
        self._schemas = schemas
        self._shapes: dict[str, Shape | None] = {}
        self._open: set[str] = set()  # unions whose forms are being read
        enums = [name for name, schema in schemas.items() if _values(schema)]
        models = [name for name in schemas if name not in enums and self._is_model(name)]
        self._classes = distinct([*enums, *(name for name in models if name not in parts)], _class_name)
        self._modules = distinct(self._classes.values(), lambda name: module(identifier(name)))
        self._enums = {name: _values(schemas[name]) for name in enums}

    def models(self) -> tuple[Model, ...]:
        models = [self._model(name) for name in self._classes if name not in self._enums]
        return tuple(sorted(models, key=lambda item: item.name))

    def enums(self) -> tuple[EnumClass, ...]:
        enums = [self._enum(name) for name in self._classes if name in self._enums]
        return tuple(sorted(enums, key=lambda item: item.name))

    # -------------------------------------------------------------------------------------------------------- types

    def type_of(self, schema: Any, stack: tuple[str, ...] = ()) -> Type:
        """Return the type of a schema's values; what leads back to itself without a class between is anything."""
        if not isinstance(schema, Mapping) or not schema:
            return ANY
        if "$ref" in schema:
            return self._reference(str(schema["$ref"]).removeprefix(REF), stack)
        for key in ("anyOf", "oneOf"):
            if schema.get(key):
                return self._union(schema[key], schema.get("discriminator"), stack)
        if schema.get("allOf"):
            types = [self.type_of(part, stack) for part in schema["allOf"]]
            return next((kind for kind in types if kind != ANY), ANY)
        if "const" in schema:
            return _constant_type(schema["const"])
        kinds = kinds_of(schema)
        return (
            self._joined([self._plain(kind, schema, stack) for kind in kinds])
            if kinds
            else self._untyped(schema, stack)
        )

    def _reference(self, name: str, stack: tuple[str, ...]) -> Type:
        schema = self._schemas[name]
        if name in self._classes:
            named: Type = Named(self._classes[name], _base(self._enums.get(name)))
            null = "null" in kinds_of(schema) or None in schema.get("enum", ())
            return self._joined([named, NULL]) if null else named
        return ANY if name in stack else self.type_of(schema, (*stack, name))

    def _plain(self, kind: str, schema: Schema, stack: tuple[str, ...]) -> Type:
        if kind == "array":
            return Array(self.type_of(schema.get("items"), stack))
        if kind == "object":
            extra = schema.get("additionalProperties")
            return Table(self.type_of(extra, stack) if isinstance(extra, Mapping) else ANY)
        if kind == "number" and schema.get("format") == "decimal":
            return Scalar("Decimal")
        return _KINDS.get(kind) or Scalar(TEXT_FORMATS.get(str(schema.get("format")), "str"))

    def _untyped(self, schema: Schema, stack: tuple[str, ...]) -> Type:
        if "items" in schema:
            return self._plain("array", schema, stack)
        if "additionalProperties" in schema or "properties" in schema:
            return self._plain("object", schema, stack)
        values = _values(schema)
        return Scalar("str" if isinstance(values[0], str) else "int") if values else ANY

    def _union(self, parts: list[Any], discriminator: Any, stack: tuple[str, ...]) -> Type:
        types = [self.type_of(part, stack) for part in parts]
        tags = _tags(types)
        if tags and sum(kind != NULL for kind in types) > 1:  # a tag inside may tell the forms around it apart, too
            forms = [form for kind in types for form in (kind.forms if isinstance(kind, Union) else (kind,))]
            whole = self._told_apart(self._joined(forms), tags, discriminator)
            if isinstance(whole, Union) and whole.tag is not None:
                return whole
        return self._told_apart(self._joined(types), {}, discriminator)

    def _told_apart(self, joined: Type, tags: Mapping[str, Mapping[str, Values]], discriminator: Any) -> Type:
        """Return a union with what tells its forms apart; `tags` is known of some beside what they hold."""
        if not isinstance(joined, Union):
            return joined
        names = [form.name for form in joined.forms if isinstance(form, Named) and form.base is None]
        if len(names) < 2 and not (names and discriminator):
            return joined
        fixed = {name: {**self._fixed(name), **tags.get(name, {})} for name in names}
        tag = (self._tag(fixed, discriminator) or self._tag_below(names)) if len(names) > 1 else None
        few = tuple(
            (name, tuple(sorted(members.items()))) for name, members in fixed.items() if members and tag is None
        )
        return Union(joined.forms, tag, few)

    def _tag(self, fixed: Mapping[str, Mapping[str, Values]], discriminator: Any) -> Tag | None:
        if isinstance(discriminator, Mapping) and isinstance(discriminator.get("propertyName"), str):
            member = discriminator["propertyName"]
            return Tag(member, tuple(self._discriminated(fixed, member, discriminator.get("mapping") or {}).items()))
        shared = set.intersection(*(set(members) for members in fixed.values()))
        for member in sorted(shared, key=lambda name: (name not in _LIKELY, name)):
            pairs = [(value, name) for name, members in fixed.items() for value in members[member]]
            if len({value for value, _ in pairs}) == len(pairs):
                return Tag(member, tuple(pairs))
        return None

    def _tag_below(self, names: Sequence[str]) -> Tag | None:
        """Return what is constant in an object that each of the forms holds, with another value in each."""
        below = [dict(self._constants_below(self._component(name))) for name in names]
        shared = set.intersection(*(set(constants) for constants in below))
        for path in sorted(shared, key=lambda path: (len(path), path[-1] not in _LIKELY, path)):
            pairs = tuple((constants[path], name) for constants, name in zip(below, names, strict=True))
            if len({value for value, _ in pairs}) == len(pairs):
                return Tag(path[-1], pairs, path[:-1])
        return None

    def _constants_below(self, name: str, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Yield the paths of what is constant in the objects that a model holds, with their values."""
        shape = self.shape(name)
        for wire, schema in (shape.properties if shape else {}).items():
            path = (*above, wire)
            values = self._fixed_values(schema)
            if above and len(values) == 1:
                yield path, values[0]
            elif isinstance(schema, Mapping) and "$ref" in schema and len(path) < _DEEPEST:
                yield from self._constants_below(str(schema["$ref"]).removeprefix(REF), path)

    def _component(self, class_name: str) -> str:
        return next(name for name, known in self._classes.items() if known == class_name)

    def _discriminated(
        self, fixed: Mapping[str, Mapping[str, Values]], member: str, mapping: Mapping[str, str]
    ) -> dict[str | int | bool, str]:
        components = {self._classes[name]: name for name in self._classes}
        classes: dict[str | int | bool, str] = {
            value: name
            for name in fixed
            for value, ref in mapping.items()
            if str(ref).rpartition("/")[2] == components[name]
        }
        told = {members.get(member, ()) for members in fixed.values()}
        for name, members in fixed.items():
            own = members.get(member, ()) if len(told) > 1 else ()  # what all have tells nothing apart
            # What the other forms extend is read from any tag that none of them has.
            implied = (
                ()
                if any(self._extends(components[other], components[name]) for other in fixed)
                else (components[name],)
            )
            for value in own or implied:
                classes.setdefault(value, name)
        return classes

    def _extends(self, name: str, base: str, seen: frozenset[str] = frozenset()) -> bool:
        """Return whether a component takes over the members of another, at any remove."""
        schema = self._schemas.get(name)
        parts = schema.get("allOf") or () if isinstance(schema, Mapping) else ()
        above = {
            str(part["$ref"]).removeprefix(REF) for part in parts if isinstance(part, Mapping) and "$ref" in part
        } - seen
        return base in above or any(self._extends(each, base, seen | above) for each in above)

    def _fixed(self, class_name: str) -> dict[str, Values]:
        """Return the members of a model that have one of a few values, with these."""
        shape = self.shape(self._component(class_name))
        return {
            wire: values
            for wire, schema in (shape.properties if shape else {}).items()
            if (values := self._fixed_values(schema))
        }

    def _fixed_values(self, schema: Any) -> Values:
        seen: set[str] = set()
        while isinstance(schema, Mapping) and ("$ref" in schema or len(schema.get("allOf") or ()) == 1):
            if "$ref" not in schema:
                schema = schema["allOf"][0]
                continue
            name = str(schema["$ref"]).removeprefix(REF)
            if name in seen:
                return ()
            seen.add(name)
            schema = self._schemas.get(name)
        if not isinstance(schema, Mapping):
            return ()
        if "const" in schema and isinstance(schema["const"], str | int):
            return (schema["const"],)
        return tuple(value for value in _values(schema))

    def _joined(self, forms: list[Type]) -> Type:
        flat: dict[Type, None] = {}
        for form in forms:
            parts = form.forms if isinstance(form, Union) and (form.tag is None or form.tag.above) else (form,)
            flat |= dict.fromkeys(parts)
        if ANY in flat:
            return ANY
        ordered = [form for form in flat if form != NULL] + [form for form in flat if form == NULL]
        return ordered[0] if len(ordered) == 1 else Union(tuple(ordered))

    # ------------------------------------------------------------------------------------------------------- classes

    def shape(self, name: str) -> Shape | None:
        """Return what the objects of a component have; None when it is not an object."""
        if name not in self._shapes:
            self._shapes[name] = None  # what leads back to itself adds nothing
            self._shapes[name] = self.shape_of(self._schemas[name])
        return self._shapes[name]

    def shape_of(self, schema: Any) -> Shape | None:
        """Return what the objects of a schema have, with all parts of an allOf; None when it describes no object."""
        if not isinstance(schema, Mapping):
            return None
        if "$ref" in schema:
            return self.shape(str(schema["$ref"]).removeprefix(REF))
        parts = [part_shape for part in schema.get("allOf") or () if (part_shape := self._part(part)) is not None]
        own = "properties" in schema or "object" in kinds_of(schema) or schema.get("additionalProperties") is not None
        if not own and not parts:
            return None
        result = Shape()
        for part in parts:
            result.add(part)
        extra = schema.get("additionalProperties")
        named = dict(schema.get("properties") or {})
        required = {name for name in schema.get("required") or () if isinstance(name, str)}
        result.add(Shape(named, required, extra if isinstance(extra, Mapping) and extra else None, extra is False))
        return result

    def _part(self, schema: Any) -> Shape | None:
        """Return what a part of an allOf adds: of a union, the members of every form, none of them required."""
        if isinstance(schema, Mapping) and "$ref" in schema:
            return self._referred_part(str(schema["$ref"]).removeprefix(REF))
        forms = [*(schema.get("anyOf") or ()), *(schema.get("oneOf") or ())] if isinstance(schema, Mapping) else []
        if not forms:
            shape = self.shape_of(schema)
            if shape is None and isinstance(schema, Mapping) and schema.get("required"):
                shape = Shape(required={name for name in schema["required"] if isinstance(name, str)})
            return shape
        result = Shape()
        for form in forms:
            shape = self._part(form)
            for wire, item in (shape.properties if shape else {}).items():
                result.properties[wire] = item if result.properties.get(wire, item) == item else {}
        return result

    def _referred_part(self, name: str) -> Shape | None:
        shape = self.shape(name)
        schema = self._schemas.get(name)
        if shape is not None or name in self._open or not isinstance(schema, Mapping):
            return shape
        if not (schema.get("anyOf") or schema.get("oneOf")):
            return None
        self._open.add(name)
        try:
            return self._part(schema)
        finally:
            self._open.discard(name)

    def _is_model(self, name: str) -> bool:
        schema = self._schemas[name]
        if not isinstance(schema, Mapping) or "$ref" in schema or schema.get("anyOf") or schema.get("oneOf"):
            return False
        own = schema.get("properties") or schema.get("additionalProperties") is False
        if len(schema.get("allOf") or ()) == 1 and not own:
            return False
        shape = self.shape(name)
        return shape is not None and bool(shape.properties or shape.closed or self._is_recursive_table(name))

    def _is_recursive_table(self, name: str) -> bool:
        """Return whether a mapping leads back to itself through lists, unions and mappings only."""
        queue, seen = [self._schemas[name].get("additionalProperties")], set[str]()
        while queue:
            item = queue.pop()
            if not isinstance(item, Mapping):
                continue
            ref = str(item.get("$ref", "")).removeprefix(REF)
            if ref == name:
                return True
            if ref in self._schemas and ref not in seen:
                seen.add(ref)
                shape = self.shape(ref)
                if shape is None or not (shape.properties or shape.closed):
                    queue.append(self._schemas[ref])
            queue += [item.get("items"), item.get("additionalProperties")]
            queue += [part for key in ("anyOf", "oneOf", "allOf") for part in item.get(key) or ()]
        return False

    def _model(self, component: str) -> Model:
        shape = self.shape(component)
        assert shape is not None
        name, schema = self._classes[component], self._schemas[component]
        return Model(
            name=name,
            module=self._modules[name],
            members=self.members(shape),
            extra=self.type_of(shape.extra) if shape.extra is not None else ANY,
            doc=_doc(schema, f"{name} of the wire."),
        )

    def members(self, shape: Shape) -> tuple[Member, ...]:
        """Return the members of an object, the required ones first."""
        names = distinct(shape.properties, lambda wire: identifier(wire, _TAKEN))
        members = [
            Member(
                wire=wire,
                name=names[wire],
                type=self.type_of(schema),
                required=wire in shape.required and not _flag(schema, "writeOnly"),
                doc=self.doc_of(schema),
                secret=_flag(schema, "format") == "password",
                reads_empty=_flag(schema, "x-absent") == "empty",
                constant=self._taken_for_granted(schema),
            )
            for wire, schema in sorted(shape.properties.items())
        ]
        return tuple(sorted(members, key=lambda item: not item.required))

    def _taken_for_granted(self, schema: Any) -> str | int | bool | None:
        """Return the default of a member that has no other value: the tag of a union's form is read from it."""
        values = self._fixed_values(schema)
        if len(values) != 1:
            return None
        default = _flag(schema, "default")
        if default is None and "$ref" in schema:
            default = _flag(self._schemas.get(str(schema["$ref"]).removeprefix(REF)), "default")
        return default if default == values[0] else None

    def doc_of(self, schema: Any, fallback: str = "") -> str:
        """Return what is said of a schema; where it says nothing itself, what is said of the one that it refers to."""
        if isinstance(schema, Mapping) and not schema.get("description"):
            parts: Sequence[Any] = schema.get("allOf") or ()
            target = schema if "$ref" in schema else parts[0] if len(parts) == 1 else None
            if isinstance(target, Mapping) and "$ref" in target:
                behind = self._schemas.get(str(target["$ref"]).removeprefix(REF))
                fallback = str(_flag(behind, "description") or "").strip() or fallback
        return _doc(schema, fallback)

    def _enum(self, component: str) -> EnumClass:
        name, schema = self._classes[component], self._schemas[component]
        values = self._enums[component]
        given = schema.get("x-enum-varnames")
        named = given if isinstance(given, list) and len(given) == len(values) else []
        if named and len(set(named)) == len(values) and all(isinstance(text, str) and snake(text) for text in named):
            names = distinct(named, lambda text: identifier(text, ("mro", "name", "value"), "value_").upper())
            members = tuple((names[text], value) for text, value in zip(named, values, strict=True))
        else:
            constants_of = constants(values)
            members = tuple((constants_of[value], value) for value in values)
        return EnumClass(
            name=name,
            module=self._modules[name],
            base=_base(values) or "str",
            members=members,
            doc=_doc(schema, f"{name} of the wire."),
        )


def kinds_of(schema: Schema) -> list[str]:
    """Return the types that a schema names."""
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else [kind for kind in kinds if isinstance(kind, str)]


def _values(schema: Any) -> Values:
    """Return the values of an enum that becomes a class: all texts, or all integers."""
    given = schema.get("enum") if isinstance(schema, Mapping) and "$ref" not in schema else None
    present = [value for value in given if value is not None] if isinstance(given, list) else []
    kinds = {type(value) for value in present}
    return tuple(dict.fromkeys(present)) if kinds in ({str}, {int}) else ()


def _base(values: Values | None) -> str | None:
    return None if not values else "str" if isinstance(values[0], str) else "int"


def _class_name(component: str) -> str:
    chosen = pascal(component)
    return f"{chosen}Model" if chosen in _TAKEN_CLASSES else chosen


def _tags(types: Iterable[Type]) -> dict[str, dict[str, Values]]:
    """Return class -> the member that is its tag in one of the unions, with the values of that."""
    tags: dict[str, dict[str, Values]] = {}
    for kind in types:
        if isinstance(kind, Union) and kind.tag is not None and not kind.tag.above:
            for value, name in kind.tag.classes:
                members = tags.setdefault(name, {})
                members[kind.tag.member] = (*members.get(kind.tag.member, ()), value)
    return tags


def _constant_type(value: Any) -> Type:
    if value is None:
        return NULL
    return Const(value) if isinstance(value, str | int) else Scalar("float") if isinstance(value, float) else ANY


def _flag(schema: Any, key: str) -> Any:
    return schema.get(key) if isinstance(schema, Mapping) else None


def _doc(schema: Any, fallback: str) -> str:
    text = str(_flag(schema, "description") or "").strip() or fallback
    return f"{text} Deprecated.".strip() if _flag(schema, "deprecated") else text
