"""Compare two OpenAPI documents: paths, parameters, bodies, answers, headers, security and servers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.compare.changes import BREAKING, COMPATIBLE, NONE, RISKY, Change, Severity
from generator.compare.schemas import TEXTS, SchemaComparison, lookup
from generator.compare.users import Surface
from generator.spec.lint_shape import METHODS

Document = Mapping[str, Any]
_OPERATION = {
    "operationId",
    "tags",
    "parameters",
    "requestBody",
    "responses",
    "security",
    "deprecated",
    "servers",
    *TEXTS,
}
_PARAMETER = {"name", "in", "required", "schema", "content", "deprecated", *TEXTS}
# Kinds of changes that break here and that `redocly diff` calls harmless, and why.
STRICTER = {
    "parameter-renamed": "the argument of the generated function has the name of the path's parameter",
    "default-changed": "who leaves it out gets another result",
    "body-added": "a call without the body is refused",
    "required-changed": "what becomes optional may be None for a reader; what becomes required is missing in code that makes it",
    "nullable-changed": "the attribute has another type, which type-checked code has to follow",
    "variant-added": "as nullable-changed",
    "variant-removed": "a class that code may name is gone from the union",
    "value-removed": "a member of the enum that code may name is gone",
    "values-changed": "the enum that code may name is gone",
    "schema-changed": "what is readOnly is no longer sent",
    "class-changed": "values are of another class",
    "field-retyped": "what had a type is anything now: its values are no longer read and checked as that type",
    "field-removed": "an attribute or argument that code may name is gone",
}
_ROOT = {"openapi", "info", "servers", "security", "paths", "components", "tags", *TEXTS}


def compare_documents(name: str, old: Document, new: Document, surface: Surface) -> list[Change]:
    """Return every difference between two documents; `name` stands in front of what belongs to no operation."""
    return list(_Comparison(name, old, new, surface).run())


class _Comparison:
    def __init__(self, name: str, old: Document, new: Document, surface: Surface) -> None:
        self._name = name
        self._old = old
        self._new = new
        self._surface = surface
        self._users: tuple[str, ...] = ()
        self._operation = ""

    def run(self) -> Iterator[Change]:
        yield from self._root()
        before, after = _operations(self._old), _operations(self._new)
        for key, (path, method, item) in before.items():
            where = f"{method.upper()} {path}"
            self._operation = str(item.get("operationId", ""))
            self._users = self._surface.of_operation(self._operation)
            counterpart = after.get(key)
            if counterpart is None:
                yield self._change("operation-removed", where, f"{where} is gone", BREAKING, BREAKING)
            else:
                yield from self._operations(where, path, item, counterpart[0], counterpart[2])
        for key, (path, method, _) in after.items():
            if key not in before:
                where = f"{method.upper()} {path}"
                self._users = ()
                yield self._change("operation-added", where, f"{where} is new", COMPATIBLE, COMPATIBLE)

    def _change(
        self, kind: str, where: str, text: str, wire: Severity, code: Severity, users: tuple[str, ...] | None = None
    ) -> Change:
        users = self._users if users is None else users
        # What breaks the bytes or the call breaks the method above it; the rest does not show there.
        seen = max(wire, code) if users and max(wire, code) is not COMPATIBLE else NONE
        return Change("rest", kind, where, text, wire, wire, code, seen, users if seen else ())

    # ------------------------------------------------------------------------------------------------------ document

    def _root(self) -> Iterator[Change]:
        self._users = ()
        old, new = self._old, self._new
        if old.get("openapi") != new.get("openapi"):
            text = f"the document is written in OpenAPI {new.get('openapi')}, was {old.get('openapi')}"
            yield self._change("text-only", self._name, text, NONE, NONE)
        for key in ("info", "tags", "externalDocs"):
            if old.get(key) != new.get(key):
                yield self._change("text-only", self._name, f"{key} of {self._name} was reworded", NONE, NONE)
        yield from self._servers(self._name, old.get("servers", []), new.get("servers", []))
        yield from self._schemes()
        for key in sorted((old.keys() | new.keys()) - _ROOT):
            if old.get(key) != new.get(key):
                level = RISKY if key.startswith("x-") else BREAKING
                yield self._change("document-changed", self._name, f"{key} of {self._name} changed", level, level)
        orders = [list(side.get("paths", {})) for side in (old, new)]
        if orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]):
            yield self._change("text-only", self._name, f"the paths of {self._name} are in another order", NONE, NONE)
        names = [(side.get("components") or {}).get("schemas", {}) for side in (old, new)]
        for schema in sorted(names[0].keys() - names[1].keys()):
            # Nobody sends its name; whoever uses it is compared where it is used.
            yield self._change("schema-removed", schema, f"the schema {schema} is gone", NONE, BREAKING)
        for schema in sorted(names[1].keys() - names[0].keys()):
            yield self._change("schema-added", schema, f"the schema {schema} is new", NONE, COMPATIBLE)

    def _servers(self, where: str, old: Any, new: Any) -> Iterator[Change]:
        before, after = ([str(item.get("url")) for item in side] for side in (old, new))
        for url in (url for url in before if url not in after):
            yield self._change("server-removed", where, f"the server {url} of {where} is gone", BREAKING, BREAKING)
        for url in (url for url in after if url not in before):
            yield self._change("server-added", where, f"the server {url} of {where} is new", COMPATIBLE, COMPATIBLE)
        if sorted(before) == sorted(after) and old != new:
            yield self._change("text-only", where, f"the servers of {where} are described differently", NONE, NONE)

    def _schemes(self) -> Iterator[Change]:
        before, after = ((side.get("components") or {}).get("securitySchemes", {}) for side in (self._old, self._new))
        for name in sorted(before.keys() | after.keys()):
            if name not in after:
                yield self._change("security-changed", name, f"the security scheme {name} is gone", BREAKING, BREAKING)
            elif name not in before:
                yield self._change(
                    "security-changed", name, f"the security scheme {name} is new", COMPATIBLE, COMPATIBLE
                )
            elif _untold(before[name]) != _untold(after[name]):
                text = f"the security scheme {name} works differently"
                yield self._change("security-changed", name, text, BREAKING, BREAKING)
            elif before[name] != after[name]:
                yield self._change("text-only", name, f"the security scheme {name} was reworded", NONE, NONE)

    # ----------------------------------------------------------------------------------------------------- operations

    def _operations(self, where: str, path: str, old: Document, new_path: str, new: Document) -> Iterator[Change]:
        if path != new_path:
            text = f"the path parameters of {where} have other names: {new_path}"
            yield self._change("parameter-renamed", where, text, NONE, BREAKING)
        if old.get("operationId") != new.get("operationId"):
            text = f"{where} was called {old.get('operationId')} and is called {new.get('operationId')}"
            yield self._change("operation-renamed", where, text, NONE, BREAKING)
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            word = "now" if new.get("deprecated") else "no longer"
            yield self._change("deprecated", where, f"{where} is {word} deprecated", COMPATIBLE, COMPATIBLE)
        if old.get("tags") != new.get("tags"):
            text = f"the tags of {where} were {old.get('tags')} and are {new.get('tags')}"
            yield self._change("tags-changed", where, text, NONE, COMPATIBLE)
        for key in sorted(TEXTS):
            if old.get(key) != new.get(key):
                yield self._change("text-only", where, f"the {key} of {where} was reworded", NONE, NONE)
        for key in sorted((old.keys() | new.keys()) - _OPERATION):
            if old.get(key) != new.get(key):
                level = RISKY if key.startswith("x-") else BREAKING
                yield self._change("operation-changed", where, f"{key} of {where} changed", level, level)
        if "servers" in old or "servers" in new:
            yield from self._servers(where, old.get("servers", []), new.get("servers", []))
        yield from self._security(where, old, new)
        yield from self._parameters(where, path, old, new_path, new)
        yield from self._body(
            where, self._object(old.get("requestBody"), self._old), self._object(new.get("requestBody"), self._new)
        )
        yield from self._responses(where, old.get("responses") or {}, new.get("responses") or {})

    def _security(self, where: str, old: Document, new: Document) -> Iterator[Change]:
        before = _alternatives(old.get("security", self._old.get("security", [])))
        after = _alternatives(new.get("security", self._new.get("security", [])))
        # A caller who held what an old alternative asks for must still satisfy one.
        for alternative in before:
            if not any(_satisfied(needed, alternative) for needed in after or [{}]):
                text = f"{where} no longer accepts {_secured(alternative)}; it asks for "
                text += " or ".join(map(_secured, after)) or "nothing"
                yield self._change("security-changed", where, text, BREAKING, BREAKING)
        if not before and after and {} not in after:
            text = f"{where} now asks for {' or '.join(map(_secured, after))}"
            yield self._change("security-changed", where, text, BREAKING, BREAKING)
        elif before != after and all(any(_satisfied(n, a) for n in after or [{}]) for a in before):
            yield self._change(
                "security-changed",
                where,
                f"{where} asks for less, or for something else as well",
                COMPATIBLE,
                COMPATIBLE,
            )

    def _parameters(self, where: str, path: str, old: Document, new_path: str, new: Document) -> Iterator[Change]:
        before = self._inputs(path, old, self._old)
        after = self._inputs(new_path, new, self._new)
        for key, item in before.items():
            place = f"{where} {key[0]} {item['name']}"
            users = self._surface.of_parameter(self._operation, str(item["name"]))
            newer = after.get(key)
            if newer is None:
                yield self._change("parameter-removed", place, f"{place} is gone", BREAKING, BREAKING, users)
                continue
            if bool(item.get("required")) != bool(newer.get("required")):
                word, level = ("required", BREAKING) if newer.get("required") else ("optional", COMPATIBLE)
                yield self._change("required-changed", place, f"{place} is now {word}", level, level, users)
            for key_ in sorted((item.keys() | newer.keys()) - _PARAMETER):
                if item.get(key_) != newer.get(key_):
                    level = RISKY if key_.startswith("x-") else BREAKING
                    yield self._change("parameter-changed", place, f"{key_} of {place} changed", level, level, users)
            if bool(item.get("deprecated")) != bool(newer.get("deprecated")):
                yield self._change(
                    "deprecated", place, f"{place} changed its deprecation", COMPATIBLE, COMPATIBLE, users
                )
            for text in sorted(TEXTS):
                if item.get(text) != newer.get(text):
                    yield self._change("text-only", place, f"the {text} of {place} was reworded", NONE, NONE)
            yield from self._schemas(item.get("schema"), newer.get("schema"), place, True, users)
            yield from self._contents(item.get("content") or {}, newer.get("content") or {}, place, True)
        for key, item in after.items():
            if key not in before:
                place = f"{where} {key[0]} {item['name']}"
                level = BREAKING if item.get("required") else COMPATIBLE
                text = f"{place} is new" + (" and required" if item.get("required") else "")
                yield self._change("parameter-added", place, text, level, level)
        if [k for k in before if k in after] != [k for k in after if k in before]:
            yield self._change("text-only", where, f"the parameters of {where} are in another order", NONE, NONE)

    def _inputs(self, path: str, operation: Document, document: Document) -> dict[tuple[str, str], Document]:
        shared = (document["paths"].get(path) or {}).get("parameters", [])
        places = re.findall(r"\{([^}]*)\}", path)
        inputs: dict[tuple[str, str], Document] = {}
        for raw in [*shared, *operation.get("parameters", [])]:
            item = self._object(raw, document)
            name, kind = str(item.get("name")), str(item.get("in"))
            # A path parameter is known by its place, a header by its name in any case.
            key = str(places.index(name)) if kind == "path" and name in places else name
            inputs[kind, key.lower() if kind == "header" else key] = {"name": name, **item}
        return inputs

    def _body(self, where: str, old: Document, new: Document) -> Iterator[Change]:
        place = f"{where} body"
        if not old and not new:
            return
        if not new:
            yield self._change("body-removed", place, f"{where} no longer takes a body", BREAKING, BREAKING)
            return
        if not old:
            level = BREAKING if new.get("required") else COMPATIBLE
            word = "needs" if new.get("required") else "takes"
            yield self._change("body-added", place, f"{where} now {word} a body", level, level)
            return
        if bool(old.get("required")) != bool(new.get("required")):
            word, level = ("required", BREAKING) if new.get("required") else ("optional", COMPATIBLE)
            yield self._change("required-changed", place, f"the body of {where} is now {word}", level, level)
        if old.get("description") != new.get("description"):
            yield self._change("text-only", place, f"the description of {place} was reworded", NONE, NONE)
        yield from self._contents(old.get("content") or {}, new.get("content") or {}, place, True)

    def _responses(self, where: str, old: Document, new: Document) -> Iterator[Change]:
        for status in sorted(old.keys() | new.keys()):
            place = f"{where} {status}"
            if status not in new:
                yield self._change("response-removed", place, f"{where} no longer answers {status}", BREAKING, BREAKING)
                continue
            if status not in old:
                level = RISKY if status.startswith(("2", "3")) else COMPATIBLE
                yield self._change("response-added", place, f"{where} may now answer {status}", level, COMPATIBLE)
                continue
            before, after = self._object(old[status], self._old), self._object(new[status], self._new)
            if before.get("description") != after.get("description"):
                yield self._change("text-only", place, f"the description of {place} was reworded", NONE, NONE)
            yield from self._headers(place, before.get("headers") or {}, after.get("headers") or {})
            yield from self._contents(before.get("content") or {}, after.get("content") or {}, place, False)

    def _headers(self, place: str, old: Document, new: Document) -> Iterator[Change]:
        before, after = ({name.lower(): item for name, item in side.items()} for side in (old, new))
        for name in sorted(before.keys() | after.keys()):
            where = f"{place} header {name}"
            if name not in after:
                yield self._change("header-removed", where, f"{where} is gone", BREAKING, BREAKING)
            elif name not in before:
                yield self._change("header-added", where, f"{where} is new", COMPATIBLE, COMPATIBLE)
            else:
                one, two = self._object(before[name], self._old), self._object(after[name], self._new)
                if bool(one.get("required")) and not two.get("required"):
                    yield self._change("required-changed", where, f"{where} is now optional", BREAKING, BREAKING)
                elif bool(one.get("required")) != bool(two.get("required")):
                    yield self._change("required-changed", where, f"{where} is now required", COMPATIBLE, COMPATIBLE)
                if one.get("description") != two.get("description"):
                    yield self._change("text-only", where, f"the description of {where} was reworded", NONE, NONE)
                yield from self._schemas(one.get("schema"), two.get("schema"), where, False)

    def _contents(self, old: Document, new: Document, place: str, request: bool) -> Iterator[Change]:
        for kind in sorted(old.keys() | new.keys()):
            if kind not in new:
                yield self._change("media-type-removed", place, f"{place} is no longer {kind}", BREAKING, BREAKING)
            elif kind not in old:
                yield self._change("media-type-added", place, f"{place} may be {kind}", COMPATIBLE, COMPATIBLE)
            else:
                yield from self._schemas(old[kind].get("schema"), new[kind].get("schema"), place, request)
                for key in sorted((old[kind].keys() | new[kind].keys()) - {"schema"}):
                    if old[kind].get(key) != new[kind].get(key):
                        harmless = key in TEXTS
                        level = NONE if harmless else RISKY if key.startswith("x-") else BREAKING
                        sort = "text-only" if harmless else "media-type-changed"
                        yield self._change(sort, place, f"{key} of {place} changed", level, level)

    def _schemas(
        self, old: Any, new: Any, place: str, request: bool, users: tuple[str, ...] | None = None
    ) -> Iterator[Change]:
        if old is None and new is None:
            return
        comparison = SchemaComparison(self._old, self._new, request)
        for kind, where, text, wire, code in comparison.compare(old, new, place):
            shown = users
            if users is None and request and where.startswith(f"{place}."):
                member = where.removeprefix(f"{place}.").split(".")[0].split("[")[0].split("|")[0]
                shown = self._surface.of_parameter(self._operation, member)
            yield self._change(kind, where, text, wire, code, shown)

    def _object(self, item: Any, document: Document) -> dict[str, Any]:
        while isinstance(item, Mapping) and "$ref" in item:
            item = lookup(document, str(item["$ref"]))
        return dict(item) if isinstance(item, Mapping) else {}


def _operations(document: Document) -> dict[tuple[str, str], tuple[str, str, Document]]:
    return {
        (re.sub(r"\{[^}]*\}", "{}", path), method): (path, method, item[method])
        for path, item in document["paths"].items()
        if isinstance(item, Mapping)
        for method in METHODS
        if isinstance(item.get(method), Mapping)
    }


def _untold(item: Any) -> Any:
    return {key: value for key, value in item.items() if key not in TEXTS} if isinstance(item, Mapping) else item


def _alternatives(security: Any) -> list[dict[str, frozenset[str]]]:
    return [{name: frozenset(scopes) for name, scopes in item.items()} for item in security or []]


def _satisfied(needed: Mapping[str, frozenset[str]], held: Mapping[str, frozenset[str]]) -> bool:
    return all(name in held and scopes <= held[name] for name, scopes in needed.items())


def _secured(alternative: Mapping[str, frozenset[str]]) -> str:
    words = [
        name + (f"({', '.join(sorted(scopes))})" if scopes else "") for name, scopes in sorted(alternative.items())
    ]
    return " and ".join(words) or "nothing"
