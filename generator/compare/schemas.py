"""Compare two JSON schemas as the values of requests, or as those of answers.

What a request may hold must not become less, what an answer may hold must not become more: a client of the other version
meets the difference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.compare.changes import BREAKING, COMPATIBLE, NONE, RISKY, Severity
from generator.spec.names import constants
from generator.spec.rest_types import TEXT_FORMATS

Schema = Any
Finding = tuple[str, str, str, Severity, Severity]  # kind, place, text, on the wire, in code
TEXTS = frozenset({"description", "title", "summary", "example", "examples", "externalDocs", "$comment", "xml"})
_LOWER = ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum")
_UPPER = ("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum")
_UNIONS = ("oneOf", "anyOf")
_NAMES = "x-enum-varnames"
_WIDER = {("int32", "int64"), ("float", "double"), *((one, None) for one in ("int32", "int64", "float", "double"))}
_HANDLED = {
    *("type", "nullable", "properties", "required", "items", "additionalProperties", "enum", "const", "default"),
    *("format", "pattern", "deprecated", "readOnly", "writeOnly", "allOf", "$ref", "uniqueItems", _NAMES),
    *(*_UNIONS, *_LOWER, *_UPPER, *TEXTS),
}


class SchemaComparison:
    """One comparison of two documents' schemas; `request` decides which direction of a change breaks."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any], request: bool) -> None:
        self._old = old
        self._new = new
        self._request = request
        self._open: set[tuple[str, str]] = set()

    def compare(self, old: Schema, new: Schema, place: str) -> Iterator[Finding]:
        """Yield what differs between two schemas at `place`, references followed."""
        pair = (_name(old), _name(new))
        if pair in self._open:
            return  # a schema inside of itself
        if all(pair):
            self._open.add(pair)
        one, two = self._resolve(old, self._old), self._resolve(new, self._new)
        yield from self._class(old, new, one, two, place)
        if one != two or one.keys() & {"properties", "items", "additionalProperties", *_UNIONS}:
            yield from self._both(one, two, place)
        self._open.discard(pair)

    def _resolve(self, schema: Schema, document: Mapping[str, Any]) -> dict[str, Any]:
        """Follow references and merge allOf, so that two ways to write one schema are the same."""
        if schema is False:
            return {"not": {}}
        if not isinstance(schema, Mapping):
            return {}  # true, or nothing: anything goes
        resolved = dict(schema)
        seen: set[str] = set()
        while "$ref" in resolved:
            name = resolved.pop("$ref")
            if name in seen:
                break
            seen.add(name)
            target = lookup(document, name)
            resolved = {**target, **resolved} if isinstance(target, Mapping) else resolved
        for part in resolved.pop("allOf", ()):
            other = self._resolve(part, document)
            resolved["properties"] = {**other.get("properties", {}), **resolved.get("properties", {})}
            resolved["required"] = [*resolved.get("required", []), *other.get("required", [])]
            resolved = {**other, **resolved}
            resolved = {key: value for key, value in resolved.items() if value not in ([], {}) or key == "items"}
        types = resolved.get("type")
        kinds: set[str] = {types} if isinstance(types, str) else set(types or ())
        if resolved.pop("nullable", False) and kinds:
            kinds.add("null")
        # A union with null is a nullable type, however it is written.
        for key in _UNIONS:
            branches = resolved.get(key)
            if isinstance(branches, list) and {"type": "null"} in branches:
                rest = [branch for branch in branches if branch != {"type": "null"}]
                if len(rest) == 1:
                    del resolved[key]
                    inner = self._resolve(rest[0], document)
                    kinds |= set(inner.get("type", ())) | {"null"} if inner.get("type") else set()
                    resolved = {**inner, **resolved}
        if kinds:
            resolved["type"] = sorted(kinds)
        return resolved

    def _class(
        self, old: Schema, new: Schema, one: dict[str, Any], two: dict[str, Any], place: str
    ) -> Iterator[Finding]:
        """Yield that values are of another class: it is named after its schema, whatever that holds."""
        before, after = _class_name(old), _class_name(new)
        if before != after and all(item.get("properties") or "enum" in item for item in (one, two)):
            text = f"{place} was {before or 'a class of its own'} and is {after or 'a class of its own'}"
            yield "class-changed", place, text, NONE, BREAKING

    def _narrower(self, text: str, kind: str, place: str, code: Severity = COMPATIBLE) -> Finding:
        return kind, place, text, BREAKING if self._request else COMPATIBLE, code

    def _wider(self, text: str, kind: str, place: str, code: Severity = COMPATIBLE) -> Finding:
        return kind, place, text, COMPATIBLE if self._request else BREAKING, code

    def _both(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Finding]:
        yield from self._types(old, new, place)
        yield from self._values(old, new, place)
        yield from self._limits(old, new, place)
        yield from self._properties(old, new, place)
        yield from self._unions(old, new, place)
        if "items" in old and "items" in new:
            yield from self.compare(old["items"], new["items"], f"{place}[]")
        elif ("items" in old) != ("items" in new):
            yield (
                "field-retyped",
                f"{place}[]",
                f"the items of {place} are described differently",
                BREAKING,
                BREAKING,
            )
        if old.get("default") != new.get("default") or ("default" in old) != ("default" in new):
            text = f"the default of {place} was {_shown(old, 'default')} and is {_shown(new, 'default')}"
            yield "default-changed", place, text, BREAKING, BREAKING
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            word = "now" if new.get("deprecated") else "no longer"
            yield "deprecated", place, f"{place} is {word} deprecated", COMPATIBLE, COMPATIBLE
        for key, sent in (("readOnly", False), ("writeOnly", True)):
            if bool(old.get(key)) != bool(new.get(key)):
                word = "now" if new.get(key) else "no longer"
                shut = bool(new.get(key)) and self._request is not sent
                level = BREAKING if shut else COMPATIBLE
                yield "schema-changed", place, f"{place} is {word} {key}", level, level
        for key in sorted(TEXTS):
            if old.get(key) != new.get(key):
                yield "text-only", place, f"the {key} of {place} was reworded", NONE, NONE
        for key in sorted((old.keys() | new.keys()) - _HANDLED):
            if old.get(key) != new.get(key):
                # Nothing is known of it that would make it harmless; our own marks are another matter.
                level = RISKY if key.startswith("x-") else BREAKING
                yield "schema-changed", place, f"{key} of {place} changed", level, level

    def _types(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Finding]:
        before, after = set(old.get("type", ())), set(new.get("type", ()))
        if "null" in before ^ after and before - {"null"} == after - {"null"}:
            if "null" in after:
                yield self._wider(f"{place} may now be null", "nullable-changed", place, BREAKING)
            else:
                yield self._narrower(f"{place} may no longer be null", "nullable-changed", place, BREAKING)
        elif before != after:
            text = f"{place} was {_kinds(before)} and is {_kinds(after)}"
            wider = not after or (before and before < after) or (before == {"integer"} and after == {"number"})
            narrower = not before or (after and after < before) or (before == {"number"} and after == {"integer"})
            if self._request and wider:  # what was sent may still be sent
                yield "field-retyped", place, text, COMPATIBLE, COMPATIBLE if after else BREAKING
            else:
                harmless = narrower and not self._request
                yield "field-retyped", place, text, RISKY if harmless else BREAKING, BREAKING
        one, two = old.get("format"), new.get("format")
        if one != two:
            text = f"the format of {place} was {one or 'none'} and is {two or 'none'}"
            # Python has one kind of int and one of float: what is wider on the wire is the same there.
            harmless = (one, two) in _WIDER or (not self._request and (one is None or (two, one) in _WIDER))
            retyped = {one, two} & {"decimal", *TEXT_FORMATS}
            yield (
                "field-retyped",
                place,
                text,
                COMPATIBLE if harmless else BREAKING,
                BREAKING if retyped else COMPATIBLE,
            )

    def _values(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Finding]:
        before, after = (_allowed(item) for item in (old, new))
        if before is None and after is None:
            return
        if before is None:
            yield self._narrower(f"{place} is now limited to some values", "values-changed", place, BREAKING)
        elif after is None:
            yield self._wider(f"{place} is no longer limited to some values", "values-changed", place, BREAKING)
        else:
            for value in (value for value in before if value not in after):
                yield self._narrower(f"{place} no longer takes {value}", "value-removed", place, BREAKING)
            for value in (value for value in after if value not in before):
                yield self._wider(f"{place} may now be {value}", "value-added", place)
            for value in (value for value in before if value in after):
                called, now = (_member_name(item, value) for item in (old, new))
                if called != now:
                    text = f"{value} of {place} was called {called} and is {now}"
                    yield "value-renamed", place, text, NONE, BREAKING
            if sorted(before) == sorted(after) and before != after:
                yield "text-only", place, f"the values of {place} are in another order", NONE, NONE

    def _limits(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Finding]:
        rules: list[tuple[tuple[str, ...], Callable[[Any, Any], bool]]] = [
            (_LOWER, lambda one, two: two > one),
            (_UPPER, lambda one, two: two < one),
        ]
        for keys, tighter in rules:
            for key in keys:
                one, two = old.get(key), new.get(key)
                if one == two:
                    continue
                text = f"{key} of {place} was {_shown(old, key)} and is {_shown(new, key)}"
                numbers = isinstance(one, int | float) and isinstance(two, int | float)
                if one is None or (numbers and tighter(one, two)):
                    yield self._narrower(text, "limit-changed", place)
                else:
                    yield self._wider(text, "limit-changed", place)
        if bool(old.get("uniqueItems")) != bool(new.get("uniqueItems")):
            narrower = bool(new.get("uniqueItems"))
            text = f"the items of {place} {'must now' if narrower else 'need no longer'} differ"
            yield (self._narrower if narrower else self._wider)(text, "limit-changed", place)
        if old.get("pattern") != new.get("pattern"):
            text = f"the pattern of {place} was {_shown(old, 'pattern')} and is {_shown(new, 'pattern')}"
            # A limit on what is sent may be lifted; one pattern instead of another may shut anything out.
            narrower = "pattern" in new if self._request else "pattern" in old
            yield "limit-changed", place, text, BREAKING if narrower else COMPATIBLE, COMPATIBLE

    def _properties(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Finding]:
        before, after = old.get("properties", {}), new.get("properties", {})
        must, must_now = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(before.keys() | after.keys() | must | must_now):
            where = f"{place}.{name}"
            needed = name in must_now
            if name not in after and name in before:
                yield "field-removed", where, f"{where} is gone", BREAKING, BREAKING
                continue
            if name not in before and name in after:
                level = BREAKING if needed and self._request else COMPATIBLE
                text = f"{where} is new" + (" and required" if needed else "")
                yield "field-added", where, text, level, level
                continue
            if needed and name not in must:
                yield self._narrower(f"{where} is now required", "required-changed", where, BREAKING)
            elif not needed and name in must:
                yield self._wider(f"{where} is now optional", "required-changed", where, BREAKING)
            if name in before:
                yield from self.compare(before[name], after[name], where)
        if [n for n in before if n in after] != [n for n in after if n in before]:
            yield "text-only", place, f"the properties of {place} are in another order", NONE, NONE
        one, two = (item.get("additionalProperties") for item in (old, new))
        one, two = (True if item in (None, {}) else item for item in (one, two))  # anything goes
        if isinstance(one, Mapping) and isinstance(two, Mapping):
            yield from self.compare(one, two, f"{place}.*")
        elif one != two:
            text = f"additionalProperties of {place} was {_shown(old, 'additionalProperties')} and is "
            text += _shown(new, "additionalProperties")
            if one is True or two is False:
                # A class with members of its own stays: it only meets no others.
                shut = two is False and bool(before) and not isinstance(one, Mapping)
                yield self._narrower(text, "open-changed", place, COMPATIBLE if shut else BREAKING)
            else:
                yield self._wider(text, "open-changed", place, COMPATIBLE if self._request else BREAKING)

    def _unions(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Finding]:
        for key in _UNIONS:
            before, after = old.get(key), new.get(key)
            if before is None and after is None:
                continue
            if before is None or after is None:
                yield (
                    "field-retyped",
                    place,
                    f"{place} is {'now' if after else 'no longer'} a union",
                    BREAKING,
                    BREAKING,
                )
                continue
            rest, fresh = list(before), list(after)
            for branch in list(rest):
                equal = next((other for other in fresh if not self._differs(branch, other)), None)
                if equal is not None:
                    rest.remove(branch)
                    fresh.remove(equal)
            for branch in list(rest):
                named = next((other for other in fresh if _name(branch) and _name(branch) == _name(other)), None)
                if named is not None:
                    rest.remove(branch)
                    fresh.remove(named)
                    yield from self.compare(branch, named, f"{place}|{_name(branch).rsplit('/', 1)[-1]}")
            if len(rest) == len(fresh) == 1:
                yield from self.compare(rest[0], fresh[0], f"{place}|")
                continue
            for branch in rest:
                yield self._narrower(
                    f"{place} loses the variant {_variant(branch)}", "variant-removed", place, BREAKING
                )
            for branch in fresh:
                yield self._wider(f"{place} gets the variant {_variant(branch)}", "variant-added", place, BREAKING)

    def _differs(self, old: Schema, new: Schema) -> bool:
        # To its end, as what is open is only closed there.
        findings = list(self.compare(old, new, ""))
        return any(kind != "text-only" for kind, *_ in findings)


