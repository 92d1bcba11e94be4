"""Fixtures of the tests of processes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.processes.process_kit import Platform, platform

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]  # there is neither fork nor a SIGINT for one process


@pytest.fixture
def server() -> Iterator[Platform]:
    with platform() as found:
        yield found


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of client in turn."""
    return str(request.param)


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return what writes figures into the report that `just endurance` makes; nothing is written without it."""
    path = os.environ.get("PROCESSES_EVIDENCE")

    def tell(what: str, **figures: Any) -> None:
        if path:
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps({"what": what, "test": request.node.name, **figures}) + "\n")

    return tell
