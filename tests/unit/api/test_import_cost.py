"""Importing the client is nearly free: what a call needs is loaded by the call. How long it takes, `just bench` says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

_SOURCES = str(Path(__file__).parents[3] / "src")
_HEAVY = ("grpc", "google", "httpx", "httpcore", "pydantic", "cloudpickle", "fastapi", "attr")
_SLOW_PARTS_OF_PYTHON = ("dataclasses", "inspect", "typing", "asyncio", "enum", "re", "datetime", "tomllib")


def _python(code: str) -> str:
    # -S: what the site's own start-up loads is not ours.
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {_SOURCES!r}); {code}"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def _loaded_by(statement: str) -> set[str]:
    return set(json.loads(_python(f"{statement}; names = sorted(sys.modules); import json; print(json.dumps(names))")))


def test_importing_the_client_loads_nothing_that_it_does_not_need_yet() -> None:
    loaded = _loaded_by("from fal.api import SyncServerlessClient")
    roots = {name.partition(".")[0] for name in loaded}
    assert roots.isdisjoint(_HEAVY)
    assert roots.isdisjoint(_SLOW_PARTS_OF_PYTHON)
    ours = {name for name in loaded if name.partition(".")[0] == "fal"}
    assert ours == {
        "fal",
        "fal._lazy",
        "fal._version",
        "fal.api",
        "fal._core",
        "fal._core.known",
        "fal.api._deploying",
        "fal.api.client",
    }


@pytest.mark.parametrize("statement", ["import fal", "import fal.sdk", "import fal.exceptions", "import fal.deploy"])
def test_no_public_module_loads_a_wire_by_itself(statement: str) -> None:
    assert {name.partition(".")[0] for name in _loaded_by(statement)}.isdisjoint(_HEAVY)
