"""Corrections of overlay.yaml are applied in their place, and refused when upstream no longer says what they correct."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.errors import SpecError
from generator.spec.load import read_document
from tests.unit.generator.rest_kit import operation, write_spec

OVERLAY: dict[str, tuple[dict[str, Any], str]] = {
    "no reason": ({"file": "it.yaml", "at": "/paths", "add": 1}, "no `reason`"),
    "unknown key": ({"file": "it.yaml", "at": "/paths", "set": 1, "reason": "r"}, "unknown key 'set'"),
    "two actions": ({"file": "it.yaml", "at": "/a", "add": 1, "replace": 2, "reason": "r"}, "exactly one of"),
    "no action": ({"file": "it.yaml", "at": "/a", "reason": "r"}, "exactly one of"),
    "replace without was": ({"file": "it.yaml", "at": "/info", "replace": 1, "reason": "r"}, "need `was`"),
    "add with was": ({"file": "it.yaml", "at": "/tags", "add": 1, "was": 1, "reason": "r"}, "`add` takes none"),
    "remove: false": ({"file": "it.yaml", "at": "/info", "remove": False, "was": 1, "reason": "r"}, "nothing but true"),
    "no pointer": ({"file": "it.yaml", "at": "info", "add": 1, "reason": "r"}, "JSON pointer"),
    "no such file": ({"file": "no.yaml", "at": "/info", "add": 1, "reason": "r"}, "the files are it.yaml"),
    "lost way": ({"file": "it.yaml", "at": "/a/b/c", "add": 1, "reason": "r"}, "no 'a' on the way"),
    "nothing there": ({"file": "it.yaml", "at": "/tags", "remove": True, "was": 1, "reason": "r"}, "there is nothing"),
    "there already": ({"file": "it.yaml", "at": "/openapi", "add": "3.1.0", "reason": "r"}, "it already exists"),
    "changed": (
        {"file": "it.yaml", "at": "/openapi", "replace": "3.1.1", "was": "3.0.0", "reason": "r"},
        "says '3.1.0'",
    ),
    "beyond the end": (
        {"file": "it.yaml", "at": "/paths/~1it/get/tags/1", "replace": "b", "was": "a", "reason": "r"},
        "there is nothing",
    ),
}


@pytest.mark.parametrize("name", OVERLAY)
def test_corrections_that_do_not_match_are_refused(tmp_path: Path, name: str) -> None:
    entry, problem = OVERLAY[name]
    spec = write_spec(tmp_path, {"it": operation(tags="[a]")}, json.dumps({"openapi": [entry]}))
    with pytest.raises(SpecError, match=r"overlay\.yaml: openapi\[0\] \(") as caught:
        read_document(spec)
    assert problem in str(caught.value)


def test_what_was_there_may_have_other_words_and_another_order(tmp_path: Path) -> None:
    overlay = """
openapi:
  - file: it.yaml
    at: /paths/~1it/get/responses
    was: {"204": {description: Not this.}, "200": {description: Nor this.}}
    replace: {"200": {description: Done.}}
    reason: r
"""
    text = operation("{'200': {description: It., x-a: 1}, '204': {description: Nothing.}}")
    with pytest.raises(SpecError, match="is the correction still needed"):
        read_document(write_spec(tmp_path / "a", {"it": text}, overlay))
    document = read_document(write_spec(tmp_path / "b", {"it": text.replace(", x-a: 1", "")}, overlay))
    assert list(document["paths"]["/it"]["get"]["responses"]) == ["200"]


def test_corrections_are_applied_in_their_place_only(tmp_path: Path) -> None:
    shared = (
        operation(tags="[a, b]")
        + "  /other:\n    get: {operationId: get_other, responses: {'200': &done {description: Done.}, '201': *done}}\n"
    )
    overlay = """
openapi:
  - {file: it.yaml, at: /paths/~1other/get/responses/200/description, was: Done., replace: Better., reason: r}
  - {file: it.yaml, at: /paths/~1it/get/tags/0, was: a, remove: true, reason: r}
  - {file: it.yaml, at: /paths/~1it/get/summary, add: Return it., reason: r}
"""
    result = read_document(write_spec(tmp_path, {"it": shared}, overlay))["paths"]
    assert result["/other"]["get"]["responses"] == {"200": {"description": "Better."}, "201": {"description": "Done."}}
    assert result["/it"]["get"]["tags"] == ["b"] and result["/it"]["get"]["summary"] == "Return it."
