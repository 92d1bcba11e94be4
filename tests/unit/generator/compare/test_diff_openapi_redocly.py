"""Whatever `redocly diff` calls breaking is called breaking by us, and what it misses is, too."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from generator.compare.changes import BREAKING, NONE, Change, Severity
from generator.compare.openapi import STRICTER, compare_documents
from generator.compare.users import Surface
from tests.unit.generator.node_tools import REDOCLY, node_tool

Json = Any


def case(number: int) -> Json:
    """Return a document with one of everything, under names of its own."""
    ref = f"#/components/schemas/C{number}"
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            f"/c{number}/apps/{{id}}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "get": {
                    "operationId": f"get{number}",
                    "summary": "Get it.",
                    "tags": ["apps"],
                    "parameters": [
                        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 9, "default": 5}},
                        {"name": "must", "in": "query", "required": True, "schema": {"type": "string", "maxLength": 8}},
                        {"name": "order", "in": "query", "schema": {"type": "string", "enum": ["up", "down"]}},
                        {"name": "X-Team", "in": "header", "schema": {"type": "string"}},
                        {"name": "many", "in": "query", "explode": True, "schema": {"type": "array", "items": {"type": "string"}}},
                    ],
                    "responses": {
                        "200": {
                            "description": "ok",
                            "headers": {"X-Rate": {"required": True, "schema": {"type": "integer"}}},
                            "content": {
                                "application/json": {"schema": {"$ref": f"{ref}App"}},
                                "text/plain": {"schema": {"type": "string"}},
                            },
                        },
                        "404": {"description": "none", "content": {"application/json": {"schema": {"$ref": f"{ref}Error"}}}},
                    },
                    "security": [{"key": []}, {"oauth": ["read"]}],
                },
                "post": {
                    "operationId": f"post{number}",
                    "requestBody": {
                        "content": {
                            "application/json": {"schema": {"$ref": f"{ref}Input"}},
                            "multipart/form-data": {"schema": {"type": "object", "properties": {"file": {"type": "string"}}}},
                        },
                    },
                    "responses": {"201": {"description": "made"}},
                    "security": [{"oauth": ["read", "write"]}],
                },
                "delete": {"operationId": f"delete{number}", "responses": {"204": {"description": "gone"}}},
            },
            f"/c{number}/other": {"get": {"operationId": f"other{number}", "responses": {"200": {"description": "ok"}}}},
        },
        "components": {
            "schemas": {
                f"C{number}App": {
                    "type": "object",
                    "required": ["name", "state"],
                    "properties": {
                        "name": {"type": "string", "description": "Its name."},
                        "state": {"type": "string", "enum": ["on", "off"]},
                        "size": {"type": ["integer", "null"], "format": "int32", "default": 1},
                        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 9},
                        "owner": {"oneOf": [{"$ref": f"{ref}User"}, {"$ref": f"{ref}Team"}]},
                        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                        "parent": {"$ref": f"{ref}App"},
                    },
                },
                f"C{number}Input": {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^a"},
                        "mode": {"type": "string", "enum": ["slow", "fast"], "default": "slow"},
                        "count": {"type": "integer", "minimum": 0},
                        "maybe": {"type": ["string", "null"]},
                        "nested": {
                            "type": "object",
                            "required": ["x"],
                            "properties": {"x": {"type": "number"}, "y": {"type": "string"}},
                        },
                        "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
                        "sizes": {"type": "object", "additionalProperties": {"type": "integer"}},
                    },
                },
                f"C{number}Error": {"type": "object", "properties": {"detail": {"type": "string"}}},
                f"C{number}User": {"type": "object", "properties": {"user": {"type": "string"}}},
                f"C{number}Team": {"type": "object", "properties": {"team": {"type": "string"}}},
            },
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "Authorization"},
                "oauth": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "https://a/t", "scopes": {"read": "r", "write": "w", "all": "a"}}},
                },
            },
        },
    }  # fmt: skip


def get(document: Json) -> Json:
    return next(iter(document["paths"].values()))["get"]


def post(document: Json) -> Json:
    return next(iter(document["paths"].values()))["post"]


def schema(document: Json, name: str) -> Json:
    return next(item for key, item in document["components"]["schemas"].items() if key.endswith(name))


def prop(document: Json, name: str, member: str) -> Json:
    return schema(document, name)["properties"][member]


def body(document: Json) -> Json:
    return post(document)["requestBody"]


Mutation = Callable[[Json], object]
MUTATIONS: dict[str, Mutation] = {
    "nothing": lambda x: None,
    "path removed": lambda x: x["paths"].popitem(),
    "path added": lambda x: x["paths"].update({f"{next(iter(x['paths']))}/new": {"get": {"responses": {}}}}),
    "path parameter renamed": lambda x: rename_path(x),
    "operation removed": lambda x: next(iter(x["paths"].values())).pop("delete"),
    "operation renamed": lambda x: get(x).update(operationId=get(x)["operationId"] + "x"),
    "operation deprecated": lambda x: get(x).update(deprecated=True),
    "tags": lambda x: get(x).update(tags=["other"]),
    "summary": lambda x: get(x).update(summary="Fetch it."),
    "parameter added": lambda x: get(x)["parameters"].append({"name": "n", "in": "query", "schema": {"type": "string"}}),
    "parameter added, required": lambda x: get(x)["parameters"].append(
        {"name": "n", "in": "query", "required": True, "schema": {"type": "string"}}
    ),
    "parameter removed": lambda x: get(x)["parameters"].pop(0),
    "parameter required": lambda x: get(x)["parameters"][0].update(required=True),
    "parameter optional": lambda x: get(x)["parameters"][1].update(required=False),
    "parameter moved": lambda x: get(x)["parameters"][3].update({"in": "cookie"}),
    "parameter renamed": lambda x: get(x)["parameters"][0].update(name="top"),
    "parameter type": lambda x: get(x)["parameters"][0]["schema"].update(type="string"),
    "parameter default": lambda x: get(x)["parameters"][0]["schema"].update(default=6),
    "parameter default removed": lambda x: get(x)["parameters"][0]["schema"].pop("default"),
    "parameter minimum up": lambda x: get(x)["parameters"][0]["schema"].update(minimum=2),
    "parameter minimum down": lambda x: get(x)["parameters"][0]["schema"].update(minimum=0),
    "parameter maximum down": lambda x: get(x)["parameters"][0]["schema"].update(maximum=8),
    "parameter enum value removed": lambda x: get(x)["parameters"][2]["schema"].update(enum=["up"]),
    "parameter enum value added": lambda x: get(x)["parameters"][2]["schema"]["enum"].append("side"),
    "parameter explode": lambda x: get(x)["parameters"][4].update(explode=False),
    "parameter style": lambda x: get(x)["parameters"][4].update(style="pipeDelimited"),
    "parameters reordered": lambda x: get(x)["parameters"].reverse(),
    "header case": lambda x: get(x)["parameters"][3].update(name="x-team"),
    "body required": lambda x: body(x).update(required=True),
    "body removed": lambda x: post(x).pop("requestBody"),
    "body added, required": lambda x: get(x).update(requestBody={"required": True, "content": {}}),
    "body media type removed": lambda x: body(x)["content"].pop("multipart/form-data"),
    "body media type added": lambda x: body(x)["content"].update({"text/plain": {"schema": {"type": "string"}}}),
    "request property required": lambda x: schema(x, "Input")["required"].append("count"),
    "request property optional": lambda x: schema(x, "Input").update(required=[]),
    "request property added": lambda x: schema(x, "Input")["properties"].update(fresh={"type": "string"}),
    "request property added, required": lambda x: (
        schema(x, "Input")["properties"].update(fresh={"type": "string"}), schema(x, "Input")["required"].append("fresh"),
    ),
    "request property removed": lambda x: schema(x, "Input")["properties"].pop("count"),
    "request property type": lambda x: prop(x, "Input", "count").update(type="string"),
    "request integer to number": lambda x: prop(x, "Input", "count").update(type="number"),
    "request number to integer": lambda x: prop(x, "Input", "nested")["properties"]["x"].update(type="integer"),
    "request nullable ends": lambda x: prop(x, "Input", "maybe").update(type="string"),
    "request nullable begins": lambda x: prop(x, "Input", "count").update(type=["integer", "null"]),
    "request enum value removed": lambda x: prop(x, "Input", "mode").update(enum=["slow"]),
    "request enum value added": lambda x: prop(x, "Input", "mode")["enum"].append("other"),
    "request default": lambda x: prop(x, "Input", "mode").update(default="fast"),
    "request maxLength down": lambda x: prop(x, "Input", "name").update(maxLength=8),
    "request maxLength up": lambda x: prop(x, "Input", "name").update(maxLength=10),
    "request minLength up": lambda x: prop(x, "Input", "name").update(minLength=2),
    "request pattern": lambda x: prop(x, "Input", "name").update(pattern="^b"),
    "request pattern removed": lambda x: prop(x, "Input", "name").pop("pattern"),
    "request map values wider": lambda x: prop(x, "Input", "sizes").update(additionalProperties={"type": "number"}),
    "request map values anything": lambda x: prop(x, "Input", "sizes").update(additionalProperties={}),
    "request map values narrower": lambda x: prop(x, "Input", "sizes").update(additionalProperties={"type": "string"}),
    "request open": lambda x: schema(x, "Input").pop("additionalProperties"),
    "request closed": lambda x: prop(x, "Input", "nested").update(additionalProperties=False),
    "request variant removed": lambda x: prop(x, "Input", "either")["anyOf"].pop(),
    "request variant added": lambda x: prop(x, "Input", "either")["anyOf"].append({"type": "boolean"}),
    "request nested required": lambda x: prop(x, "Input", "nested")["required"].append("y"),
    "request format": lambda x: prop(x, "Input", "name").update(format="uuid"),
    "response removed": lambda x: get(x)["responses"].pop("404"),
    "response success removed": lambda x: get(x)["responses"].pop("200"),
    "response added": lambda x: get(x)["responses"].update({"409": {"description": "no"}}),
    "response success added": lambda x: get(x)["responses"].update({"202": {"description": "later"}}),
    "response media type removed": lambda x: get(x)["responses"]["200"]["content"].pop("text/plain"),
    "response media type added": lambda x: get(x)["responses"]["200"]["content"].update({"text/csv": {}}),
    "response header removed": lambda x: get(x)["responses"]["200"]["headers"].pop("X-Rate"),
    "response header optional": lambda x: get(x)["responses"]["200"]["headers"]["X-Rate"].update(required=False),
    "response header type": lambda x: get(x)["responses"]["200"]["headers"]["X-Rate"]["schema"].update(type="string"),
    "response property removed": lambda x: schema(x, "App")["properties"].pop("tags"),
    "response property added": lambda x: schema(x, "App")["properties"].update(fresh={"type": "string"}),
    "response property optional": lambda x: schema(x, "App").update(required=["name"]),
    "response property required": lambda x: schema(x, "App")["required"].append("tags"),
    "response property type": lambda x: prop(x, "App", "name").update(type="integer"),
    "response property renamed": lambda x: schema(x, "App")["properties"].update(label=schema(x, "App")["properties"].pop("name")),
    "response nullable begins": lambda x: prop(x, "App", "name").update(type=["string", "null"]),
    "response nullable ends": lambda x: prop(x, "App", "size").update(type="integer"),
    "response enum value added": lambda x: prop(x, "App", "state")["enum"].append("broken"),
    "response enum value removed": lambda x: prop(x, "App", "state").update(enum=["on"]),
    "response enum ends": lambda x: prop(x, "App", "state").pop("enum"),
    "response default": lambda x: prop(x, "App", "size").update(default=2),
    "response format": lambda x: prop(x, "App", "size").update(format="int64"),
    "response items": lambda x: prop(x, "App", "tags").update(items={"type": "integer"}),
    "response maxItems up": lambda x: prop(x, "App", "tags").update(maxItems=10),
    "response variant added": lambda x: prop(x, "App", "owner")["oneOf"].append({"type": "string"}),
    "response variant removed": lambda x: prop(x, "App", "owner")["oneOf"].pop(),
    "response map values": lambda x: prop(x, "App", "labels").update(additionalProperties={"type": "integer"}),
    "response reference": lambda x: prop(x, "App", "parent").update({"$ref": prop(x, "App", "owner")["oneOf"][0]["$ref"]}),
    "response description": lambda x: prop(x, "App", "name").update(description="Its other name."),
    "response uniqueItems": lambda x: prop(x, "App", "tags").update(uniqueItems=True),
    "response closed": lambda x: schema(x, "App").update(additionalProperties=False),
    "wrapped": lambda x: x["components"]["schemas"].update({k: {"allOf": [v]} for k, v in x["components"]["schemas"].items()}),
    "readOnly": lambda x: prop(x, "Input", "count").update(readOnly=True),
    "properties reordered": lambda x: reorder(schema(x, "App")["properties"]),
    "enum reordered": lambda x: prop(x, "App", "state")["enum"].reverse(),
    "everything reordered": lambda x: deep_reorder(x),
    "inlined": lambda x: inline(x),
    "scope added": lambda x: post(x).update(security=[{"oauth": ["read", "write", "all"]}]),
    "scope removed": lambda x: post(x).update(security=[{"oauth": ["read"]}]),
    "scheme instead of another": lambda x: post(x).update(security=[{"key": []}]),
    "alternative removed": lambda x: get(x)["security"].pop(),
    "alternative added": lambda x: post(x)["security"].append({"key": []}),
    "security begins": lambda x: next(iter(x["paths"].values()))["delete"].update(security=[{"key": []}]),
    "security ends": lambda x: post(x).update(security=[]),
}  # fmt: skip


def rename_path(document: Json) -> None:
    path, item = next(iter(document["paths"].items()))
    del document["paths"][path]
    item["parameters"][0]["name"] = "app_id"
    document["paths"][path.replace("{id}", "{app_id}")] = item


def reorder(mapping: dict[str, Json]) -> None:
    items = list(mapping.items())
    mapping.clear()
    mapping.update(reversed(items))


def deep_reorder(value: Json) -> None:
    if isinstance(value, dict):
        reorder(value)
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        deep_reorder(child)


def inline(document: Json) -> None:
    get(document)["responses"]["404"]["content"]["application/json"]["schema"] = copy.deepcopy(
        schema(document, "Error")
    )


def deletions(number: int) -> Iterator[tuple[str, Mutation]]:
    """Yield a mutation for every single key below the paths and schemas that can be taken out."""

    def walk(value: Json, place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
        children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, child in children:
            yield (*place, key)
            yield from walk(child, (*place, key))

    document = case(number)
    for root in ("paths", "components"):
        for place in walk(document[root], (root,)):
            if place[-1] not in ("description", "responses") and "securitySchemes" not in place and len(place) > 2:
                shown = "/".join(map(str, place))
                yield f"without {shown}", lambda x, place=place: remove(x, place)  # type: ignore[misc]


def remove(document: Json, place: tuple[str | int, ...]) -> None:
    if len(place) == 3 and place[0] == "components":
        return  # a schema that is used cannot go alone
    number = next(iter(document["paths"])).split("/")[1]
    # The names of paths and schemas carry the number of the case.
    keys = [
        re.sub(r"^/c0/", f"/{number}/", re.sub(r"^C0", number.upper(), key)) if isinstance(key, str) else key
        for key in place
    ]
    for key in keys[:-1]:
        document = document[key]
    del document[keys[-1]]


def all_cases() -> dict[str, tuple[Json, Json]]:
    cases: dict[str, tuple[Json, Json]] = {}
    for name, mutate in [*MUTATIONS.items(), *deletions(0)]:
        old, new = case(len(cases)), case(len(cases))
        mutate(new)
        cases[name] = old, new
    return cases


CASES = all_cases()


@pytest.fixture(scope="module")
def ours() -> dict[str, list[Change]]:
    surface = Surface(FileDescriptorSet(), {}, {})
    return {name: compare_documents("it", old, new, surface) for name, (old, new) in CASES.items()}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return case -> the rules of redocly's that call it breaking; one run for all cases."""
    redocly = node_tool(REDOCLY)
    folder = tmp_path_factory.mktemp("redocly")
    for side, index in (("old", 0), ("new", 1)):
        whole = copy.deepcopy(next(iter(CASES.values()))[index])
        for pair in CASES.values():
            whole["paths"] |= pair[index]["paths"]
            whole["components"]["schemas"] |= pair[index]["components"]["schemas"]
        (folder / f"{side}.json").write_text(json.dumps(whole))
    command = [redocly, "diff", "old.json", "new.json", "--format", "json", "--fail-on", "none"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    names = list(CASES)
    verdicts: dict[str, set[str]] = {name: set() for name in names}
    changes = json.loads(done.stdout)["changes"]
    assert len(changes) > 100
    for change in changes:
        number = re.search(r"(?:~1c|/C)(\d+)", change["path"])
        assert number is not None, change["path"]
        if change["impact"] == "major":
            verdicts[names[int(number[1])]] |= {
                verdict["ruleId"] for verdict in change["verdicts"] if verdict["impact"] == "major"
            }
    return verdicts


def broken(changes: list[Change]) -> bool:
    return any(change.worst is BREAKING for change in changes)


# Breaking for redocly, and not here, with the reason.
LOOSER = {"the format of ": "Python has one kind of int and one of float: int64 reads as int32 does"}
# A schema that is wrapped in an `allOf` of its own says what it said, and nothing is reported.
SAME = {"wrapped"}


def test_what_redocly_calls_breaking_so_do_we(ours: dict[str, list[Change]], theirs: dict[str, set[str]]) -> None:
    assert sum(1 for rules in theirs.values() if rules) > 40
    missed = {
        name: (sorted(rules), [c.text for c in ours[name]])
        for name, rules in theirs.items()
        if rules and not broken(ours[name]) and not all(c.text.startswith(tuple(LOOSER)) for c in ours[name])
    }
    assert missed == {}
    assert {name for name, rules in theirs.items() if rules and not ours[name]} == SAME


# Without the name of a parameter it is not an OpenAPI document, and nobody has to agree on it.
INVALID = "without paths//c0/apps/{id}/parameters/0/name"


def test_what_redocly_misses_is_breaking_for_a_reason(
    ours: dict[str, list[Change]], theirs: dict[str, set[str]]
) -> None:
    met: set[str] = set()
    for name, changes in ours.items():
        if broken(changes) and not theirs[name] and name != INVALID:
            kinds = {change.kind for change in changes if change.worst is BREAKING}
            assert kinds & STRICTER.keys(), name
            met |= kinds & STRICTER.keys()
    assert met == STRICTER.keys(), "an entry that no case shows to be needed"


HARMLESS = ["nothing", "summary", "parameters reordered", "header case", "response description", "properties reordered",
            "enum reordered", "everything reordered"]  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_reordering_and_rewording_is_text(ours: dict[str, list[Change]], name: str) -> None:
    assert {change.kind for change in ours[name]} <= {"text-only"}
    assert all(change.worst is NONE for change in ours[name])


def test_a_class_that_takes_the_name_of_its_place_breaks_code_and_nothing_on_the_wire(
    ours: dict[str, list[Change]],
) -> None:
    told = [change for change in ours["inlined"] if change.kind != "text-only"]
    assert told and {change.kind for change in told} == {"class-changed"}
    assert {(change.on_wire, change.in_code) for change in told} == {(NONE, BREAKING)}


COMPATIBLE = ["path added", "operation deprecated", "tags", "parameter added", "parameter optional", "parameter minimum down",
              "parameter enum value added", "request property added", "request property added", "request maxLength up",
              "request map values wider", "request map values anything",
              "response uniqueItems", "response closed",
              "request enum value added", "response property added", "response added", "alternative added",
              "body media type added", "scope removed", "security ends"]  # fmt: skip


@pytest.mark.parametrize("name", COMPATIBLE)
def test_what_old_clients_do_not_notice_is_not_breaking(ours: dict[str, list[Change]], name: str) -> None:
    assert ours[name] and not broken(ours[name])


def test_every_single_key_matters(ours: dict[str, list[Change]]) -> None:
    """Whatever key is taken out, the report says something."""
    unsaid = [
        name
        for name, changes in ours.items()
        if name.startswith("without") and not changes and CASES[name][0] != CASES[name][1]
    ]
    assert unsaid == []


def told(old: Json, new: Json) -> list[tuple[str, Severity, Severity]]:
    changes = compare_documents("it", old, new, Surface(FileDescriptorSet(), {}, {}))
    return [(change.text, change.on_wire, change.in_code) for change in changes]


def test_a_format_breaks_code_where_python_has_a_type_for_it() -> None:
    old, number, text = case(0), case(0), case(0)
    del schema(old, "App")["properties"]["size"]["format"], schema(text, "App")["properties"]["size"]["format"]
    schema(number, "App")["properties"]["size"]["format"] = "int64"
    where = "GET /c0/apps/{id} 200"
    assert told(old, number) == [
        (f"the format of {where}.size was none and is int64", Severity.COMPATIBLE, Severity.COMPATIBLE)
    ]
    schema(text, "App")["properties"]["name"]["format"] = "uuid"
    assert told(old, text) == [(f"the format of {where}.name was none and is uuid", Severity.COMPATIBLE, BREAKING)]


def test_a_value_whose_name_another_one_would_have_too_gets_another_name() -> None:
    old, new = case(0), case(0)
    schema(new, "App")["properties"]["state"]["enum"].append("ON")
    where = "GET /c0/apps/{id} 200.state"
    assert told(old, new) == [
        (f'{where} may now be "ON"', BREAKING, Severity.COMPATIBLE),
        (f'"on" of {where} was called ON and is ON_{sha256(b"on").hexdigest()[:6]}', Severity.NONE, BREAKING),
    ]


def test_a_value_that_gets_another_name_is_one_in_code_only() -> None:
    old, more, other = case(0), case(0), case(0)
    for document, values, names in (
        (old, ["on", "off"], ["On", "Off"]),
        (more, ["on", "idle", "off"], ["On", "Idle", "Off"]),
        (other, ["on", "off"], ["On", "Away"]),
    ):
        schema(document, "App")["properties"]["state"] |= {"enum": values, "x-enum-varnames": names}
    where = "GET /c0/apps/{id} 200.state"
    assert told(old, more) == [(f'{where} may now be "idle"', BREAKING, Severity.COMPATIBLE)]
    assert told(old, other) == [(f'"off" of {where} was called Off and is Away', Severity.NONE, BREAKING)]
