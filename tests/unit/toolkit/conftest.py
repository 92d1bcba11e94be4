"""A control plane whose storage the toolkit uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import fal_emulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fal_emulator import Plane


@pytest.fixture(scope="session")
def plane() -> Iterator[Plane]:
    with fal_emulator.start(isolation="inline") as started:
        yield started


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give this process a home without a profile or a login."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("FAL_CONFIG_PATH", str(folder / "config.toml"))
    monkeypatch.setenv("FAL_HOME_DIR", str(folder))
    return folder


@pytest.fixture
def on_a_runner(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> Plane:
    """Give this process the variables of a runner."""
    for name, value in plane.env().items():
        monkeypatch.setenv(name, value)
    return plane
