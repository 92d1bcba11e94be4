"""Every trap of the parser and of the templates is refused, with file, place and repair."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.errors import SpecError
from generator.render import rest
from generator.spec.lint import lint
from generator.spec.load import read_document
from generator.spec.yamlfile import read_yaml
from tests.unit.generator.rest_kit import HEAD, operation, read, write_spec

DONE = "{'200': {description: Done.}}"


def problems(tmp_path: Path, text: str, head: str = HEAD) -> list[str]:
    path = tmp_path / "it.yaml"
    path.write_text(head + text, encoding="utf-8")
    return lint({"it.yaml": read_yaml(path)})


def answer(schema: str, media: str = "application/json") -> str:
    return f"{{'200': {{description: Done., content: {{{media}: {{schema: {schema}}}}}}}}}"


def parameter(text: str, path: str = "/it") -> str:
    return (
        f"paths:\n  {path}:\n    get:\n      operationId: get_it\n      parameters: [{text}]\n      responses: {DONE}\n"
    )


def body(content: str) -> str:
    return operation(requestBody=f"{{content: {content}}}")


def test_a_plain_document_is_accepted(tmp_path: Path) -> None:
    assert problems(tmp_path, operation(answer("{type: [string, 'null'], description: It., maxLength: 3}"))) == []


GET = "#/paths/~1it/get"
SCHEMA = f"{GET}/responses/200/content/application~1json/schema"

CASES: dict[str, tuple[str, str, str]] = {
    # what the specification says -> the place, what to do
    "style of a form": (
        body(
            "{application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: string}}},"
            " encoding: {a: {style: matrix}}}}"
        ),
        f"{GET}/requestBody/content/application~1x-www-form-urlencoded/encoding/a/style",
        "remove it",
    ),
    "webhooks": (operation() + "webhooks: {}\n", "#/webhooks", "receives no requests"),
    "path item $ref": ("paths:\n  /it: {$ref: 'other.yaml'}\n", "#/paths/~1it/$ref", "write the path item out"),
    "no operationId": (f"paths:\n  /it:\n    get: {{responses: {DONE}}}\n", f"{GET}/operationId", "snake case"),
    "camel operationId": (operation().replace("get_it", "getIt"), f"{GET}/operationId", "snake case"),
    "callbacks": (operation(callbacks="{}"), f"{GET}/callbacks", "receives no requests"),
    "unknown extension": (operation(**{"x-rate": "1"}), f"{GET}/x-rate", "nothing reads this extension"),
    "odd path": (operation().replace("/it:", "'/a b':"), "#/paths/~1a b", "percent-encode"),
    "parameter without schema": (parameter("{name: q, in: query}"), f"{GET}/parameters/0", "give it a schema"),
    "allowReserved": (
        parameter("{name: q, in: query, allowReserved: true, schema: {type: string}}"),
        f"{GET}/parameters/0/allowReserved",
        "x-contains-slashes",
    ),
    "optional path parameter": (
        parameter("{name: q, in: path, schema: {type: string}}", "/it/{q}"),
        "#/paths/~1it~1{q}/get/parameters/0/required",
        "required: true",
    ),
    "undeclared path parameter": (operation().replace("/it:", "/it/{q}:"), "#/paths/~1it~1{q}/get", "give it in both"),
    "slashes in a query": (
        parameter("{name: q, in: query, x-contains-slashes: true, schema: {type: string}}"),
        f"{GET}/parameters/0/x-contains-slashes",
        "path parameter",
    ),
    "dangling parameter": (
        parameter("{$ref: '#/components/parameters/No'}"),
        f"{GET}/parameters/0/$ref",
        "leads nowhere",
    ),
    "no success": (operation("{'404': {description: No.}}"), f"{GET}/responses", "declare a 2xx"),
    "a stream beside another answer": (
        operation("{'200': {description: D, content: {text/event-stream: {schema: {}}}}, '204': {description: D}}"),
        f"{GET}/responses/200",
        "keep one",
    ),
    "two bodies": (
        body("{application/json: {schema: {type: object}}, multipart/form-data: {schema: {type: object}}}"),
        f"{GET}/requestBody/content",
        "keep one",
    ),
    "a header of the transport": (
        parameter("{name: Authorization, in: header, schema: {type: string}}"),
        f"{GET}/parameters/0/name",
        "remove the parameter",
    ),
    "boolean schema": (operation(answer("{type: array, items: true}")), f"{SCHEMA}/items", "write {}"),
    "nullable": (operation(answer("{type: string, nullable: true}")), f"{SCHEMA}/nullable", "[string, 'null']"),
    "$ref with siblings": (
        operation(answer("{$ref: '#/components/schemas/A', description: b}")) + "components: {schemas: {A: {}}}\n",
        SCHEMA,
        "move it into the component",
    ),
    "dangling $ref": (operation(answer("{$ref: '#/components/schemas/A'}")), f"{SCHEMA}/$ref", "leads nowhere"),
    "foreign $ref": (operation(answer("{$ref: 'other.yaml#/A'}")), f"{SCHEMA}/$ref", "of this file"),
    "unknown type": (operation(answer("{type: text}")), f"{SCHEMA}/type", "one of array"),
    "unknown format": (operation(answer("{type: string, format: duration}")), f"{SCHEMA}/format", "remove it"),
    "members of a string": (operation(answer("{type: string, properties: {a: {}}}")), f"{SCHEMA}/type", "type: object"),
    "properties beside oneOf": (
        operation(answer("{oneOf: [{type: string}], properties: {a: {}}}")),
        SCHEMA,
        "move it into each member",
    ),
    "mixed enum": (operation(answer("{enum: [a, 1]}")), f"{SCHEMA}/enum", "all strings or all integers"),
    "boolean enum": (operation(answer("{enum: [true]}")), f"{SCHEMA}/enum", "all strings or all integers"),
    "absent scalar": (operation(answer("{type: string, x-absent: empty}")), f"{SCHEMA}/x-absent", "`empty`"),
    "absent and required": (
        operation(answer("{type: object, required: [a], properties: {a: {type: array, items: {}, x-absent: empty}}}")),
        f"{SCHEMA}/required",
        "keep one",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_traps_are_refused(tmp_path: Path, name: str) -> None:
    text, place, fix = CASES[name]
    result = problems(tmp_path, text)
    assert [line for line in result if line.startswith(f"it.yaml{place}: ") and fix in line], result


@pytest.mark.parametrize(
    ("text", "place", "wanted"),
    [
        ("paths:\n  /it: 5\n", "#/paths/~1it", "an object"),
        ("paths: []\n", "#/paths", "an object"),
        (operation(parameters="5"), f"{GET}/parameters", "an array"),
        (operation(parameters="[5]"), f"{GET}/parameters/0", "an object"),
        (operation().replace("get_it", "5"), f"{GET}/operationId", "text"),
        (parameter("{name: q, in: query, required: [a], schema: {}}"), f"{GET}/parameters/0/required", "true or false"),
        (operation(answer("5")), SCHEMA, "a schema"),
        (operation(answer("{type: 5}")), f"{SCHEMA}/type", "text"),
        (operation(answer("{required: true}")), f"{SCHEMA}/required", "an array"),
        (operation(answer("{properties: []}")), f"{SCHEMA}/properties", "an object"),
        (operation(answer("{anyOf: [5]}")), f"{SCHEMA}/anyOf/0", "a schema"),
        (operation(answer("{enum: 5}")), f"{SCHEMA}/enum", "an array"),
    ],
)
def test_values_of_the_wrong_kind_are_refused_before_anything_else(
    tmp_path: Path, text: str, place: str, wanted: str
) -> None:
    assert problems(tmp_path, text) == [f"it.yaml{place}: {wanted} is expected here; correct it"]


def test_no_damage_makes_the_checks_fail(tmp_path: Path) -> None:
    """Whatever stands in a place of our own specification, the answer is a list of problems, not a traceback."""
    whole = read_document(Path(__file__).parents[4] / "spec")
    junk: tuple[Any, ...] = (None, 5, "x", [], {}, [1], True, {"$ref": 1}, {"$ref": "#/components/schemas/LogEntry"})
    places = list(_places(whole, ()))
    for number in range(0, len(places), 7):
        *parents, last = places[number]
        place = whole
        for step in parents:
            place = place[step]
        undamaged, place[last] = place[last], junk[number % len(junk)]
        assert all(line.startswith("it.yaml#") for line in lint({"it.yaml": whole}))
        place[last] = undamaged


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from _places(item, (*path, key))


def test_openapi_3_2_and_2_are_refused(tmp_path: Path) -> None:
    for version in ("3.2.0", "3.0.3", "2.0"):
        head = f"openapi: {version!r}\ninfo: {{title: a, version: '1'}}\n"
        assert problems(tmp_path, operation(), head) == [
            f"it.yaml#/openapi: version {version!r}; write OpenAPI 3.1",
        ]


def test_one_operation_id_in_two_files(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, {"a": operation(), "b": operation().replace("/it", "/other")})
    with pytest.raises(SpecError, match="operationId 'get_it' is given 2 times"):
        read_document(spec)


def test_two_files_that_disagree(tmp_path: Path) -> None:
    files = {
        name: operation().replace("/it", f"/{name}").replace("get_it", f"get_{name}")
        + f"components: {{schemas: {{Same: {{type: object}}, Thing: {{type: {kind}}}}}}}\n"
        for name, kind in (("a", "string"), ("b", "integer"))
    }
    with pytest.raises(SpecError) as caught:
        read_document(write_spec(tmp_path, files))
    assert caught.value.problems == (
        "b.yaml: components/schemas/Thing says something else than another file: rename one, or make them the same",
    )


def test_yaml_that_is_not_json_is_read_as_json_would_be(tmp_path: Path) -> None:
    (tmp_path / "it.yaml").write_text("a: {200: 2026-01-01, 1e3: no, yes: 1.50}\n")
    assert read_yaml(tmp_path / "it.yaml") == {"a": {"200": "2026-01-01", "1e3": "no", "yes": 1.5}}
    for text, problem in (
        ("a: 1\na: 2", "the key 'a' appears twice"),
        ("- a", "a mapping is expected"),
        ("a: [", "YAML"),
    ):
        (tmp_path / "it.yaml").write_text(text)
        with pytest.raises(SpecError, match=r"^it\.yaml: ") as caught:
            read_yaml(tmp_path / "it.yaml")
        assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (operation(answer("{type: object, properties: {a-b: {}, a_b: {}}}")), {"a_b": "a_b", "a-b": "a_minus_b"}),
        (
            operation(answer("{type: object, properties: {id: {}, ID: {}, '+1': {}, '-1': {}}}")),
            {"id": "id", "+1": "plus_1"},
        ),
    ],
)
def test_members_whose_names_would_be_one_get_names_of_their_own(
    tmp_path: Path, text: str, names: dict[str, str]
) -> None:
    (model,) = read(write_spec(tmp_path, {"it": text})).models
    result = {member.wire: member.name for member in model.members}
    assert len(set(result.values())) == len(result) and names.items() <= result.items()


def test_parameters_whose_names_would_be_one_say_where_they_are(tmp_path: Path) -> None:
    text = parameter("{name: a-b, in: query, schema: {type: string}}, {name: a_b, in: header, schema: {type: string}}")
    (result,) = read(write_spec(tmp_path, {"it": text})).operations
    assert [(item.wire, item.name) for item in result.parameters] == [("a-b", "a_b"), ("a_b", "a_b_header")]


def test_classes_whose_names_would_be_one_are_two_classes_in_two_modules(tmp_path: Path) -> None:
    text = operation(answer("{oneOf: [{$ref: '#/components/schemas/Ab'}, {$ref: '#/components/schemas/AB'}]}"))
    text += (
        "components: {schemas: {Ab: {type: object, properties: {a: {}}}, AB: {type: object, properties: {b: {}}}}}\n"
    )
    result = read(write_spec(tmp_path, {"it": text})).models
    assert len({model.name.casefold() for model in result}) == len({model.module for model in result}) == 2


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    text = operation("{'404': {description: No.}}", callbacks="{}") + "webhooks: {}\nlinks: {}\n"
    spec = write_spec(tmp_path, {"it": text})
    with pytest.raises(SpecError) as caught:
        read_document(spec)
    assert len(caught.value.problems) == 4


def test_an_operation_without_a_policy_is_refused(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, {"it": operation()})
    with pytest.raises(SpecError, match=r"get_it has no policy: add \[rest\.get_it\]"):
        rest.generate_rest(read(spec), {}, "fragment", tmp_path / "out")
