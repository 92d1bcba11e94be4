"""Refuse what a schema may say in OpenAPI and would not be honoured in the generated client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.spec.lint_shape import pointer

_TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})
FORMATS: Mapping[str, frozenset[str]] = {
    "string": frozenset(["date-time", "date", "uuid", "binary", "password", "byte", "uri", "email", "hostname"]),
    "integer": frozenset({"int32", "int64"}),
    "number": frozenset({"float", "double", "decimal"}),
}
STRUCTURE = frozenset(
    ["type", "format", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "oneOf", "allOf"]
)
_DOCUMENTATION = frozenset({"description", "title", "example", "examples", "deprecated"})
# The server checks these; the client hands values on.
_CONSTRAINTS = frozenset(
    [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
    ]
)
# What distinguishes forms, and what a diff compares; the client reads the first few of these.
_SAID = frozenset(["const", "discriminator", "x-enum-varnames", "contentMediaType", "default", "readOnly", "writeOnly"])
_EXTENSIONS = frozenset({"x-absent"}) | _SAID
KNOWN = STRUCTURE | _DOCUMENTATION | _CONSTRAINTS | _EXTENSIONS
_FIXES: Mapping[str, str] = {
    "nullable": "OpenAPI 3.1 has type: [string, 'null']",
    "prefixItems": "use an object, or an array of one kind",
    "patternProperties": "use additionalProperties",
}


class SchemaLint:
    """Collects the problems of one document; knows how to check schemas and follow references."""

    def __init__(self, name: str, root: Any) -> None:
        self.name = name
        self.root = root
        self.problems: list[str] = []

    def report(self, where: str, problem: str, fix: str) -> None:
        self.problems.append(f"{self.name}#{where}: {problem}; {fix}")

    def each(self, where: str, owner: Mapping[str, Any], key: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield place, name and value of everything below `key`."""
        for name, item in owner.get(key, {}).items():
            yield f"{where}/{pointer(key)}/{pointer(name)}", name, item

    def resolve(self, where: str, item: Mapping[str, Any], kind: str) -> Any:
        """Return what a `$ref` to a component of one kind means; None, with a problem, when it means nothing."""
        if len(item) > 1:
            extra = ", ".join(sorted(set(item) - {"$ref"}))
            self.report(where, f"{extra} beside $ref would be ignored", "move it into the component")
        ref = str(item["$ref"])
        prefix = f"#/components/{kind}/"
        name = ref.removeprefix(prefix)
        component = self.root.get("components", {}).get(kind, {}).get(name) if ref.startswith(prefix) else None
        if component is None:
            self.report(
                f"{where}/$ref", f"{ref!r} leads nowhere", f"only references to {prefix}… of this file are followed"
            )
        return component

    def follow(self, schema: Any) -> Mapping[str, Any]:
        """Return the schema behind references, an empty one when there is none."""
        seen: set[str] = set()
        while isinstance(schema, dict) and "$ref" in schema and schema["$ref"] not in seen:
            seen.add(schema["$ref"])
            name = str(schema["$ref"]).removeprefix("#/components/schemas/")
            schema = self.root.get("components", {}).get("schemas", {}).get(name)
        return schema if isinstance(schema, dict) else {}

    def schema(self, where: str, schema: Any) -> None:
        """Check one schema and everything in it."""
        if isinstance(schema, bool):
            self.report(where, "a schema that is only true or false is not supported", "write {} for anything")
            return
        if "$ref" in schema:
            self.resolve(where, schema, "schemas")
            return
        for key in schema:
            if key not in KNOWN:
                fix = _FIXES.get(key, "remove it, or teach the generator to carry it")
                self.report(f"{where}/{pointer(key)}", f"{key!r} in a schema is not carried into the client", fix)
        self._type(where, schema)
        self._unions(where, schema)
        self._object(where, schema)
        if "enum" in schema:
            self._enum(where, schema)
        for name, item in schema.get("properties", {}).items():
            self.schema(f"{where}/properties/{pointer(name)}", item)
        if "items" in schema:
            self.schema(f"{where}/items", schema["items"])
        if not isinstance(schema.get("additionalProperties", True), bool):
            self.schema(f"{where}/additionalProperties", schema["additionalProperties"])
        for key in ("anyOf", "oneOf", "allOf"):
            for index, item in enumerate(schema.get(key, [])):
                self.schema(f"{where}/{key}/{index}", item)

    def _type(self, where: str, schema: Mapping[str, Any]) -> None:
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else list(kinds)
        for kind in kinds:
            if kind not in _TYPES:
                self.report(f"{where}/type", f"there is no type {kind!r}", f"one of {', '.join(sorted(_TYPES))}")
        form = schema.get("format")
        if form is not None and not any(form in FORMATS.get(kind, ()) for kind in kinds):
            self.report(f"{where}/format", f"the format {form!r} would be ignored", "remove it")
        if "items" in schema and "array" not in kinds:
            self.report(f"{where}/items", "items of something that is not an array", "write type: array")
        absent = schema.get("x-absent")
        if absent is not None and (absent != "empty" or not {"array", "object"} & set(kinds)):
            self.report(f"{where}/x-absent", "only an array or an object can read as empty", "write `empty`, there")

    def _unions(self, where: str, schema: Mapping[str, Any]) -> None:
        alternatives = [key for key in ("anyOf", "oneOf") if key in schema]
        tag = schema.get("discriminator")
        if tag is not None and not (isinstance(tag, dict) and isinstance(tag.get("propertyName"), str)):
            self.report(f"{where}/discriminator", "a discriminator names a member", "give it propertyName")
        beside = sorted(STRUCTURE & set(schema) - set(alternatives[:1]))
        if alternatives and beside:
            self.report(
                where, f"{', '.join(beside)} beside {alternatives[0]} would be ignored", "move it into each member"
            )

    def _object(self, where: str, schema: Mapping[str, Any]) -> None:
        properties = schema.get("properties", {})
        if (properties or "additionalProperties" in schema) and schema.get("type", "object") != "object":
            kinds = schema["type"]
            if not (isinstance(kinds, list) and "object" in kinds):
                self.report(f"{where}/type", "members of something that is not an object", "write type: object")
        for name in schema.get("required", []):
            if isinstance(properties.get(name), dict) and "x-absent" in properties[name]:
                self.report(f"{where}/required", f"{name!r} is required, yet has x-absent", "keep one of them")

    def _enum(self, where: str, schema: Mapping[str, Any]) -> None:
        values = [value for value in schema["enum"] if value is not None]
        kinds = {type(value) for value in values}
        if not values or len(kinds) != 1 or not kinds <= {str, int}:
            self.report(f"{where}/enum", "the values of an enum must be all strings or all integers", "write them so")
