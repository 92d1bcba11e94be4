"""Fixtures of the tests of processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.processes.process_kit import Platform, platform

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]  # there is neither fork nor a SIGINT for one process


@pytest.fixture
def server() -> Iterator[Platform]:
    with platform() as server:
        yield server


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of client in turn."""
    return str(request.param)
