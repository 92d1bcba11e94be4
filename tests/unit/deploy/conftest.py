from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_plane import HELLO, FakePlane


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


@pytest.fixture
def hello(project: Path) -> Path:
    (project / "hello.py").write_text(HELLO)
    return project / "hello.py"


@pytest.fixture
def with_files(hello: Path) -> Path:
    hello.write_text(HELLO.replace("    requirements", '    app_files = ["data", "hello.py"]\n    requirements'))
    (hello.parent / "data").mkdir()
    for name, content in (("a.bin", b"abc"), ("b.bin", b"abc"), ("empty", b""), ("skip.pyc", b"x")):
        (hello.parent / "data" / name).write_bytes(content)
    return hello
