"""Convert schemas of OpenAPI 3.0 and 3.1 to the subset that the generator takes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from generator.errors import SpecError
from generator.spec.lint_schema import FORMATS, KNOWN, STRUCTURE
from generator.spec.names import snake
from generator.spec.references import REF

MAX_DEPTH = 60
_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
_UNREAD = frozenset({"title", "example", "examples", "externalDocs", "xml", "$schema", "$id", "$comment"})
_UNIONS = ("anyOf", "oneOf")
_REQUIRING = frozenset({"required", "title", "description"})
# What may stand beside a reference, or around one, and says something of that use alone.
OF_USE = ("description", "default", "deprecated", "readOnly", "writeOnly")
_SCALARS: Mapping[str, type | tuple[type, ...]] = {
    "description": str,
    "format": str,
    "pattern": str,
    "contentMediaType": str,
    "deprecated": bool,
    "readOnly": bool,
    "writeOnly": bool,
    "uniqueItems": bool,
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), int),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), (int, float)),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), (int, float)),
}


class LeftOut(SpecError):
    """An operation cannot be called without something that the subset cannot express."""


class SchemaConverter:
    """The translation of a document's schemas.

    Args:
        document: The whole of it, which references lead into.
        given: Its components.
        names: Component -> its name in the subset.
        notes, dropped: Take what is left out.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        given: Mapping[str, Any],
        names: Mapping[str, str],
        notes: list[str],
        dropped: Counter[str],
    ) -> None:
        self._document = document
        self._given = given
        self._names = names
        self._notes = notes
        self._dropped = dropped
        self._families = _families(given)
        self._heirs = {id(given[name]) for names in self._families.values() for name in names}
        self._following: list[str] = []
        self._written_out = False

    def component(self, name: str) -> dict[str, Any]:
        return self._member(f"schema {name}", self._given[name], 0)

    def schema(self, where: str, given: Any, depth: int = 0, *, member: bool = False) -> dict[str, Any]:
        """Return one schema, with everything in it, in the subset. `member`: it belongs to an object, or is a parameter."""
        if depth > MAX_DEPTH:
            self._notes.append(f"{where}: nested more than {MAX_DEPTH} deep; what is deeper is taken as anything")
            return {}
        if not isinstance(given, Mapping):
            if given is not True:
                self._notes.append(f"{where}: a schema that is {given!r} is taken as anything"[:300])
            return {}
        if isinstance(given.get("$ref"), str):
            return self._reference(where, given, depth)
        converted = self._scalars(given)
        self._names_and_constants(given, converted)
        self._children(where, given, converted, depth)
        if converted.get("deprecated") and converted.get("type") != "object" and not member and "enum" not in converted:
            del converted["deprecated"]  # of an element or a form: there is nothing that could say so
        self._plain(where, converted)
        if given.get("nullable") is True:
            return nullable(converted)
        return _split(converted)

    def written_out(self, where: str, given: Any) -> dict[str, Any]:
        """Return one schema with what its references mean in their places."""
        self._written_out = True
        try:
            return self.schema(where, given)
        finally:
            self._written_out = False

    def sendable(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of what stands in an address or a header: there is no null."""
        kinds = schema.get("type")
        if isinstance(kinds, list) and "null" in kinds:
            others = [kind for kind in kinds if kind != "null"]
            return {**schema, "type": others[0] if len(others) == 1 else others} if others else {}
        for key in _UNIONS:
            members = [self.sendable(item) for item in schema.get(key, []) if item != {"type": "null"}]
            if len(members) == 1:
                return {**{k: v for k, v in schema.items() if k != key}, **members[0]}
            if members:
                return {**schema, key: members}
        return dict(schema)

    # -------------------------------------------------------------------------------------------------- references

    def _reference(self, where: str, given: Mapping[str, Any], depth: int, *, part: bool = False) -> dict[str, Any]:
        """Return what a reference means. `part`: of an allOf, which takes the members of what is referred to, and no other form."""
        ref = str(given["$ref"])
        name = _component(ref)
        if name is not None and name in self._names and not self._written_out:
            converted = self._family(name) if name in self._families and not part else {"$ref": REF + self._names[name]}
        else:
            converted = self._inlined(where, ref, depth)
        use = {key: given[key] for key in OF_USE if self._fits(key, given.get(key)) and given[key] is not False}
        if text := described(given):
            use["description"] = joined(use.get("description"), text)
        if use and "$ref" in converted:
            converted = {"allOf": [converted], **use}
        elif use and "discriminator" in converted:
            converted |= use
        return nullable(converted) if given.get("nullable") is True else converted

    def _family(self, name: str) -> dict[str, Any]:
        """Return the union of the components that extend one with a discriminator, and of that one."""
        forms = [{"$ref": REF + self._names[each]} for each in (*self._families[name], name)]
        return {"oneOf": forms, "discriminator": self._discriminator(self._given[name]["discriminator"])}

    def _inlined(self, where: str, ref: str, depth: int) -> dict[str, Any]:
        """Return what a reference to another place of the document means."""
        target = pointed(self._document, ref) if ref.startswith("#/") else None
        if target is None:
            raise LeftOut(f"{ref!r} leads nowhere; only references inside the document are followed")
        if ref in self._following:
            self._notes.append(f"{where}: {ref!r} leads back to itself; taken as anything")
            return {}
        self._following.append(ref)
        try:
            return self.schema(where, target, depth + 1)
        finally:
            self._following.pop()

    # ---------------------------------------------------------------------------------------------------- one schema

    def _fits(self, key: str, value: Any) -> bool:
        if key == "default":
            return value is not None
        return isinstance(value, _SCALARS[key]) and (isinstance(value, bool) == (_SCALARS[key] is bool))

    def _scalars(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what says something without a schema inside: words, types, limits."""
        scalars: dict[str, Any] = {}
        kinds = [kind for kind in as_list(given.get("type"), one=True) if kind in _TYPES]
        if kinds:
            scalars["type"] = kinds[0] if len(kinds) == 1 else list(dict.fromkeys(kinds))
        for key in _SCALARS:
            if self._fits(key, given.get(key)):
                scalars[key] = given[key]
        for key, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if given.get(key) is True and limit in scalars:  # as OpenAPI 3.0 says it
                scalars[key] = scalars.pop(limit)
        for key in ("deprecated", "readOnly", "writeOnly", "uniqueItems"):
            if scalars.get(key) is False:
                del scalars[key]
        if given.get("x-absent") == "empty":
            scalars["x-absent"] = "empty"
        if isinstance(given.get("required"), list):
            scalars["required"] = [name for name in given["required"] if isinstance(name, str)]
        if given.get("default") is not None:
            scalars["default"] = given["default"]
            scalars["description"] = joined(scalars.get("description"), described(given))
        for key in sorted(map(str, set(given) - KNOWN - _UNREAD - {"nullable"})):
            self._dropped[f"{key!r} in a schema, left out"] += 1
        return scalars

    def _names_and_constants(self, given: Mapping[str, Any], schema: dict[str, Any]) -> None:
        if "const" in given:
            value = _as_typed(given["const"], kinds_of(schema))
            if isinstance(value, str | int):
                schema["const"] = value
                schema.pop("type", None)
            elif value is None:
                schema["type"] = "null"
        if isinstance(given.get("enum"), list) and given["enum"] and "const" not in schema:
            schema["enum"] = [_as_typed(value, kinds_of(schema)) for value in given["enum"]]
        self._named_constants(given, schema)
        named = given.get("x-enum-varnames", given.get("x-enumNames"))
        if isinstance(named, list) and isinstance(schema.get("enum"), list) and len(named) == len(schema["enum"]):
            schema["x-enum-varnames"] = [str(name) for name in named]

    def _named_constants(self, given: Mapping[str, Any], schema: dict[str, Any]) -> None:
        """A union of constants is an enum, whose members its titles name."""
        for key in _UNIONS:
            forms = given.get(key)
            if not isinstance(forms, list) or not forms or not all(isinstance(form, Mapping) for form in forms):
                continue
            constants = [form["const"] for form in forms if "const" in form and "properties" not in form]
            if len(constants) == len(forms) and {type(value) for value in constants} in ({str}, {int}):
                schema["enum"] = constants
                titles = [form.get("title") for form in forms]
                if all(isinstance(title, str) and snake(title) for title in titles) and len(set(titles)) == len(titles):
                    schema["x-enum-varnames"] = titles

    def _children(self, where: str, given: Mapping[str, Any], schema: dict[str, Any], depth: int) -> None:
        if isinstance(given.get("properties"), Mapping):
            schema["properties"] = {
                str(name): self._member(f"{where}.{name}", item, depth + 1)
                for name, item in given["properties"].items()
            }
        places = as_list(given.get("prefixItems"))
        for key in ("items", "additionalProperties"):
            if key == "items" and places:  # which of them stands where is the server's to check
                rest = [] if given.get("items") is False else [given.get("items", {})]
                forms = [self.schema(f"{where}[]", item, depth + 1) for item in (*places, *rest)]
                once = [form for index, form in enumerate(forms) if form not in forms[:index]]
                schema[key] = once[0] if len(once) == 1 else {"anyOf": once} if all(once) else {}
            elif key == "additionalProperties" and isinstance(given.get(key), bool):
                schema[key] = given[key]
            elif key in given:
                schema[key] = self.schema(f"{where}[]", given[key], depth + 1)
        for key in (*_UNIONS, "allOf"):
            if key in _UNIONS and _only_requires(given.get(key)):
                continue  # which members must be there: a server's rule, that changes no type
            if isinstance(given.get(key), list) and given[key] and not (key in _UNIONS and "enum" in schema):
                extends = key == "allOf" and (len(given[key]) > 1 or "properties" in given or id(given) in self._heirs)
                schema[key] = [
                    self._reference(where, item, depth + 1, part=True)
                    if extends and isinstance(item, Mapping) and isinstance(item.get("$ref"), str)
                    else self.schema(where, item, depth + 1)
                    for item in given[key]
                ]
        tag = given.get("discriminator")
        if isinstance(tag, Mapping) and isinstance(tag.get("propertyName"), str) and set(_UNIONS) & set(schema):
            schema["discriminator"] = self._discriminator(tag)

    def _member(self, where: str, given: Any, depth: int) -> dict[str, Any]:
        """Return the schema of a member; where it cannot be read, the member is anything, and the object stays."""
        try:
            return self.schema(where, given, depth, member=True)
        except LeftOut as error:
            self._notes.append(f"{where} is read as anything: {error}")
            return {}

    def _discriminator(self, tag: Mapping[str, Any]) -> dict[str, Any]:
        mapping: dict[str, str] = {}
        for value, target in as_mapping(tag.get("mapping")).items():
            name = unquote(str(target).rpartition("/")[2])
            if name in self._names:
                mapping[str(value)] = REF + self._names[name]
        return {"propertyName": tag["propertyName"], **({"mapping": mapping} if mapping else {})}

    def _plain(self, where: str, schema: dict[str, Any]) -> None:
        """Take out of one schema what contradicts itself, or has no form in Python."""
        kinds = kinds_of(schema)
        if "array" in kinds and "items" not in schema:
            schema["items"] = {}
        if "items" in schema and "array" not in kinds:
            if kinds:
                del schema["items"]
            else:
                schema["type"] = "array"
        form = schema.get("format")
        if form is not None and not any(form in FORMATS.get(kind, ()) for kind in kinds_of(schema)):
            del schema["format"]
            self._dropped[f"the format {form!r}, left out"] += 1
        if "contentMediaType" in schema and "format" not in schema and kinds == ["string"]:
            schema["format"] = "binary"  # as OpenAPI 3.1 says that a part is a file
        schema.pop("contentMediaType", None)
        if "enum" in schema and not _enumerable(schema["enum"]):
            values = ", ".join(json.dumps(value, ensure_ascii=False, default=str) for value in schema.pop("enum"))
            schema.pop("x-enum-varnames", None)
            schema["description"] = joined(schema.get("description"), f"One of {values}.")
        if "enum" in schema and not kinds and "allOf" not in schema:
            texts = all(isinstance(value, str) for value in schema["enum"] if value is not None)
            schema["type"] = "string" if texts else "integer"
        if schema.get("properties") and "object" not in kinds:
            schema["type"] = ["object", *kinds] if kinds else "object"
        self._combined(where, schema)
        if not schema.get("required", True):
            del schema["required"]
        if "required" in schema and not {"properties", "allOf"} & set(schema):
            del schema["required"]
        absent = schema.get("x-absent")
        if absent and not {"array", "object"} & set(kinds_of(schema)):
            del schema["x-absent"]

    def _combined(self, where: str, schema: dict[str, Any]) -> None:
        """Say unions and compositions with what stands beside them."""
        unions = [key for key in _UNIONS if key in schema]
        for key in unions[1:]:
            self._notes.append(f"{where}: {key} beside {unions[0]} is left out")
            del schema[key]
        if any(schema.get("allOf", ())) and not schema.get("properties") and "object" not in kinds_of(schema):
            for key in ("type", "format", "enum", "x-enum-varnames"):
                schema.pop(key, None)  # what is referred to says it
        if not unions:
            return
        key = unions[0]
        if all("required" in form and set(form) <= {"required", "description"} for form in schema[key]):
            del schema[key]  # which members go together is the server's to check
            schema.pop("discriminator", None)
            return
        own: dict[str, Any] = {
            name: schema[name] for name in ("properties", "required", "additionalProperties") if name in schema
        }
        if own.get("properties") or "allOf" in schema:
            parts = schema.pop("allOf", [])
            union = {name: schema.pop(name) for name in (key, "discriminator") if name in schema}
            for name in (*own, "type"):
                schema.pop(name, None)
            base = [{"type": "object"} | own] if own else []
            schema["allOf"] = [*parts, *base, union]
            return
        for name in sorted(STRUCTURE & set(schema) - {key}):
            del schema[name]


def _component(ref: str) -> str | None:
    """Return the name of the component schema that a reference leads to; None when it leads elsewhere."""
    return unquote(ref.removeprefix(REF)).replace("~1", "/").replace("~0", "~") if ref.startswith(REF) else None


def _families(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return each component with a discriminator and no union -> those that extend it through an allOf, at any remove."""
    heirs: dict[str, list[str]] = {}
    for name, schema in given.items():
        for part in as_list(as_mapping(schema).get("allOf")):
            above = _component(str(as_mapping(part).get("$ref", "")))
            if above is not None and above in given:
                heirs.setdefault(above, []).append(name)
    families: dict[str, list[str]] = {}
    for base, schema in given.items():
        tag = as_mapping(schema).get("discriminator")
        if not isinstance(as_mapping(tag).get("propertyName"), str) or any(key in schema for key in _UNIONS):
            continue
        queue, found = list(heirs.get(base, ())), list[str]()
        while queue:
            name = queue.pop(0)
            if name not in found and name != base:
                found.append(name)
                queue += heirs.get(name, ())
        if found:
            families[base] = sorted(found)
    return families


def pointed(document: Mapping[str, Any], ref: str) -> Any:
    """Return what a JSON pointer of the document leads to; None when it leads nowhere."""
    target: Any = document
    for step in ref.removeprefix("#/").split("/"):
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(target, Mapping):
            target = target.get(name)
        elif isinstance(target, list) and name.isdecimal() and int(name) < len(target):
            target = target[int(name)]
        else:
            return None
    return target


def described(schema: Any) -> str:
    """Return the words for a schema's default; empty without one."""
    if not isinstance(schema, Mapping) or schema.get("default") is None:
        return ""
    return f"Default: {json.dumps(schema['default'], ensure_ascii=False, default=str)}."


def joined(text: Any, more: str) -> str:
    """Return a text with more behind it, unless it says that already, as many documents do."""
    text = str(text or "").strip()
    return text if more in text else f"{text} {more}".strip()


def as_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any, *, one: bool = False) -> list[Any]:
    """Return a list as it is, an empty one for anything else; with `one`, a single text as a list of itself."""
    if one and isinstance(value, str):
        return [value]
    return value if isinstance(value, list) else []


def kinds_of(schema: Mapping[str, Any]) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema whose values may be null, too."""
    kinds = kinds_of(schema)
    use = {key: schema[key] for key in OF_USE if key in schema}
    inner = {key: value for key, value in schema.items() if key not in OF_USE}
    if "enum" in inner:
        inner["enum"] = [value for value in inner["enum"] if value is not None]
    for key in _UNIONS:
        if key in inner:
            members = inner[key]
            return {**schema, key: members if {"type": "null"} in members else [*members, {"type": "null"}]}
    if kinds and not {"enum", "properties", "allOf"} & set(inner) and "object" not in kinds:
        return {**schema, "type": [*kinds, *([] if "null" in kinds else ["null"])]}
    if list(inner) == ["allOf"] and len(inner["allOf"]) == 1:
        inner = inner["allOf"][0]
    return {"anyOf": [inner, {"type": "null"}], **use} if inner else schema


def _split(schema: dict[str, Any]) -> dict[str, Any]:
    """Part what may be null from null where the rest has members or values of its own."""
    kinds = kinds_of(schema)
    if "enum" in schema and None in schema["enum"]:
        return nullable({**schema, "type": [kind for kind in kinds if kind != "null"] or "string"} if kinds else schema)
    if len(kinds) < 2 or not ("enum" in schema or "object" in kinds):
        return schema
    if "null" in kinds:
        not_null = {**schema, "type": [kind for kind in kinds if kind != "null"]}
        return nullable(_split(_single(not_null)))
    use = {key: schema[key] for key in OF_USE if key in schema}
    plain = {key: value for key, value in schema.items() if key not in OF_USE}
    members = [_single({**{k: v for k, v in plain.items() if _belongs(k, kind)}, "type": [kind]}) for kind in kinds]
    return {"anyOf": members, **use}


def _single(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = kinds_of(schema)
    return {**schema, "type": kinds[0]} if len(kinds) == 1 else schema


def _belongs(key: str, kind: str) -> bool:
    """Whether a key says something of values of this kind."""
    owners = {"properties": "object", "required": "object", "additionalProperties": "object", "items": "array"}
    owners |= {"allOf": "object"}
    if key == "format":
        return kind in FORMATS
    return owners.get(key, kind) == kind


def _enumerable(values: Any) -> bool:
    """Whether the values become an enum's members: all texts or all integers."""
    present = [value for value in values if value is not None] if isinstance(values, list) else []
    return {type(value) for value in present} in ({str}, {int})


def _as_typed(value: Any, kinds: list[str]) -> Any:
    """Return a value that a document names as it is sent: YAML makes a number of `1` and true of `true` where a text is meant."""
    if kinds in (["string"], ["string", "null"]) and isinstance(value, int | float):
        return json.dumps(value)
    if kinds in (["integer"], ["integer", "null"]) and isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    return value


def _only_requires(forms: Any) -> bool:
    """Whether the forms of a union say nothing but which members are required."""
    return (
        isinstance(forms, list)
        and bool(forms)
        and all(isinstance(form, Mapping) and "required" in form and set(form) <= _REQUIRING for form in forms)
    )
