"""Whatever stands in a document, normalise ends with a document that is read and printed, or with a sentence."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.errors import SpecError
from generator.render.rest_code import Code
from generator.spec.inline import with_names
from generator.spec.openapi import merged
from generator.spec.rest_reader import read_rest
from generator.spec.yamlfile import parse_document
from generator.upstream.normalise import normalise

JUNK: tuple[Any, ...] = (
    *(None, 5, -1, 1.5, "", "x", [], {}, [1], ["null"], True, False, "#/components", {"a": {"b": {}}}),
    *({"$ref": 1}, {"$ref": "#/components/schemas/Event"}, {"$ref": "#/paths/~1jobs/post"}, {"type": "object"}),
    *({"type": ["string", "null"]}, {"allOf": [{"$ref": "#/components/schemas/Event"}]}, [{"type": "string"}]),
)
DOCUMENT = parse_document((Path(__file__).parent / "jobs.yaml").read_bytes(), "jobs")


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from _places(item, (*path, key))


PLACES = list(_places(DOCUMENT))


def damaged(seed: int) -> dict[str, Any]:
    """Return the document with something else in up to three of its places."""
    chance = random.Random(seed)
    result = copy.deepcopy(DOCUMENT)
    for _ in range(chance.randint(1, 3)):
        *parents, last = chance.choice(PLACES)
        place: Any = result
        try:
            for step in parents:
                place = place[step]
            if chance.random() < 0.2:
                del place[last]
            else:
                place[last] = copy.deepcopy(chance.choice(JUNK))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier damage took the place away
    return result


def printed(document: dict[str, Any]) -> Iterator[str]:
    """Yield the Python of everything in a document."""
    rest = read_rest(with_names(merged({"it": document}, {})))
    code = Code.of(rest)
    for item in rest.operations:
        yield f"x: {code.response_annotation(item)}"
        expressions = [code.path(item), code.json(item), code.content(item), *code.headers(item)]
        expressions += [code.query(p) for p in item.at("query")] + [code.part(p) for p in item.at("part")]
        yield from (f"f({text})" for text in expressions if text)
        yield from ("x: " + code.parameter_annotation(p) + code.parameter_default(p) for p in item.parameters)
    for model in rest.models:
        for member in model.members:
            yield "x: " + code.member_annotation(member) + code.member_default(member)
            yield code.decode_member(member, model.name)


@pytest.mark.parametrize("part", range(10))
def test_a_damaged_document_is_taken_or_refused_in_a_sentence(part: int) -> None:
    taken = 0
    for seed in range(part * 100, part * 100 + 100):
        try:
            result = normalise(damaged(seed)).document
        except SpecError:
            continue
        for text in printed(result):
            ast.parse(text)
        taken += 1
    assert taken > 80
