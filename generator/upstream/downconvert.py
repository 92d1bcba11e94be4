"""Say an OpenAPI 3 document in the dialect that the generator takes, and report what that dialect has no words for.

Nothing is guessed: what does not fit is left out and named, a whole operation when a part of it is essential.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.errors import SpecError
from generator.spec.canonical import alike
from generator.spec.lint import METHODS, MULTIPART, SSE
from generator.spec.lint_schema import FORMATS, KNOWN, STRUCTURE
from generator.upstream.naming import snake

MAX_DEPTH = 60
REF = "#/components/schemas/"
_UNREAD = frozenset({"title", "example", "examples", "externalDocs", "xml", "$schema", "$id", "$comment", "default"})
_UNIONS = ("anyOf", "oneOf")
_PARTS = ("type", "properties", "required")  # what an inline member of an allOf may hold
_SET_BY_TRANSPORT = frozenset({"accept", "content-type", "authorization"})


class Dialect:
    """The translation of one document.

    Attributes:
        notes: What was left out, one line per kind and place.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.notes: list[str] = []
        self._components: Mapping[str, Any] = document.get("components") or {}
        self._document = document
        self._dropped: Counter[str] = Counter()

    def operations(self, wanted: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """Return the paths of the wanted operations, (path, method) each."""
        paths: dict[str, Any] = {}
        for path, method in wanted:
            item = self._document["paths"][path]
            where = f"{method.upper()} {path}"
            paths.setdefault(path, {})[method] = self._operation(where, path, method, item)
        return paths

    def schemas(self, paths: Mapping[str, Any]) -> dict[str, Any]:
        """Return the component schemas that the paths need, and those that these need."""
        given = self._components.get("schemas") or {}
        return {name: self.schema(f"schema {name}", given[name]) for name in sorted(reached(paths, given))}

    def finish(self) -> list[str]:
        """Return everything that there is to say, the many small things summed up."""
        return [*self.notes, *(f"{what}: {count} times" for what, count in sorted(self._dropped.items()) if count)]

    # --------------------------------------------------------------------------------------------------- operations

    def _operation(self, where: str, path: str, method: str, item: Mapping[str, Any]) -> dict[str, Any]:
        given = item[method]
        name = given.get("operationId") or f"{method} {path}"
        found: dict[str, Any] = {"operationId": snake(str(name))}
        for key in ("tags", "summary", "description", "deprecated"):
            if given.get(key):
                found[key] = given[key]
        scopes = sorted({scheme for entry in given.get("security") or [] for scheme in entry})
        if scopes:
            found["description"] = _joined(found.get("description"), f"Authentication: {' or '.join(scopes)}.")
        self._unknown(
            where, given, {*found, "operationId", "security", "parameters", "requestBody", "responses", "externalDocs"}
        )
        parameters = self._parameters(where, [*(item.get("parameters") or []), *(given.get("parameters") or [])])
        if parameters:
            found["parameters"] = parameters
        body = self._behind(where, given.get("requestBody"), "requestBodies")
        if body:
            found["requestBody"] = self._body(where, body)
        found["responses"] = self._responses(where, given.get("responses") or {})
        return found

    def _parameters(self, where: str, items: list[Any]) -> list[dict[str, Any]]:
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for given in items:
            item = self._behind(where, given, "parameters")
            place = f"{where}, parameter {item.get('name')!r}"
            if item.get("in") == "cookie" or (
                item.get("in") == "header" and str(item.get("name")).lower() in _SET_BY_TRANSPORT
            ):
                self.notes.append(f"{place}: the transport's business, left out")
                continue
            kept = {key: item[key] for key in ("name", "in", "required", "description", "deprecated") if item.get(key)}
            for key, normal in (("style", "form" if item.get("in") == "query" else "simple"), ("explode", None)):
                value = item.get(key)
                if value not in (None, normal) and not (key == "explode" and value is (item.get("in") == "query")):
                    kept[key] = value  # refused by the lint, which says why
            if item.get("x-contains-slashes"):
                kept["x-contains-slashes"] = True
            self._unknown(place, item, {*kept, "style", "explode", "schema", "example", "examples", "required"})
            if "schema" in item:
                schema = self.schema(place, item["schema"], member=True)
                # A parameter is left out, or has a value: there is no null in an address.
                kept["schema"] = self._sendable({key: value for key, value in schema.items() if key != "deprecated"})
                if schema.get("deprecated"):
                    kept["deprecated"] = True
                text = _default(item["schema"])
                if text:
                    kept["description"] = _joined(item.get("description"), text)
            found[str(kept.get("in")), str(kept.get("name"))] = kept
        return list(found.values())

    def _sendable(self, schema: dict[str, Any]) -> dict[str, Any]:
        kinds = schema.get("type")
        if isinstance(kinds, list) and "null" in kinds:
            rest = [kind for kind in kinds if kind != "null"]
            return {**schema, "type": rest[0] if len(rest) == 1 else rest}
        for key in _UNIONS:
            members = [self._sendable(item) for item in schema.get(key, []) if item != {"type": "null"}]
            if len(members) == 1:
                return {**{k: v for k, v in schema.items() if k != key}, **members[0]}
            if members:
                return {**schema, key: members}
        return schema

    def _body(self, where: str, given: Mapping[str, Any]) -> dict[str, Any]:
        found = {key: given[key] for key in ("required", "description") if given.get(key)}
        content = given.get("content") or {}
        media = next((name for name in ("application/json", MULTIPART) if name in content), None)
        if media is None:
            return {**found, "content": {name: self._media(where, name, entry) for name, entry in content.items()}}
        for other in sorted(set(content) - {media}):
            self.notes.append(f"{where}: the body may be {other} too; {media} is taken")
        return {**found, "content": {media: self._media(where, media, content[media])}}

    def _responses(self, where: str, given: Mapping[str, Any]) -> dict[str, Any]:
        good = {str(status): item for status, item in given.items() if str(status).startswith("2")}
        if "2XX" in good:
            anything = good.pop("2XX")
            good.setdefault("200", anything)
        self._dropped["answers that mean failure, left out: they are raised"] += len(given) - len(good)
        found: dict[str, Any] = {}
        for status, item in good.items():
            answer = self._behind(where, item, "responses")
            self._unknown(f"{where}, answer {status}", answer, {"description", "content"})
            found[status] = {"description": answer.get("description") or ""}
            content = answer.get("content") or {}
            media = next((name for name in content if name == "application/json"), next(iter(content), None))
            for other in sorted(set(content) - {media}):
                self.notes.append(f"{where}: the answer may be {other} too; {media} is taken")
            if media is not None:
                found[status]["content"] = {media: self._media(where, media, content[media], answer=True)}
        return found

    def _media(self, where: str, media: str, entry: Mapping[str, Any], *, answer: bool = False) -> dict[str, Any]:
        schema: dict[str, Any] = self.schema(where, entry.get("schema", {}))
        if answer and media == "application/octet-stream":
            schema = {"type": "string", "format": "binary"}
        elif answer and media.startswith("text/") and (media != SSE or not schema):
            schema = {"type": "string"}
        found: dict[str, Any] = {"schema": schema}
        if media == MULTIPART:
            described: dict[str, Any] = dict(schema.get("properties", {}))
            parts = {
                # Nothing is said of a part: it is a file.
                name: {"type": "string", "format": "binary", **part} if not part.get("type") else part
                for name, part in described.items()
            }
            found["schema"] = {**schema, "type": "object", "properties": parts} if parts else schema
            if entry.get("encoding"):
                found["encoding"] = entry["encoding"]
        return found

    def _behind(self, where: str, item: Any, kind: str) -> Mapping[str, Any]:
        """Return what a reference to a component other than a schema means."""
        seen: set[str] = set()
        while isinstance(item, dict) and "$ref" in item:
            ref = str(item["$ref"])
            prefix = f"#/components/{kind}/"
            item = (self._components.get(kind) or {}).get(ref.removeprefix(prefix)) if ref.startswith(prefix) else None
            if item is None or ref in seen:
                raise SpecError(f"{where}: {ref!r} leads nowhere; only references inside the document are followed")
            seen.add(ref)
        return item if isinstance(item, dict) else {}

    def _unknown(self, where: str, item: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in sorted(set(item) - set(known)):
            if key.startswith("x-"):
                self._dropped[f"the extension {key}, left out"] += 1
            elif item[key] not in (None, False, [], {}):
                self.notes.append(f"{where}: {key!r} is left out")

    # ------------------------------------------------------------------------------------------------------ schemas

    def schema(self, where: str, given: Any, depth: int = 0, *, member: bool = False) -> dict[str, Any]:
        """Return one schema, with everything in it, in the dialect. `member`: it belongs to an object, or a parameter."""
        if depth > MAX_DEPTH:
            raise SpecError(f"{where}: schemas are nested more than {MAX_DEPTH} deep")
        if not isinstance(given, dict):
            if given is not True:
                self.notes.append(f"{where}: a schema that is {given!r} is taken as anything")
            return {}
        if "$ref" in given:
            return self._reference(where, given)
        found = {key: value for key, value in given.items() if key in KNOWN and key not in _UNREAD}
        for key in sorted(set(given) - set(found) - _UNREAD - {"const", "nullable"}):
            self._dropped[f"{key!r} in a schema, left out"] += 1
        if "const" in given:
            found["enum"] = [given["const"]]
        text = _default(given)
        if text:
            found["description"] = _joined(found.get("description"), text)
        if "properties" in found:
            found["properties"] = {
                name: self.schema(f"{where}.{name}", item, depth + 1, member=True)
                for name, item in given["properties"].items()
            }
        for key in ("items", "additionalProperties"):
            if key in found and not (key == "additionalProperties" and isinstance(found[key], bool)):
                found[key] = self.schema(f"{where}[]", found[key], depth + 1)
        for key in (*_UNIONS, "allOf"):
            if key in found:
                found[key] = [self.schema(where, item, depth + 1) for item in found[key]]
        if "deprecated" in found and found.get("type") != "object" and not member:
            del found["deprecated"]  # of an element or a form: there is nothing that could say so
        self._plain(where, found)
        if given.get("nullable") is True:
            return _nullable(found)
        return self._split(found)

    def _reference(self, where: str, given: Mapping[str, Any]) -> dict[str, Any]:
        ref = str(given["$ref"])
        name = ref.removeprefix(REF)
        if name == ref or name not in (self._components.get("schemas") or {}):
            raise SpecError(f"{where}: {ref!r} leads nowhere; only references to #/components/schemas/ are followed")
        found: dict[str, Any] = {"$ref": ref}
        if given.get("description"):
            found = {"allOf": [found], "description": given["description"]}
        return _nullable(found) if given.get("nullable") is True else found

    def _plain(self, where: str, found: dict[str, Any]) -> None:
        """Take out of one schema what contradicts itself, or has no form in Python."""
        kinds = _kinds(found)
        if "array" in kinds and "items" not in found:
            found["items"] = {}
        if "items" in found and "array" not in kinds:
            del found["items"]
        form = found.get("format")
        if form is not None and not any(form in FORMATS.get(kind, ()) for kind in kinds):
            del found["format"]
            self._dropped[f"the format {form!r}, left out"] += 1
        if "enum" in found and not _enumerable(found["enum"]):
            values = ", ".join(json.dumps(value, ensure_ascii=False) for value in found.pop("enum"))
            found["description"] = _joined(found.get("description"), f"One of {values}.")
        if "properties" in found and "object" not in kinds:
            found["type"] = ["object", *kinds] if kinds else "object"
        if "allOf" in found:
            self._merge(where, found)
        union = next((key for key in _UNIONS if key in found), None)
        if union is not None:
            beside = sorted(STRUCTURE & set(found) - {union})
            if beside == ["type"]:
                del found["type"]
            elif beside:
                del found[union]
                self.notes.append(f"{where}: {union} beside {', '.join(beside)} is left out")
        described = found.get("properties", {})
        if "required" in found and "allOf" not in found:
            lost = sorted(name for name in found["required"] if name not in described)
            if lost:
                self.notes.append(f"{where}: required and not described: {', '.join(map(repr, lost))}")
            found["required"] = [name for name in found["required"] if name in described]
            if not found["required"]:
                del found["required"]

    def _merge(self, where: str, found: dict[str, Any]) -> None:
        """Make one object of the inline members of an allOf and of what stands beside it."""
        parts: list[dict[str, Any]] = found.pop("allOf")
        kept = [part for part in parts if "$ref" in part or "allOf" in part or not _is_object(part)]
        whole: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
        for part in [*(part for part in parts if part not in kept), {k: found.pop(k) for k in _PARTS if k in found}]:
            for name, item in part.get("properties", {}).items():
                before = whole["properties"].setdefault(name, item)
                if alike(before) != alike(item):
                    self.notes.append(f"{where}.{name}: the members of allOf disagree; the first is taken")
            whole["required"] += [name for name in part.get("required", []) if name not in whole["required"]]
            for key in sorted(set(part) - {*_PARTS, "description"}):
                whole.setdefault(key, part[key])
        if not whole["required"]:
            del whole["required"]
        if not whole["properties"]:
            if len(kept) == 1 and "required" not in whole:
                found |= {"allOf": kept} if "$ref" in kept[0] else {**kept[0], **found}
                return
            del whole["properties"]
        if kept:
            found["allOf"] = [*kept, whole] if set(whole) - {"type"} else kept
        else:
            found |= {**whole, **found}

    def _split(self, found: dict[str, Any]) -> dict[str, Any]:
        """Part what may be null from null where the rest has members or values of its own."""
        kinds = _kinds(found)
        if len(kinds) < 2 or not ("enum" in found or "object" in kinds):
            return found
        if "null" in kinds:
            rest = {**found, "type": [kind for kind in kinds if kind != "null"]}
            return _nullable(self._split(_single(rest)))
        members = [_single({**{k: v for k, v in found.items() if _belongs(k, kind)}, "type": [kind]}) for kind in kinds]
        outside = {"description": found["description"]} if "description" in found else {}
        return {"anyOf": [{k: v for k, v in item.items() if k != "description"} for item in members], **outside}


def reached(node: Any, schemas: Mapping[str, Any]) -> set[str]:
    """Return the names of the component schemas that a part of a document leads to."""
    found: set[str] = set()
    queue = [node]
    while queue:
        item = queue.pop()
        if isinstance(item, list):
            queue += item
        elif isinstance(item, dict):
            ref = item.get("$ref")
            name = ref.removeprefix(REF) if isinstance(ref, str) else ""
            if name in schemas and name not in found:
                found.add(name)
                queue.append(schemas[name])
            queue += item.values()
    return found


def wanted_operations(
    document: Mapping[str, Any], tags: Iterable[str], paths: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield path and method of every operation with one of the tags, or below one of the paths; of all when none is given.

    Raises:
        SpecError: naming every tag and path that selects nothing.
    """
    tags, paths = list(tags), list(paths)
    unused = {f"the tag {tag!r}" for tag in tags} | {f"the path {path!r}" for path in paths}
    found: list[tuple[str, str]] = []
    for path, item in (document.get("paths") or {}).items():
        if not isinstance(item, dict):
            raise SpecError(f"{path}: not a mapping")
        for method in METHODS:
            if not isinstance(item.get(method), dict):
                continue
            by = {f"the tag {tag!r}" for tag in item[method].get("tags") or [] if tag in tags}
            by |= {f"the path {wanted!r}" for wanted in paths if _below(path, wanted)}
            unused -= by
            if by or not (tags or paths):
                found.append((path, method))
    if unused:
        raise SpecError(*(f"{what} selects no operation" for what in sorted(unused)))
    yield from sorted(found)


def _below(path: str, wanted: str) -> bool:
    return path == wanted or path.startswith(wanted.rstrip("/") + "/")


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _is_object(schema: Mapping[str, Any]) -> bool:
    return not STRUCTURE & set(schema) - {*_PARTS, "additionalProperties"} and _kinds(schema) in ([], ["object"])


def _single(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = schema["type"]
    return {**schema, "type": kinds[0]} if len(kinds) == 1 else schema


def _belongs(key: str, kind: str) -> bool:
    """Whether a key says something of values of this kind."""
    owners = {"properties": "object", "required": "object", "additionalProperties": "object", "items": "array"}
    if key == "format":
        return kind in FORMATS
    return owners.get(key, kind) == kind


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = _kinds(schema)
    words = {"description": schema["description"]} if "description" in schema else {}
    inner = {key: value for key, value in schema.items() if key != "description"}
    if "enum" in inner:
        inner["enum"] = [value for value in inner["enum"] if value is not None]
    for key in _UNIONS:
        if key in inner:
            members = inner[key]
            return {**schema, key: members if {"type": "null"} in members else [*members, {"type": "null"}]}
    if kinds and not {"enum", "properties"} & set(inner) and "object" not in kinds:
        return {**schema, "type": [*kinds, *([] if "null" in kinds else ["null"])]}
    if list(inner) == ["allOf"] and len(inner["allOf"]) == 1:
        inner = inner["allOf"][0]
    return {"anyOf": [inner, {"type": "null"}], **words} if inner else schema


def _enumerable(values: Any) -> bool:
    """Whether the values become an enum's members: all texts or all integers, each with a name of its own."""
    present = [value for value in values if value is not None] if isinstance(values, list) else []
    kinds = {type(value) for value in present}
    if len(kinds) != 1 or not kinds <= {str, int}:
        return False
    if kinds == {int}:
        return True
    names = {re.sub(r"[^a-z0-9]+", "", value.lower()) if value[:1].isalpha() else value for value in present}
    return len(names) == len(present) and all(value.isprintable() for value in present)


def _default(schema: Any) -> str:
    if not isinstance(schema, dict) or schema.get("default") is None:
        return ""
    return f"Default: {json.dumps(schema['default'], ensure_ascii=False)}."


def _joined(text: Any, more: str) -> str:
    text = str(text or "").strip()
    # Many documents say it already.
    return text if more in text else f"{text} {more}".strip()
