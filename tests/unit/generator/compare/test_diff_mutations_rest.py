"""Seeded changes of the real OpenAPI documents: each is found wherever it can be met, called what it is, and nothing else is.

Where a schema can be met is worked out here by a walk of its own, from the operations down.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from google.protobuf import descriptor_pb2 as d
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.compare.changes import BREAKING, COMPATIBLE, NONE, RISKY, Severity
from generator.compare.openapi import compare_documents
from generator.compare.schemas import TEXTS
from generator.compare.users import Surface
from generator.spec.yamlfile import parse_document
from generator.upstream.documents import canonical_yaml

SPEC = Path(__file__).resolve().parents[4] / "spec" / "openapi"
NOTHING = Surface(d.FileDescriptorSet(), {}, {})
METHODS = ("get", "put", "post", "delete", "patch")
Json = Any
Found = set[tuple[str, str, Severity]]  # kind, where, on the wire


@cache
def document(name: str) -> Json:
    return parse_document((SPEC / f"{name}.yaml").read_bytes(), name)


class Use(NamedTuple):
    """Where a component is met, and by whom: what is written there breaks servers, what is read there breaks clients."""

    place: str
    request: bool


def operations(spec: Json) -> dict[str, Json]:
    return {
        f"{method.upper()} {path}": item[method]
        for path, item in spec["paths"].items()
        for method in METHODS
        if method in item
    }


def uses(spec: Json, component: str) -> set[Use]:
    """Return every place at which a component is met; in a component that holds itself, the outermost one only."""
    used: set[Use] = set()

    def walk(schema: Json, place: str, request: bool, above: tuple[str, ...]) -> None:
        name = schema.get("$ref", "").rpartition("/")[2]
        if name in above:
            return
        if name == component:
            used.add(Use(place, request))
        if name:
            walk(spec["components"]["schemas"][name], place, request, (*above, name))
        for member, inner in schema.get("properties", {}).items():
            walk(inner, f"{place}.{member}", request, above)
        if isinstance(schema.get("items"), dict):
            walk(schema["items"], f"{place}[]", request, above)
        if isinstance(schema.get("additionalProperties"), dict):
            walk(schema["additionalProperties"], f"{place}.*", request, above)
        for part in schema.get("allOf", []):
            walk(part, place, request, above)
        for key in ("oneOf", "anyOf"):
            branches = [branch for branch in schema.get(key, []) if branch != {"type": "null"}]
            for branch in branches:
                # Of a single variant beside null the place is the same: that is a nullable type.
                variant = f"|{branch.get('$ref', '').rpartition('/')[2]}" if len(branches) > 1 else ""
                walk(branch, place + variant, request, above)

    def named(item: Json) -> Json:
        _, _, kind, name = item["$ref"].split("/") if "$ref" in item else ("", "", "", "")
        return spec["components"][kind][name] if name else item

    for where, operation in operations(spec).items():
        path = spec["paths"][where.partition(" ")[2]]
        for parameter in map(named, [*path.get("parameters", []), *operation.get("parameters", [])]):
            walk(parameter.get("schema", {}), f"{where} {parameter['in']} {parameter['name']}", True, ())
        for content in operation.get("requestBody", {}).get("content", {}).values():
            walk(content.get("schema", {}), f"{where} body", True, ())
        for status, answer in operation.get("responses", {}).items():
            for content in named(answer).get("content", {}).values():
                walk(content.get("schema", {}), f"{where} {status}", False, ())
    return used


# --------------------------------------------------------------------------------------------- changes of a component
# Each changes one component and returns what that is called below a place, for requests and for answers.

Verdict = tuple[str, str, Severity, Severity]  # kind, what follows the place, in a request, in an answer
TEXT = "text"


def member(schema: Json, pick: random.Random, *, text: bool = False) -> str:
    """Return the name of a property: of any, or of one that is a plain text and no more."""
    plain = {"type": "string"}
    names: list[str] = [
        name
        for name, inner in schema["properties"].items()
        if not text or {key: value for key, value in inner.items() if key not in TEXTS} == plain
    ]
    assume(names)
    return pick.choice(names)


def remove(schema: Json, pick: random.Random) -> list[Verdict]:
    name = member(schema, pick)
    del schema["properties"][name]
    if name in schema.get("required", []):
        schema["required"].remove(name)
    return [("field-removed", f".{name}", BREAKING, BREAKING)]


def add(schema: Json, pick: random.Random) -> list[Verdict]:
    schema["properties"]["fresh"] = {"type": "string"}
    return [("field-added", ".fresh", COMPATIBLE, COMPATIBLE)]


def add_required(schema: Json, pick: random.Random) -> list[Verdict]:
    add(schema, pick)
    schema["required"] = [*schema.get("required", []), "fresh"]
    return [("field-added", ".fresh", BREAKING, COMPATIBLE)]


def rename(schema: Json, pick: random.Random) -> list[Verdict]:
    name = member(schema, pick)
    schema["properties"] = {"fresh" if key == name else key: inner for key, inner in schema["properties"].items()}
    must = name in schema.get("required", [])
    schema["required"] = ["fresh" if key == name else key for key in schema.get("required", [])]
    level = BREAKING if must else COMPATIBLE
    return [("field-removed", f".{name}", BREAKING, BREAKING), ("field-added", ".fresh", level, COMPATIBLE)]


def retype(schema: Json, pick: random.Random) -> list[Verdict]:
    name = member(schema, pick, text=True)
    schema["properties"][name]["type"] = "boolean"
    return [("field-retyped", f".{name}", BREAKING, BREAKING)]


def require(schema: Json, pick: random.Random) -> list[Verdict]:
    name = member(schema, pick)
    must = schema.setdefault("required", [])
    if name in must:
        must.remove(name)
        return [("required-changed", f".{name}", COMPATIBLE, BREAKING)]
    must.append(name)
    return [("required-changed", f".{name}", BREAKING, COMPATIBLE)]


def nullable(schema: Json, pick: random.Random) -> list[Verdict]:
    name = member(schema, pick, text=True)
    schema["properties"][name]["type"] = ["string", "null"]
    return [("nullable-changed", f".{name}", COMPATIBLE, BREAKING)]


def default(schema: Json, pick: random.Random) -> list[Verdict]:
    name = member(schema, pick, text=True)
    schema["properties"][name]["default"] = "fresh"
    return [("default-changed", f".{name}", BREAKING, BREAKING)]


def limit(schema: Json, pick: random.Random) -> list[Verdict]:
    name = member(schema, pick, text=True)
    schema["properties"][name]["maxLength"] = 7
    return [("limit-changed", f".{name}", BREAKING, COMPATIBLE)]


def enumerate_values(schema: Json, pick: random.Random) -> list[Verdict]:
    name = member(schema, pick, text=True)
    schema["properties"][name]["enum"] = ["one", "two"]
    return [("values-changed", f".{name}", BREAKING, COMPATIBLE)]


def deprecate(schema: Json, pick: random.Random) -> list[Verdict]:
    name = member(schema, pick, text=True)
    schema["properties"][name]["deprecated"] = True
    return [("deprecated", f".{name}", COMPATIBLE, COMPATIBLE)]


def reword(schema: Json, pick: random.Random) -> list[Verdict]:
    name = member(schema, pick, text=True)
    schema["properties"][name]["description"] = "Said in another way."
    return [("text-only", f".{name}", NONE, NONE)]


def reorder(schema: Json, pick: random.Random) -> list[Verdict]:
    names = list(schema["properties"])
    turned = list(reversed(names))
    schema["properties"] = {name: schema["properties"][name] for name in turned}
    return [("text-only", "", NONE, NONE)] if turned != names else []


OF_SCHEMAS: list[Callable[[Json, random.Random], list[Verdict]]] = [
    remove, add, add_required, rename, retype, require, nullable, default, limit, enumerate_values, deprecate, reword, reorder,
]  # fmt: skip


def values(schema: Json, pick: random.Random) -> list[Verdict]:
    """Change the values of a component that is an enum."""
    gone = pick.choice(schema["enum"])
    schema["enum"] = [value for value in schema["enum"] if value != gone] + ["fresh"]
    return [("value-removed", "", BREAKING, COMPATIBLE), ("value-added", "", COMPATIBLE, BREAKING)]


# --------------------------------------------------------------------------------------------- changes of an operation


def add_parameter(where: str, operation: Json, pick: random.Random) -> Found:
    must = pick.random() < 0.5
    operation.setdefault("parameters", []).append(
        {"name": "fresh", "in": "query", "required": must, "schema": {"type": "string"}}
    )
    return {("parameter-added", f"{where} query fresh", BREAKING if must else COMPATIBLE)}


def own_parameter(operation: Json, pick: random.Random) -> Json:
    parameters = [item for item in operation.get("parameters", []) if item.get("in") == "query"]
    assume(parameters)
    return pick.choice(parameters)


def remove_parameter(where: str, operation: Json, pick: random.Random) -> Found:
    gone = own_parameter(operation, pick)
    operation["parameters"].remove(gone)
    return {("parameter-removed", f"{where} query {gone['name']}", BREAKING)}


def rename_parameter(where: str, operation: Json, pick: random.Random) -> Found:
    changed = own_parameter(operation, pick)
    before, changed["name"] = changed["name"], "fresh"
    level = BREAKING if changed.get("required") else COMPATIBLE
    return {
        ("parameter-removed", f"{where} query {before}", BREAKING),
        ("parameter-added", f"{where} query fresh", level),
    }


def require_parameter(where: str, operation: Json, pick: random.Random) -> Found:
    changed = own_parameter(operation, pick)
    changed["required"] = not changed.get("required", False)
    level = BREAKING if changed["required"] else COMPATIBLE
    return {("required-changed", f"{where} query {changed['name']}", level)}


def reorder_parameters(where: str, operation: Json, pick: random.Random) -> Found:
    assume(len(operation.get("parameters", [])) > 1)
    operation["parameters"].reverse()
    return {("text-only", where, NONE)}


def call_otherwise(where: str, operation: Json, pick: random.Random) -> Found:
    operation["operationId"] = "fresh"
    return {("operation-renamed", where, NONE)}


def tell_otherwise(where: str, operation: Json, pick: random.Random) -> Found:
    operation["summary"] = "Said in another way."
    return {("text-only", where, NONE)}


def answer_more(where: str, operation: Json, pick: random.Random) -> Found:
    operation["responses"]["299"] = {"description": "New."}
    return {("response-added", f"{where} 299", RISKY)}


def ask_for_a_scope(where: str, operation: Json, pick: random.Random) -> Found:
    operation["security"] = [{"fresh": ["apps:write"]}]
    return {("security-changed", where, BREAKING)}


def require_body(where: str, operation: Json, pick: random.Random) -> Found:
    assume("requestBody" in operation)
    body = operation["requestBody"]
    body["required"] = not body.get("required", False)
    return {("required-changed", f"{where} body", BREAKING if body["required"] else COMPATIBLE)}


def take_another_body(where: str, operation: Json, pick: random.Random) -> Found:
    assume("requestBody" in operation)
    operation["requestBody"]["content"]["application/x-fresh"] = {"schema": {"type": "string"}}
    return {("media-type-added", f"{where} body", COMPATIBLE)}


OF_OPERATIONS: list[Callable[[str, Json, random.Random], Found]] = [
    add_parameter, remove_parameter, rename_parameter, require_parameter, reorder_parameters, call_otherwise,
    tell_otherwise, answer_more, ask_for_a_scope, require_body, take_another_body,
]  # fmt: skip
NAMES = ["control-plane", "platform"]


def compared(name: str, new: Json) -> Found:
    changes = compare_documents(name, document(name), new, NOTHING)
    assert all(change.on_wire is change.as_json for change in changes)
    return {(change.kind, change.where, change.on_wire) for change in changes}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mutate", [*OF_SCHEMAS, values], ids=lambda mutate: str(mutate.__name__))
@settings(max_examples=12, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_a_change_of_a_component_is_found_wherever_it_is_met(
    name: str, mutate: Callable[[Json, random.Random], list[Verdict]], seed: int
) -> None:
    pick = random.Random(seed)
    new = copy.deepcopy(document(name))
    wanted = "enum" if mutate is values else "properties"
    components = sorted(key for key, schema in new["components"]["schemas"].items() if schema.get(wanted))
    assume(components)
    component = pick.choice(components)
    # Where it is met is looked for in both: a reference that it takes along is gone from the new one.
    met = uses(document(name), component)
    assume(met)
    verdicts = mutate(new["components"]["schemas"][component], pick)
    assert compared(name, new) == {
        (kind, f"{use.place}{below}", request if use.request else answer)
        for use in met
        for kind, below, request, answer in verdicts
    }


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, derandomize=True)
@given(seed=st.integers(0, 2**32), choices=st.lists(st.sampled_from(OF_OPERATIONS), min_size=1, max_size=5))
def test_changes_of_operations_are_found_exactly(name: str, seed: int, choices: list[Any]) -> None:
    pick = random.Random(seed)
    new = copy.deepcopy(document(name))
    targets = pick.sample(sorted(operations(new).items(), key=lambda item: item[0]), len(choices))
    expected: Found = set()
    for mutate, (where, operation) in zip(choices, targets, strict=True):
        expected |= mutate(where, operation, pick)
    assert compared(name, new) == expected


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_operations_that_come_and_go_are_found_exactly(name: str, seed: int) -> None:
    pick = random.Random(seed)
    new = copy.deepcopy(document(name))
    gone = pick.choice(sorted(operations(new)))
    method, _, path = gone.partition(" ")
    new["paths"]["/fresh"] = {method.lower(): new["paths"][path].pop(method.lower())}
    assert compared(name, new) == {
        ("operation-removed", gone, BREAKING),
        ("operation-added", f"{method} /fresh", COMPATIBLE),
    }


def places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else ()
    return [place for key, child in children for place in ((*above, key), *places(child, (*above, key)))]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=100, derandomize=True)
@given(data=st.data())
def test_whatever_is_taken_out_of_an_operation_is_reported(name: str, data: st.DataObject) -> None:
    new = copy.deepcopy(document(name))
    place = data.draw(st.sampled_from([p for p in places(new["paths"]) if len(p) > 1]))
    owner = new["paths"]
    for key in place[:-1]:
        owner = owner[key]
    # `required: false` and `schema: {}` say nothing that leaving them out does not say.
    assume(owner.pop(place[-1]) not in (False, {}))
    changes = compare_documents("it", document(name), new, NOTHING)
    assert changes, place
    if place[-1] in TEXTS:
        assert all(change.worst is NONE for change in changes)


def shuffled(value: Any, pick: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        pick.shuffle(keys)
        return {key: shuffled(value[key], pick) for key in keys}
    return [shuffled(item, pick) for item in value] if isinstance(value, list) else value


def walked(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from walked(child)
    elif isinstance(value, list):
        for child in value:
            yield from walked(child)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_a_document_in_another_order_is_the_same_document(name: str, seed: int) -> None:
    other = shuffled(document(name), random.Random(seed))
    assert {change.kind for change in compare_documents("it", document(name), other, NOTHING)} <= {"text-only"}
    assert canonical_yaml(other, "") == canonical_yaml(document(name), "")


@pytest.mark.parametrize("name", NAMES)
def test_a_document_in_other_words_differs_in_words_only(name: str) -> None:
    other = copy.deepcopy(document(name))
    for node in walked(other["paths"]):
        if isinstance(node.get("description"), str):
            node["description"] += " Said in another way."
    changes = compare_documents("it", document(name), other, NOTHING)
    assert changes
    assert {change.kind for change in changes} == {"text-only"}
    assert all(change.worst is NONE for change in changes)
