"""A control plane per test file, and clients of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import fal_emulator
from tests.support.plane import http_to, wire_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from fal_emulator import Plane
    from tests.support.plane import Wire


@pytest.fixture(scope="module")
def plane() -> Iterator[Plane]:
    """A control plane that runs apps with this interpreter; the tests of a file share it."""
    with fal_emulator.start(isolation="inline") as started:
        yield started


@pytest.fixture
def wire(plane: Plane) -> Iterator[Wire]:
    """A raw gRPC client with a key that may do everything."""
    client = wire_to(plane)
    yield client
    client.close()


@pytest.fixture
def http(plane: Plane) -> Iterator[httpx.Client]:
    """An HTTP client with a key that may do everything."""
    with http_to(plane) as client:
        yield client
