"""Unions within unions, and lists in a path: what is generated reads and writes them as the document says."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.generator.rest_kit import generate

TEXT = """
paths:
  /events/{ids}/of:
    get:
      operationId: get_events
      parameters: [{name: ids, in: path, required: true, schema: {type: array, items: {type: string}}}]
      responses:
        '200': {description: Done., content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Any'}}}}}
        '201': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Versions'}}}}
        '202': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Pets'}}}}
        '203': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Apart'}}}}
        '206': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Jobs'}}}}
  /pets:
    get:
      operationId: get_beasts
      responses:
        '200':
          description: Done.
          content:
            application/json:
              schema:
                oneOf:
                  - {$ref: '#/components/schemas/Snake'}
                  - {$ref: '#/components/schemas/Newt'}
                  - {$ref: '#/components/schemas/Beast'}
                discriminator: {propertyName: kind, mapping: {adder: '#/components/schemas/Snake'}}
  /named/{joined}/{pairs}:
    get:
      operationId: get_named
      parameters:
        - {name: joined, in: path, required: true, schema: {type: string}}
        - {name: pairs, in: path, required: true, schema: {type: array, items: {type: string}}}
      responses: {'200': {description: Done.}}
  /styled/{label}/{labels}/{spots}/{matrix}/{each}/{whole}:
    get:
      operationId: get_styled
      parameters:
        - {name: label, in: path, required: true, style: label, schema: {type: string}}
        - {name: labels, in: path, required: true, style: label, explode: true, schema: {type: array, items: {type: string}}}
        - {name: spots, in: path, required: true, style: label, explode: true, schema: {type: object}}
        - {name: matrix, in: path, required: true, style: matrix, schema: {type: integer}}
        - {name: each, in: path, required: true, style: matrix, explode: true, schema: {type: array, items: {type: string}}}
        - {name: whole, in: path, required: true, style: matrix, schema: {type: object}}
      responses: {'200': {description: Done.}}
components:
  schemas:
    Beast: {type: object, required: [kind], properties: {kind: {type: string, enum: [adder, newt]}}}
    Snake: {allOf: [{$ref: '#/components/schemas/Beast'}, {type: object, properties: {length: {type: integer}}}]}
    Newt: {allOf: [{$ref: '#/components/schemas/Beast'}, {type: object, properties: {eyes: {type: integer}}}]}
    Go: {type: object, required: [type], properties: {type: {type: string}}}
    Halt: {type: object, required: [type], properties: {type: {enum: [halt, stop]}}}
    Third: {type: object, required: [type], properties: {type: {const: third}}}
    Left: {type: object, required: [side], properties: {side: {const: left}}}
    Right: {type: object, required: [side], properties: {side: {const: right}}}
    First: {type: object, required: [version], properties: {version: {type: integer, enum: [1]}}}
    Second: {type: object, required: [version], properties: {version: {type: integer, enum: [2]}}}
    Versions: {oneOf: [{$ref: '#/components/schemas/First'}, {$ref: '#/components/schemas/Second'}]}
    Cat: {type: object, properties: {kind: {const: cat, default: cat}, lives: {type: integer}}}
    Dog: {type: object, properties: {kind: {enum: [dog], default: dog}, old: {const: true}}}
    Pets: {oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}
    Moves:
      oneOf: [{$ref: '#/components/schemas/Go'}, {$ref: '#/components/schemas/Halt'}]
      discriminator:
        {propertyName: type, mapping: {go: '#/components/schemas/Go', halt: '#/components/schemas/Halt'}}
    Sides: {oneOf: [{$ref: '#/components/schemas/Left'}, {$ref: '#/components/schemas/Right'}]}
    Any: {anyOf: [{$ref: '#/components/schemas/Moves'}, {$ref: '#/components/schemas/Third'}, {type: 'null'}]}
    UploadMeta: {type: object, properties: {kind: {const: upload}, state: {const: ready}, size: {type: integer}}}
    Upload: {type: object, required: [meta], properties: {meta: {$ref: '#/components/schemas/UploadMeta'}}}
    RemovalMeta: {type: object, properties: {kind: {const: removal}, state: {const: ready}}}
    Removal:
      {type: object, properties: {meta: {$ref: '#/components/schemas/RemovalMeta'}, in: {$ref: '#/components/schemas/Removal'}}}
    Jobs: {oneOf: [{$ref: '#/components/schemas/Upload'}, {$ref: '#/components/schemas/Removal'}]}
    Apart: {anyOf: [{$ref: '#/components/schemas/Moves'}, {$ref: '#/components/schemas/Sides'}]}
"""


@pytest.fixture
def rest(tmp_path: Path) -> Iterator[Any]:
    generate(tmp_path, {"it": TEXT}, "unions_made")
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    yield importlib.import_module("unions_made.rest")
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "unions_made"]:
        del sys.modules[name]


def classes(rest: Any, status: int, body: Any) -> list[str]:
    answer = rest.get_events(["a"]).parse(status, {}, json.dumps(body).encode())
    return [type(item).__name__ for item in (answer if isinstance(answer, list) else [answer])]


def test_a_tag_of_an_inner_union_tells_the_outer_forms_apart(rest: Any) -> None:
    tags = ("go", "halt", "stop", "third", "new")
    assert classes(rest, 200, [{"type": tag} for tag in tags]) == ["Go", "Halt", "Halt", "Third", "UnknownVariant"]
    assert classes(rest, 200, [None]) == ["NoneType"]


def test_a_tag_of_another_type_is_unknown(rest: Any) -> None:
    made = [name for version in (1, 2.0, True, "1", None) for name in classes(rest, 201, {"version": version})]
    assert made == ["First", "Second", "UnknownVariant", "UnknownVariant", "UnknownVariant"]


def test_a_form_says_the_tag_that_a_server_would_take_for_granted_of_it_alone(rest: Any) -> None:
    models = importlib.import_module("unions_made.rest.models")
    cat, dog = models.Cat(lives=9), models.Dog()
    assert (cat.to_dict(), dog.to_dict()) == ({"kind": "cat", "lives": 9}, {"kind": "dog"})
    assert classes(rest, 202, cat.to_dict()) + classes(rest, 202, dog.to_dict()) == ["Cat", "Dog"]
    assert models.Cat.from_dict({"lives": 9}).kind is None  # as it was sent


def test_unions_with_tags_of_their_own_stay_apart(rest: Any) -> None:
    bodies = [{"type": "halt"}, {"side": "right"}, {"type": "new"}, {"side": "up"}]
    names = [name for body in bodies for name in classes(rest, 203, body)]
    assert names == ["Halt", "Right", "UnknownVariant", "UnknownVariant"]


def test_what_is_constant_in_an_object_inside_tells_forms_apart(rest: Any) -> None:
    kinds = ["removal", "upload", "other"]
    assert [name for kind in kinds for name in classes(rest, 206, {"meta": {"kind": kind}})] == [
        "Removal",
        "Upload",
        "UnknownVariant",
    ]
    # What is constant in all forms tells none apart, and may get another value.
    assert classes(rest, 206, {"meta": {"kind": "removal", "state": "late"}}) == ["Removal"]
    assert classes(rest, 206, {"in": {"meta": {"kind": "removal"}}}) == ["Removal"]


def test_how_a_path_is_written_does_not_follow_from_names(rest: Any) -> None:
    assert rest.get_named("a,b", ["c=d", "e"]).path == "/named/a%2Cb/c%3Dd,e"


def test_a_list_in_a_path_keeps_its_commas(rest: Any) -> None:
    assert rest.get_events(["a b", "c/d"]).path == "/events/a%20b,c%2Fd/of"


def test_a_list_in_a_path_keeps_its_values_apart(rest: Any) -> None:
    assert rest.get_named("x", ["a,b", "c"]).path == "/named/x/a%2Cb,c"
    for nothing in ([], [""]):
        with pytest.raises(ValueError, match="pairs: must not be empty"):
            rest.get_named("x", nothing)
    with pytest.raises(ValueError, match="pairs: must not be or hold"):
        rest.get_named("x", [".."])


def test_every_style_of_a_path_is_written(rest: Any) -> None:
    spot = {"x": 1, "y": "a/b"}
    made = rest.get_styled("a.b", ["c", "d,e"], spot, 5, ["f", "g"], spot)
    assert made.path == "/styled/.a.b/.c.d%2Ce/.x=1.y=a%2Fb/;matrix=5/;each=f;each=g/;whole=x,1,y,a%2Fb"
    with pytest.raises(ValueError, match="label: must not be or hold"):
        rest.get_styled(".", ["c"], spot, 5, ["f"], spot)


def test_a_form_that_others_extend_is_read_from_every_other_tag(rest: Any) -> None:
    def read(body: Any) -> str:
        return type(rest.get_beasts().parse(200, {}, json.dumps(body).encode())).__name__

    # The tag's values, which all forms take over, tell nothing apart: the mapping and the names do.
    assert [read({"kind": kind}) for kind in ("adder", "Snake", "Newt", "other")] == ["Snake", "Snake", "Newt", "Beast"]
