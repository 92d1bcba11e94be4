"""A control plane whose storage the toolkit uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import fal_emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fal_emulator import Plane


@pytest.fixture(scope="session")
def plane() -> Iterator[Plane]:
    with fal_emulator.start(isolation="inline") as started:
        yield started


@pytest.fixture
def on_a_runner(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> Plane:
    """Give this process the variables of a runner."""
    for name, value in plane.env().items():
        monkeypatch.setenv(name, value)
    return plane
