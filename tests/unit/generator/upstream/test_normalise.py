"""Inline schemas become shared and named ones: nothing is lost by it, and names outlive every change around them."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import SpecError
from generator.spec.canonical import alike, canonical
from generator.spec.inline import with_names
from generator.spec.lint import lint
from generator.spec.openapi import merged
from generator.spec.references import REF
from generator.spec.rest_reader import read_rest
from generator.upstream.naming import Place, candidates, snake
from generator.upstream.normalise import normalise
from tests.unit.generator.inline_document import BOOKS, Document, documents


def components(document: Document) -> dict[str, Any]:
    result: dict[str, Any] = document["components"]["schemas"]
    return result


def resolved(node: Any, document: Document) -> Any:
    """Write every reference out again."""
    if isinstance(node, list):
        return [resolved(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return resolved(components(document)[node["$ref"].removeprefix(REF)], document)
    if set(node) <= {"allOf", "description"} and len(node.get("allOf", [])) == 1:
        return {**resolved(node["allOf"][0], document), **{k: v for k, v in node.items() if k == "description"}}
    return {key: resolved(item, document) for key, item in node.items()}


def classes(node: Any, names: bool = False) -> Iterator[str]:
    """Yield one text per object or enum that is written out in `node`, the same for the same."""
    if isinstance(node, list):
        for item in node:
            yield from classes(item)
    elif isinstance(node, dict):
        if not names and (node.get("properties") or isinstance(node.get("enum"), list)):
            yield alike(canonical(node))
        for key, item in node.items():
            if names or key not in ("enum", "required"):
                yield from classes(item, not names and key in ("properties", "paths", "content", "responses"))


def names_by_place(document: Document) -> dict[tuple[str, ...], str]:
    """Return place -> name of the component there, for every object and enum; recursion is not in these documents."""
    collected: dict[tuple[str, ...], str] = {}

    def walk(node: Any, place: tuple[str, ...]) -> None:
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            collected[place] = name = node["$ref"].removeprefix(REF)
            walk(components(document)[name], place)
        elif isinstance(node, dict) and "allOf" in node:
            walk(node["allOf"][0], place)
        elif isinstance(node, dict):
            for key, item in node.items():
                walk(item, (*place, key))
        elif isinstance(node, list):
            for item in node:
                walk(item, (*place, "-"))

    walk(document["paths"], ())
    return collected


def shapes(document: Document) -> dict[str, str]:
    return {name: alike(canonical(resolved(item, document))) for name, item in components(document).items()}


def reordered(node: Any, pick: random.Random) -> Any:
    if isinstance(node, dict):
        keys = list(node)
        pick.shuffle(keys)
        return {key: reordered(node[key], pick) for key in keys}
    if isinstance(node, list):
        return [reordered(item, pick) for item in node]
    return node


# ---------------------------------------------------------------------------------------------------- a known document


def test_every_distinct_object_and_enum_gets_one_readable_name() -> None:
    result = normalise(BOOKS).document
    assert sorted(components(result)) == [
        "Book",
        "BookAuthor",
        "BookRequest",
        "BookState",
        "BooksResponse",
        "Loan",
        "LoansFormat",
        "LoansResponse",
    ]
    assert components(result)["Book"]["properties"]["authors"]["items"] == {"$ref": f"{REF}BookAuthor"}
    # The same author elsewhere, in a member that may be null.
    assert components(result)["Loan"]["properties"]["recommended_by"] == {
        "anyOf": [{"$ref": f"{REF}BookAuthor"}, {"type": "null"}],
        "description": "Who else wrote such a book.",
    }


def test_a_description_of_one_use_does_not_apply_to_all() -> None:
    state = components(normalise(BOOKS).document)["Loan"]["properties"]["state"]
    assert state == {"allOf": [{"$ref": f"{REF}BookState"}], "description": "The state when it was lent."}


def test_a_selection_takes_tags_and_paths() -> None:
    result = normalise(BOOKS, tags=["loans"], paths=["/books"]).document
    assert sorted(result["paths"]) == ["/books", "/books/{isbn}", "/loans"]
    assert sorted(normalise(BOOKS, tags=["loans"]).document["paths"]) == ["/loans"]
    # Names are made of the places that are left.
    assert sorted(components(normalise(BOOKS, paths=["/loans"]).document)) == [
        *("Loan", "LoanRecommendedBy", "LoanState", "LoansFormat", "LoansResponse")
    ]
    with pytest.raises(SpecError, match="'lones' selects no operation"):
        normalise(BOOKS, tags=["lones"])
    with pytest.raises(SpecError, match="'/book' selects no operation"):
        normalise(BOOKS, paths=["/book"])


# ------------------------------------------------------------------------------------------------------------ updates


def test_a_schema_that_splits_leaves_its_name_to_the_unchanged_one() -> None:
    before = normalise(BOOKS).document
    changed = copy.deepcopy(BOOKS)
    book = changed["paths"]["/books"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    author = book["properties"]["books"]["items"]["properties"]["authors"]["items"]
    author["properties"]["born"] = {"type": "integer"}
    after = normalise(changed, previous=before)
    assert components(after.document)["BookAuthor"] == components(before)["BookAuthor"]
    assert set(components(after.document)) - set(components(before)) == {"BookAuthorResponse", "BookResponse"}
    assert "the schema BookAuthorResponse is new" in after.notes


def test_a_member_that_is_renamed_takes_its_schema_along() -> None:
    before = normalise(BOOKS).document
    changed = json.loads(json.dumps(BOOKS).replace('"authors"', '"writers"').replace('"format"', '"shape"'))
    assert set(components(normalise(changed, previous=before).document)) == set(components(before))


def failing(*paths: str, status: str = "404") -> Document:
    body = {"application/json": {"schema": {"type": "object", "properties": {"why": {"type": "string"}}}}}
    answers = {"200": {"description": "It."}, status: {"description": "No.", "content": body}}
    operations = {path: {"get": {"operationId": path[1:], "responses": copy.deepcopy(answers)}} for path in paths}
    return {"openapi": "3.1.0", "info": {}, "paths": operations}


def test_a_failure_that_operations_share_stands_once_and_is_no_class() -> None:
    given = failing("/a", "/b", "/c")
    given["paths"]["/c"]["get"]["responses"]["404"] = {"description": "Gone."}
    normalised = normalise(given).document
    responses = [normalised["paths"][path]["get"]["responses"]["404"] for path in ("/a", "/b", "/c")]
    assert responses == [{"$ref": "#/components/responses/Error404"}] * 2 + [{"description": "Gone."}]
    body = normalised["components"]["responses"]["Error404"]["content"]["application/json"]["schema"]
    assert body == {"$ref": f"{REF}ErrorResponse"}
    rest = read_rest(with_names(merged({"it": normalised}, {})))
    assert rest.models == ()
    assert [answer.statuses for operation in rest.operations for answer in operation.responses] == [(200,)] * 3
    # The names hold, and what is kept is kept again.
    assert normalise(given, previous=normalised).document == normalised
    assert normalise(normalised, previous=normalised).document == normalised


def test_a_failure_that_cannot_be_read_costs_itself() -> None:
    given = failing("/a", status="5XX")
    given["paths"]["/a"]["get"]["responses"] |= {"404": {"$ref": "#/nowhere"}, "600": {"description": "No."}}
    normalised = normalise(given)
    assert list(normalised.document["paths"]["/a"]["get"]["responses"]) == ["200", "5XX"]
    assert [note.split(";")[0] for note in normalised.notes] == [
        "GET /a, response 404: '#/nowhere' leads nowhere",
        "GET /a, response 600: it is not a status",
    ]


def test_a_name_that_was_chosen_by_hand_stays() -> None:
    text = json.dumps(normalise(BOOKS).document).replace("LoansFormat", "Binding")
    chosen = json.loads(text)
    changed = copy.deepcopy(BOOKS)
    changed["paths"]["/loans"]["get"]["parameters"][0]["schema"]["enum"].append("scroll")
    result = components(normalise(changed, previous=chosen).document)
    assert "Binding" in result
    assert "LoansFormat" not in result
    assert result["Binding"]["enum"] == ["hardback", "paperback", "scroll"]


@given(documents(), st.randoms(use_true_random=False))
def test_nothing_is_lost_and_nothing_is_there_twice(document: Document, pick: random.Random) -> None:
    result = normalise(document).document
    assert lint({"": result}) == []
    paths = {"paths": result["paths"], "components": {"schemas": {}}}
    assert list(classes(paths["paths"])) == []  # no object and no enum is left inline
    written_out = resolved(result["paths"], result)
    assert alike(canonical(written_out)) == alike(canonical(document["paths"]))
    assert len(components(result)) == len(set(classes(written_out)))
    assert len({name.casefold() for name in components(result)}) == len(components(result))
    again = normalise(result, previous=result)
    assert again.document == result
    assert normalise(result).document == result
    assert json.dumps(normalise(reordered(document, pick)).document, sort_keys=True) == json.dumps(
        result, sort_keys=True
    )


@given(documents(), documents(), st.randoms(use_true_random=False))
def test_names_outlive_changes(document: Document, other: Document, pick: random.Random) -> None:
    before = normalise(document).document
    changed = copy.deepcopy(document)
    objects = [*_objects(changed["paths"])]
    touched = pick.choice(objects) if objects else None
    if touched is not None:
        match pick.choice(["add", "remove", "retype"]):
            case "add":
                touched["properties"]["fresh"] = {"type": "string", "format": "uuid"}
            case "remove":
                name = pick.choice(sorted(touched["properties"]))
                del touched["properties"][name]
                touched["required"] = [item for item in touched.get("required", []) if item != name]
            case "retype":
                touched["properties"][pick.choice(sorted(touched["properties"]))] = {"type": "number"}
        if not touched.get("required"):
            touched.pop("required", None)
    for path, item in other["paths"].items():
        changed["paths"][f"/more{path}"] = {
            m: {**op, "operationId": f"more_{op['operationId']}"} for m, op in item.items()
        }
    after = normalise(changed, previous=before).document
    # What is the same as before has the name that it had.
    old, new = shapes(before), shapes(after)
    assert {name: shape for name, shape in new.items() if shape in old.values()} == {
        name: shape for name, shape in old.items() if shape in new.values()
    }
    # Of what was changed, a name that still stands somewhere stands where it stood.
    was, now = names_by_place(before), names_by_place(after)
    for name in {name for place, name in was.items() if place in now and old[name] not in new.values()} & set(new):
        assert any(now.get(place) == name for place, held in was.items() if held == name)
    # And nothing that is new goes by an old name.
    for place, name in now.items():
        if name in old and new[name] != old[name]:
            assert any(was.get(spot) == name for spot, held in now.items() if held == name), (place, name)
    assert normalise(changed, previous=after).document == after


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and node["properties"] and node.get("type") == "object":
            yield node
        for item in node.values():
            yield from _objects(item)
    elif isinstance(node, list):
        for item in node:
            yield from _objects(item)


# -------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("owner", "kind", "steps", "name"),
    [
        ("list_apps", "response", (), "AppsResponse"),
        ("list_apps", "response", (".apps", "[]"), "App"),
        ("list_app_events", "response", (".events", "[]"), "AppEvent"),
        ("get_usage", "response", (".time_series", "[]"), "UsageTimeSeries"),
        ("get_usage", "response", (".entries", "[]", ".boxes", "{}"), "UsageEntryBox"),
        ("get_usage", "?time_frame", (), "UsageTimeFrame"),
        ("create_key", "request", (), "KeyRequest"),
        ("list_files", "response", ("[]",), "File"),
        ("get", "response", (".addresses", "[]"), "GetAddress"),
        ("list_2fa_codes", "response", (), "X2faCodesResponse"),
        ("list_news", "response", (".ünïcode; import os", "[]"), "NewsNCodeImportOs"),
    ],
)
def test_names_are_made_of_places(owner: str, kind: str, steps: tuple[str, ...], name: str) -> None:
    assert next(candidates([Place(steps, owner, kind)])) == name


def test_names_never_run_out() -> None:
    several = candidates([Place((), "list_apps", "response")])
    result = [next(several) for _ in range(20)]
    assert len({name.casefold() for name in result[-15:]}) == 15


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("listApps", "list_apps"), ("HTTPServer", "http_server"), ("get /a/{b}", "get_a_b"), ("2fa", "x_2fa"), ("…", "x")],
)
def test_operations_have_names_in_snake_case(name: str, wanted: str) -> None:
    assert snake(name) == wanted
