from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_plane import FakePlane


@pytest.fixture
def plane() -> Iterator[FakePlane]:
    fake = FakePlane()
    with fake.serving():
        yield fake


@pytest.fixture
def caller(plane: FakePlane) -> Iterator[Any]:
    from fal._core import settings
    from fal._core.caller import Caller

    made = Caller(settings.resolve(environ=plane.environ()))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep caches and settings of the developer out of the tests."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the working directory and a project root of its own."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder
