"""Whatever stands in a document, normalise ends with a document that is generated from, or with a sentence.

Each of a thousand damaged documents is read and printed. The packages of a sample are imported and type-checked, and all are by
`just fuzz`.
"""

from __future__ import annotations

import ast
import copy
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.errors import SpecError
from generator.render.grpc import generate_shared
from generator.render.rest import generate_rest
from generator.render.rest_code import Code
from generator.spec.inline import with_names
from generator.spec.openapi import merged
from generator.spec.rest_reader import read_rest
from generator.spec.yamlfile import parse_document
from generator.upstream.normalise import normalise
from tests.unit.generator.rest_kit import POLICY

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


# Prints the name of each module below a package that cannot be imported, and why.
_IMPORT = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".", onerror=lambda name: None):
    try:
        importlib.import_module(module.name)
    except BaseException as error:
        print(f"{module.name}: {type(error).__name__}: {error}")
"""


def packages(seeds: Iterable[int], folder: Path) -> int:
    """Write the package of each document that is taken below `folder`, itself a package; return how many these are."""
    folder.mkdir()
    (folder / "__init__.py").touch()
    count = 0
    for seed in seeds:
        try:
            document = normalise(damaged(seed)).document
        except SpecError:
            continue
        rest = read_rest(with_names(merged({"it": document}, {})))
        out = folder / f"seed{seed}"
        generate_shared(out)
        generate_rest(rest, {item.name: POLICY for item in rest.operations}, f"{folder.name}.{out.name}", out / "rest")
        count += 1
    return count


def is_sound(seeds: Iterable[int], folder: Path, least: int) -> None:
    """Hold that the packages of the documents that are taken can be imported and are typed."""
    assert packages(seeds, folder / "taken") > least
    environ = {**os.environ, "PYTHONPATH": str(folder), "MYPYPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    for command in (
        ["-W", "error", "-c", _IMPORT, "taken"],
        [
            "-m",
            "mypy",
            "--strict",
            "--no-error-summary",
            "--config-file",
            os.devnull,
            "--no-incremental",
            "-p",
            "taken",
        ],
    ):
        run = [sys.executable, *command]
        done = subprocess.run(run, cwd=folder, env=environ, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert "taken" not in said, said  # each line names its module
        assert done.returncode == 0, said


@pytest.mark.timeout(600)
def test_what_is_generated_from_a_sample_can_be_imported_and_is_typed(tmp_path: Path) -> None:
    # The last one has a part that is a constant and may be left out: a wrong annotation, once.
    is_sound([*range(0, 1000, 25), 270], tmp_path, least=30)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(10))
def test_what_is_generated_from_any_can_be_imported_and_is_typed(tmp_path: Path, part: int) -> None:
    is_sound(range(part * 100, part * 100 + 100), tmp_path, least=80)
