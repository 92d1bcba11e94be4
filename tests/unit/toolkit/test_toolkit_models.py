"""The toolkit's models are the released ones: schemas, what they take, and what they give.

`released_models.json` is what `observe_models.py` prints with the PyPI package; `just peer` compares it with that package anew.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
RELEASED: dict[str, Any] = json.loads((HERE / "released_models.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    done = subprocess.run([sys.executable, str(HERE / "observe_models.py")], capture_output=True, text=True, check=True)
    body: dict[str, Any] = json.loads(done.stdout)
    return body


def test_all_is_observed_that_was_recorded(ours: dict[str, Any]) -> None:
    assert list(ours) == list(RELEASED)
    assert len(ours) > 300


@pytest.mark.parametrize("name", [name for name in RELEASED if name.startswith(("schema", "order"))])
def test_a_schema_is_the_released_one(name: str, ours: dict[str, Any]) -> None:
    assert ours[name] == RELEASED[name]


def test_every_input_is_taken_or_refused_as_by_the_released_models(ours: dict[str, Any]) -> None:
    assert {name: value for name, value in ours.items() if value != RELEASED[name]} == {}
