"""A foreign document is converted to the subset that the generator takes, or left out and named; what is hostile is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.__main__ import main
from generator.errors import SpecError
from generator.render.rest_code import Code
from generator.spec.inline import with_names
from generator.spec.lint import lint
from generator.spec.openapi import merged
from generator.spec.rest_reader import read_rest
from generator.spec.yamlfile import parse
from generator.upstream.documents import canonical_yaml
from generator.upstream.normalise import Normalised, normalise
from generator.upstream.pull import pull
from tests.unit.generator.inline_document import BOOKS, Document
from tests.unit.generator.rest_kit import generate

REF = "#/components/schemas/"
MEMBERS = {"properties": {"a": {"type": "string"}}}
OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}


def document(operation: Document, path: str = "/it", **more: Any) -> Document:
    return {
        "openapi": "3.0.3",
        "info": {"title": "It", "version": "1"},
        "paths": {path: {"post": {"operationId": "makeIt", **operation}}},
        **more,
    }


def answering(schema: Any, media: str = "application/json") -> Document:
    return {"responses": {"200": {"description": "It.", "content": {media: {"schema": schema}}}}}


def answer_of(normalised: Normalised) -> Any:
    (item,) = normalised.document["paths"].values()
    (media,) = item["post"]["responses"]["200"]["content"].values()
    return media["schema"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "default": "x"}, {"type": "string", "default": "x", "description": 'Default: "x".'}),
        (
            {"type": "integer", "default": 5, "description": "How many."},
            {"type": "integer", "default": 5, "description": "How many. Default: 5."},
        ),
        ({"type": "string", "format": "ipv7"}, {"type": "string"}),
        ({"type": "number", "enum": [1.5, 2.5]}, {"type": "number", "description": "One of 1.5, 2.5."}),
        ({"type": "array"}, {"type": "array", "items": {}}),
        (
            {
                "type": "array",
                "prefixItems": [{"type": "number"}, {"type": "string"}, {"type": "number"}],
                "items": False,
            },
            {"type": "array", "items": {"anyOf": [{"type": "number"}, {"type": "string"}]}},
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}},
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        ),
        ({"type": "array", "prefixItems": [{"type": "string"}]}, {"type": "array", "items": {}}),
        (True, {}),
        ({"title": "T", "example": 1, "type": "integer", "xml": {}}, {"type": "integer"}),
        (
            {"type": "string", "anyOf": [{"type": "string"}, {"type": "integer"}]},
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        ),
        ({"allOf": [{"type": "string"}]}, {"allOf": [{"type": "string"}]}),
        ({"type": "object", "required": ["gone"]}, {"type": "object"}),
    ],
)
def test_a_schema_is_translated(given: Any, wanted: Document) -> None:
    result = normalise(document(answering(given)))
    assert answer_of(result) == wanted
    assert lint({"": result.document}) == []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({**OBJECT, "nullable": True}, {"anyOf": [OBJECT, {"type": "null"}]}),
        (
            {"type": ["string", "null"], "enum": ["a", "b"]},
            {"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]},
        ),
        (
            {"type": ["object", "string"], **MEMBERS},
            {"anyOf": [OBJECT, {"type": "string"}]},
        ),
        (MEMBERS, OBJECT),
        ({"const": "x", "type": "string"}, {"const": "x"}),
        ({"const": 1, "type": "string"}, {"const": "1"}),
        ({"type": "string", "enum": [1, True, "a"]}, {"type": "string", "enum": ["1", "true", "a"]}),
        ({"type": "integer", "enum": ["1", "-2"]}, {"type": "integer", "enum": [1, -2]}),
        (
            {"oneOf": [{"const": 1, "title": "LOW"}, {"const": 2, "title": "HIGH"}], "type": "integer"},
            {"type": "integer", "enum": [1, 2], "x-enum-varnames": ["LOW", "HIGH"]},
        ),
        (
            {**OBJECT, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            OBJECT,
        ),
        (
            {"allOf": [OBJECT, {"type": "object", "properties": {"b": {}}, "required": ["b"]}]},
            {"allOf": [OBJECT, {"type": "object", "properties": {"b": {}}, "required": ["b"]}]},
        ),
    ],
)
def test_what_becomes_a_class_is_translated(given: Document, wanted: Document) -> None:
    result = normalise(document(answering({"type": "array", "items": given}))).document

    def written_out(node: Any) -> Any:
        if isinstance(node, dict) and "$ref" in node:
            return written_out(result["components"]["schemas"][node["$ref"].rpartition("/")[2]])
        if isinstance(node, dict):
            return {key: written_out(item) for key, item in node.items()}
        return [written_out(item) for item in node] if isinstance(node, list) else node

    assert (
        written_out(
            result["paths"]["/it"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]["items"]
        )
        == wanted
    )


@pytest.mark.parametrize(
    ("place", "given", "kept"),
    [
        ("query", True, {}),
        ("query", False, {"explode": False}),
        ("cookie", False, {"explode": False}),
        ("header", False, {}),
        ("header", True, {"explode": True}),
        ("path", True, {"explode": True}),
    ],
)
def test_what_does_not_go_without_saying_of_a_style_is_kept(place: str, given: bool, kept: dict[str, Any]) -> None:
    schema = {"type": "object", "additionalProperties": {"type": "string"}}
    item = {"name": "it", "in": place, "required": True, "explode": given, "schema": schema}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {f"/a{'/{it}' * (place == 'path')}": {"get": {"parameters": [item], "responses": {"200": {}}}}},
    }
    (path,) = normalise(document).document["paths"].values()
    (parameter,) = path["get"]["parameters"]
    assert {key: value for key, value in parameter.items() if key == "explode"} == kept


def test_how_the_members_of_a_form_are_written_is_kept() -> None:
    encoding = {
        "deep": {"style": "deepObject", "explode": True},
        "whole": {"style": "form", "explode": False},
        "piped": {"style": "pipeDelimited", "headers": {}},
        "json": {"contentType": "application/json"},
        "usual": {"style": "form", "explode": True, "contentType": "text/plain"},
        "odd": {"style": "matrix"},
    }
    schema = {
        "type": "object",
        "properties": {name: {"type": "array", "items": {"type": "string"}} for name in encoding},
    }
    form = {"application/x-www-form-urlencoded": {"schema": schema, "encoding": encoding}}
    result = normalise(document({"requestBody": {"content": form}, "responses": {"200": {"description": "It."}}}))
    (operation,) = result.document["paths"]["/it"].values()
    (kept,) = operation["requestBody"]["content"].values()
    assert kept["encoding"] == {
        "deep": {"style": "deepObject"},
        "whole": {"explode": False},
        "piped": {"style": "pipeDelimited"},
        "json": {"contentType": "application/json"},
    }
    assert any("'matrix' cannot be sent in a form" in note for note in result.notes)


def test_operations_lose_what_the_client_has_no_use_for() -> None:
    given = document(
        {
            "security": [{"adminKey": []}],
            "x-docs": {"a": 1},
            "callbacks": {"later": {}},
            "parameters": [
                {
                    "name": "limit",
                    "in": "query",
                    "style": "form",
                    "explode": True,
                    "schema": {"type": "integer", "default": 9},
                },
                {"name": "all", "in": "query", "schema": {"type": ["boolean", "null"], "deprecated": True}},
                {"name": "session", "in": "cookie", "schema": {"type": "string"}},
                {"$ref": "#/components/parameters/Trace"},
            ],
            "responses": {
                "2XX": {
                    "description": "It.",
                    "headers": {"x": {}, "y": {"$ref": "#/components/headers/Y"}},
                    "content": {"text/csv": {"schema": {}}, "application/json": {"schema": {"type": "integer"}}},
                },
                "404": {"description": "No.", "content": {"text/plain": {"schema": {"type": "string"}}}},
                "410": {"$ref": "elsewhere.yaml"},
                "DEFAULT": {"description": "No."},
            },
        },
        components={
            "parameters": {"Trace": {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}},
            "headers": {"Y": {"required": True, "schema": {"$ref": "#/components/schemas/Size"}}},
            "schemas": {"Size": {"type": "integer"}},
        },
    )
    result = normalise(given)
    (operation,) = result.document["paths"]["/it"].values()
    assert operation == {
        "operationId": "make_it",
        "description": "Authentication: adminKey.",
        "security": [{"adminKey": []}],
        "parameters": [
            {
                "name": "limit",
                "in": "query",
                "description": "Default: 9.",
                "schema": {"type": "integer", "default": 9, "description": "Default: 9."},
            },
            {"name": "all", "in": "query", "deprecated": True, "schema": {"type": "boolean"}},
            {"name": "session", "in": "cookie", "schema": {"type": "string"}},
            {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
        ],
        "responses": {
            "2XX": {
                "description": "It.",
                "headers": {"x": {"schema": {}}, "y": {"required": True, "schema": {"type": "integer"}}},
                "content": {"application/json": {"schema": {"type": "integer"}}, "text/csv": {}},
            },
            "404": {"description": "No.", "content": {"text/plain": {"schema": {"type": "string"}}}},
            "default": {"description": "No."},
        },
    }
    assert result.notes == (
        "POST /it, response 410: 'elsewhere.yaml' leads nowhere; only references inside the document are followed; left out",
        "the extension x-docs, left out: 1 times",
    )


@pytest.mark.parametrize(
    ("media", "schema", "kind", "annotation"),
    [
        ("text/event-stream", {}, "events", "str"),
        ("text/event-stream", {"type": "integer"}, "events", "int"),
        ("text/csv", {"type": "array"}, "text", "str"),
        ("application/octet-stream", {}, "bytes", "bytes"),
        ("image/png", {"type": "string"}, "bytes", "bytes"),
        ("application/json; charset=utf-8", {"type": "integer"}, "json", "int"),
        ("application/problem+json", {"type": "integer"}, "json", "int"),
    ],
)
def test_answers_are_read_as_their_media_type_says(media: str, schema: Document, kind: str, annotation: str) -> None:
    result = normalise(document(answering(schema, media))).document
    (operation,) = read_rest(with_names(merged({"it": result}, {}))).operations
    (answer,) = operation.responses
    assert (answer.kind, Code({}).response_annotation(operation)) == (kind, annotation)


def test_a_part_without_a_description_is_a_file() -> None:
    body = {
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "properties": {"file": {"description": "It."}}}}
        }
    }
    result = normalise(document({"requestBody": body, **answering({})})).document
    schema = result["paths"]["/it"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert schema["properties"]["file"] == {"description": "It."}


def test_an_operation_that_cannot_be_carried_is_left_out_alone() -> None:
    given = document({"servers": [{"url": "http://upload.example"}], **answering({})})
    given["paths"]["/other"] = {"get": {"operationId": "get_other", **answering({"type": "integer"})}}
    result = normalise(given)
    assert list(result.document["paths"]) == ["/other"]
    assert any("POST /it is left out" in note and "upload.example" in note for note in result.notes)
    del given["paths"]["/other"]
    with pytest.raises(SpecError, match="no operation is left"):
        normalise(given)


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ({"url": "https://upload.example"}, "https://upload.example"),
        ({"url": "https://{at}.example/v2/", "variables": {"at": {"default": "eu"}}}, "https://eu.example/v2"),
        ({"url": "/v3"}, "https://api.example/v3"),
        ({"url": "https://api.example/v1"}, None),
    ],
)
def test_an_operation_keeps_a_server_of_its_own(server: dict[str, Any], address: str | None) -> None:
    given = {**document({"servers": [server], **answering({})}), "servers": [{"url": "https://api.example/v1"}]}
    operation = normalise(given).document["paths"]["/it"]["post"]
    assert operation.get("servers") == (None if address is None else [{"url": address}])


def test_components_of_upstream_keep_their_names_and_recursion() -> None:
    schemas = {
        "Tree": {
            "type": "object",
            "properties": {"kids": {"type": "array", "items": {"$ref": REF + "Tree"}}, "a": OBJECT},
        },
        "Leaf": OBJECT,
        "Alias": {"$ref": REF + "Leaf"},
        "Unused": {"type": "object", "properties": {"zz": {}}},
    }
    answer = {
        "type": "object",
        "properties": {"tree": {"$ref": REF + "Tree"}, "leaf": {"$ref": REF + "Alias"}},
    }
    given = document(answering(answer), components={"schemas": schemas})
    result = normalise(given).document["components"]["schemas"]
    assert sorted(result) == [
        "Alias",
        "ItResponse",
        "Leaf",
        "Tree",
        "TreeA",
    ]  # a class of the same shape is another class
    assert result["ItResponse"]["properties"]["leaf"] == {"$ref": REF + "Alias"}
    assert result["Tree"]["properties"]["a"] == {"$ref": REF + "TreeA"}
    assert (
        normalise({**given, "paths": normalise(given).document["paths"], "components": {"schemas": result}}).document[
            "components"
        ]["schemas"]
        == result
    )


# ------------------------------------------------------------------------------------------------------------ hostile


def _deep(levels: int) -> Document:
    result: Document = {"type": "string"}
    for _ in range(levels):
        result = {"type": "array", "items": result}
    return result


def _wide() -> Document:
    """A small text whose references, followed, are more schemas than any machine holds."""
    schemas: Document = {"L0": OBJECT}
    for level in range(1, 40):
        ref = {"$ref": f"{REF}L{level - 1}"}
        schemas[f"L{level}"] = {"type": "object", "properties": {"a": ref, "b": ref}}
    return document(answering({"$ref": REF + "L39"}), components={"schemas": schemas})


_LOOP = {"P": {"$ref": "#/components/parameters/P"}}


def _ref(target: str, **components: Any) -> Document:
    return document(answering({"$ref": target}), components={"schemas": components})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (_ref(REF + "Gone"), "leads nowhere"),
        (_ref("https://example.com/other.yaml#/X"), "leads nowhere"),
        (document({"parameters": [_LOOP["P"]], **answering({})}, components={"parameters": _LOOP}), "leads nowhere"),
        ({"openapi": "3.1.0", "info": {}, "paths": {}}, "the document has no operation"),
    ],
)  # fmt: skip
def test_what_is_hostile_is_refused(given: Document, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        normalise(given)


def test_what_is_too_deep_is_taken_as_anything_and_named() -> None:
    result = normalise(document(answering(_deep(100))))
    assert any("nested more than 60 deep" in note for note in result.notes)


def test_a_member_that_leads_nowhere_costs_neither_its_object_nor_the_document() -> None:
    pet = {"type": "object", "properties": {"name": {"type": "string"}, "vet": {"$ref": "vets.yaml#/Vet"}}}
    result = normalise(_ref(REF + "Pet", Pet=pet))
    assert result.document["components"]["schemas"]["Pet"]["properties"] == {"name": {"type": "string"}, "vet": {}}
    assert any(note.startswith("schema Pet.vet is read as anything: 'vets.yaml#/Vet'") for note in result.notes)


def test_schemas_that_lead_on_and_on_cost_the_operation_that_needs_them() -> None:
    chain: Document = {f"L{n}": {"type": "array", "items": {"$ref": f"{REF}L{n + 1}"}} for n in range(2000)}
    given = document(answering({"$ref": REF + "L0"}), components={"schemas": {**chain, "L2000": OBJECT}})
    given["paths"]["/other"] = {"get": {"operationId": "get_other", **answering({"$ref": REF + "L1990"})}}
    result = normalise(given)
    assert (list(result.document["paths"]), len(result.document["components"]["schemas"])) == (["/other"], 11)
    assert "POST /it is left out: its schemas are nested too deep, or lead back to themselves" in result.notes


def test_plain_json_is_sent_where_a_body_has_several_forms() -> None:
    content = {"application/merge-patch+json": {"schema": {}}, "application/json": {"schema": OBJECT}}
    result = normalise(document({"requestBody": {"content": content}, **answering({})}))
    assert list(result.document["paths"]["/it"]["post"]["requestBody"]["content"]) == ["application/json"]


def test_a_method_is_generated_or_named() -> None:
    given = document(answering({}))
    item = given["paths"]["/it"]
    item |= {"query": {**answering({}), "operationId": "ask"}, "additionalOperations": {"COPY": answering({})}}
    result = normalise(given)
    assert list(result.document["paths"]["/it"]) == ["post", "query"]
    assert result.notes == ("/it: 'additionalOperations' is left out",)


def test_a_name_may_be_longer_than_that_of_a_file(tmp_path: Path) -> None:
    given = document({**answering({"type": "object", "properties": {"y" * 300: OBJECT}}), "operationId": "x" * 300})
    text = canonical_yaml(normalise(given).document, "")[0]
    folder = generate(tmp_path, {"it": "".join(text.partition("paths:")[1:])}, "long_names")
    # The operation, its answer, and what that holds.
    assert [len(path.stem) for path in folder.rglob("*.py") if path.stem[0] in "xy"] == [207, 207, 207]


def test_a_small_text_of_many_references_stays_small() -> None:
    assert len(normalise(_wide()).document["components"]["schemas"]) == 40


@pytest.mark.parametrize("name", ["A b", "__import__('os')", "Page[Item]", "X<", "日本"])
def test_a_component_whose_name_is_none_gets_one(name: str) -> None:
    schemas = normalise(_ref(REF + name, **{name: OBJECT})).document["components"]["schemas"]
    assert [item.isascii() and item.isidentifier() for item in schemas] == [True]


@pytest.mark.parametrize("text", ['"; import os; "', "a/../../b", "\u202e", "None", "x" * 500, "", "Привет"])
def test_no_name_of_upstream_gets_into_code(text: str) -> None:
    schema = {"type": "object", "properties": {text: OBJECT, "plain": {"type": "string", "enum": ["a", text + "b"]}}}
    result = normalise(document({**answering(schema), "operationId": text}))
    names = [result.document["paths"]["/it"]["post"]["operationId"], *result.document["components"]["schemas"]]
    assert all(name.isascii() and name.isidentifier() for name in names)


# -------------------------------------------------------------------------------------------------------- as a program


def test_the_command_writes_a_file_whose_names_and_comments_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "books.json", tmp_path / "books.yaml"
    source.write_text(json.dumps(BOOKS), encoding="utf-8")
    assert main(["normalise", str(source), str(target)]) == 0
    assert "changed: books.yaml" in capsys.readouterr().out
    text = target.read_text("utf-8").replace("LoansFormat", "Binding").replace("  schemas:", "  # Ours.\n  schemas:")
    target.write_text(text, encoding="utf-8")
    assert main(["normalise", str(source), str(target)]) == 0
    text = target.read_text("utf-8")
    assert "  # Ours.\n  schemas:\n    Binding:" in text
    capsys.readouterr()
    assert main(["normalise", str(source), str(target)]) == 0
    assert "unchanged: books.yaml" in capsys.readouterr().out
    assert target.read_text("utf-8") == text
    source.write_text(json.dumps(_ref("#/nowhere")), encoding="utf-8")
    assert main(["normalise", str(source), str(target)]) == 1
    assert "leads nowhere" in capsys.readouterr().err
    assert target.read_text("utf-8") == text
    assert main(["normalise", str(tmp_path / "gone.json"), str(target)]) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["books.json", "books.yaml"]


def test_a_lock_holds_the_names_of_another_file(tmp_path: Path) -> None:
    source, target, lock = tmp_path / "books.json", tmp_path / "fresh.yaml", tmp_path / "old.yaml"
    source.write_text(json.dumps(BOOKS), encoding="utf-8")
    lock.write_text(
        canonical_yaml(normalise(BOOKS).document, "")[0].replace("LoansFormat", "Binding"), encoding="utf-8"
    )
    assert main(["normalise", str(source), str(target), "--lock", str(lock), "--tag", "loans"]) == 0
    assert "Binding:" in target.read_text("utf-8")


def test_a_pull_normalises_what_sources_toml_says(tmp_path: Path) -> None:
    spec, source = tmp_path / "spec", tmp_path / "upstream.json"
    spec.mkdir()
    source.write_text(json.dumps(BOOKS), encoding="utf-8")
    pins = '[openapi.books]\nsource = "upstream.json"\nnormalise = true\ntags = ["loans"]\n'
    (spec / "sources.toml").write_text(pins, encoding="utf-8")
    assert pull(tmp_path, openapi={"books": str(source)}).changed == ("openapi/books.yaml", "sources.toml")
    text = (spec / "openapi" / "books.yaml").read_text("utf-8")
    assert "LoansFormat:" in text
    assert "/books" not in text
    changed = json.loads(json.dumps(BOOKS).replace('"paperback"', '"scroll"'))
    source.write_text(json.dumps(changed), encoding="utf-8")
    pull(tmp_path, openapi={"books": str(source)})
    assert "LoansFormat:" in (spec / "openapi" / "books.yaml").read_text("utf-8")
    (spec / "sources.toml").write_text(pins.replace("normalise = true\n", ""), encoding="utf-8")
    with pytest.raises(SpecError, match="need normalise = true"):
        pull(tmp_path, openapi={"books": str(source)})


def test_a_mapping_without_a_name_takes_no_component_its_name(tmp_path: Path) -> None:
    inner = {"contents": {"type": "object", "additionalProperties": {"type": "string"}}, "free": {"type": "object"}}
    flow = {"type": "object", "properties": inner}
    other = {"type": "object", "properties": {"a": {"type": "string"}}}
    schemas = {"Flow": flow, "FlowContents": other, "FlowFree": other | {"description": "Also."}}
    answer = {"type": "object", "properties": {name: {"$ref": REF + name} for name in schemas}}
    result = normalise(document(answering(answer), components={"schemas": schemas})).document
    out = generate(tmp_path, {"flows": canonical_yaml(result, "")[0].split("\n", 4)[4]}, "flows_gen")
    text = (out / "rest" / "models" / "flow.py").read_text("utf-8")
    assert "contents: dict[str, str] | None" in text
    assert "free: dict[str, Any] | None" in text


def test_what_is_generated_from_it_is_typed_and_loads_alone(tmp_path: Path) -> None:
    text = canonical_yaml(normalise(BOOKS).document, "")[0]
    out = generate(tmp_path, {"books": text.split("\n", 4)[4]}, "books_gen")
    files = [path for path in (out / "rest" / "models").glob("*.py") if path.name != "__init__.py"]
    assert len(files) == 8  # one per distinct object or enum
    script = (
        "import sys\nfrom books_gen.rest.operations.list_loans import list_loans\n"
        "print(sum(name.startswith('books_gen.rest.models.') for name in sys.modules))\n"
        "from books_gen.rest.models import Loan\n"
        "print(list_loans(format='paperback').params, Loan.from_dict({'state': 'lent'}).state.is_known)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split("\n")[:2] == ["5", "(('format', 'paperback'),) True"]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "-p", "books_gen"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_what_extends_a_schema_with_a_discriminator_is_one_of_its_forms() -> None:
    schemas = {
        "Beast": {
            "type": "object",
            "properties": {"kind": {"type": "string"}, "prey": {"$ref": REF + "Beast"}},
            "discriminator": {"propertyName": "kind", "mapping": {"adder": "Snake"}},
        },
        "Snake": {
            "allOf": [{"$ref": REF + "Beast"}, {"type": "object", "properties": {"length": {"type": "integer"}}}]
        },
        "Worm": {"allOf": [{"$ref": REF + "Snake"}]},
        "Stone": {"allOf": [{"$ref": REF + "Other"}]},
        "Other": {"type": "object", "properties": {"a": {"type": "string"}}},
    }
    result = normalise(document(answering({"$ref": REF + "Beast"}), components={"schemas": schemas})).document
    union = {
        "oneOf": [{"$ref": REF + "Snake"}, {"$ref": REF + "Worm"}, {"$ref": REF + "Beast"}],
        "discriminator": {"propertyName": "kind", "mapping": {"adder": REF + "Snake"}},
    }
    made = result["components"]["schemas"]
    assert answer_of(Normalised(result, ())) == made["Beast"]["properties"]["prey"] == union
    assert made["Snake"]["allOf"][0] == {"$ref": REF + "Beast"} and sorted(made) == ["Beast", "Snake", "Worm"]


def test_what_stands_beside_the_paths_and_the_schemas_is_named() -> None:
    given = document(answering({"type": "string"}), webhooks={"made": {"post": {}}})
    content = given["paths"]["/it"]["post"]["responses"]["200"]["content"]
    content["application/json"]["itemSchema"] = {"type": "string"}
    content["text/event-stream"] = {}
    notes = normalise(given).notes
    assert "POST /it, response 200: the answer may be text/event-stream too; application/json is taken" in notes
    assert "the document: 'webhooks' is left out" in notes
    assert "POST /it, response 200, application/json: 'itemSchema' is left out" in notes


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"openapi": None, "swagger": "2.0"}, "Swagger 2.0; convert it to OpenAPI 3 first"),
        ({"paths": {}}, "the document has no operation"),
    ],
)
def test_what_no_client_can_be_made_of_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: Document, complaint: str
) -> None:
    source = tmp_path / "it.json"
    given = {key: value for key, value in (document(answering({})) | more).items() if value is not None}
    source.write_text(json.dumps(given), encoding="utf-8")
    assert main(["normalise", str(source), str(tmp_path / "out.yaml")]) == 1
    assert complaint in capsys.readouterr().err


def test_digits_are_decimal_however_many_noughts_are_before_them() -> None:
    assert parse(b"[010, 089, -007, 1_0]", "it") == [10, 89, -7, "1_0"]


def test_what_stands_behind_a_hash_tells_operations_of_one_path_apart_and_is_not_sent() -> None:
    given = document({"responses": {"204": {"description": "Done."}}})
    given["paths"]["/it#again"] = {"post": {"responses": {"204": {"description": "Done."}}}}
    rest = read_rest(with_names(merged({"it": normalise(given).document}, {})))
    assert [(item.name, item.path) for item in rest.operations] == [("make_it", "/it"), ("post_it_again", "/it")]