def lookup(document: Mapping[str, Any], reference: str) -> Any:
    """Return what a reference within the document names, None when it names nothing."""
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")) if isinstance(schema, Mapping) else ""


def _class_name(schema: Schema) -> str:
    """Return the name that a schema's class has: that of the component it refers to."""
    parts = schema.get("allOf") if isinstance(schema, Mapping) else None
    if isinstance(parts, list) and len(parts) == 1 and not schema.get("properties"):
        return _class_name(parts[0])
    return _name(schema).rpartition("/")[2]


def _variant(schema: Schema) -> str:
    return _name(schema).rsplit("/", 1)[-1] or json.dumps(schema, sort_keys=True)[:60]


def _kinds(types: set[str]) -> str:
    return " or ".join(sorted(types)) or "anything"


def _shown(schema: Mapping[str, Any], key: str) -> str:
    return json.dumps(schema[key], sort_keys=True)[:60] if key in schema else "none"


def _allowed(schema: Mapping[str, Any]) -> list[str] | None:
    """Return the values that `enum` or `const` allows, as JSON, so that 1, "1" and true are three."""
    if "const" in schema:
        return [json.dumps(schema["const"], sort_keys=True)]
    return [json.dumps(value, sort_keys=True) for value in schema["enum"]] if "enum" in schema else None


def _member_name(schema: Mapping[str, Any], value: str) -> str | None:
    """Return what an enum's member is called, as the document says or by its values, of the value as JSON."""
    values, named = schema.get("enum"), schema.get(_NAMES)
    if not isinstance(values, list):
        return None
    if not isinstance(named, list) or len(values) != len(named):
        return constants(each for each in values if isinstance(each, str | int)).get(json.loads(value))
    return next(
        str(name) for name, each in zip(named, values, strict=True) if json.dumps(each, sort_keys=True) == value
    )
