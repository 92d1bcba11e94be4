"""The async versions of sync classes, on small sources."""

from __future__ import annotations

import asyncio
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from generator.async_client import build, config
from generator.errors import SpecError

BASE = '''
    """The base."""

    from __future__ import annotations

    import time
    from collections.abc import Iterator

    LIMIT = 3


    def doubled(number: int) -> int:
        """Return twice the number."""
        return 2 * number


    class Base:
        """Asks. Safe in threads."""

        def __init__(self, wire):
            self.wire = wire

        # Kept: a comment.
        def _ask(self, question: str) -> list[int]:
            return self.wire.ask(question)

        def _pause(self) -> None:
            time.sleep(0)
    '''
THINGS = '''
    """Things."""

    from __future__ import annotations

    from pkg.base import LIMIT, Base, doubled

    TYPE_CHECKING = False
    if TYPE_CHECKING:
        from collections.abc import Iterator

        Number = int


    class SyncThings(Base):
        """Things.

        Example:
            with SyncThings(wire) as client:
                print(client.first().real, client.plain())
                for number in client.each():
                    print(number)
                with client.other() as other:
                    print(other.first())
                again = client.other()
                print(again.total())
        """

        def __enter__(self) -> SyncThings:
            return self

        def __exit__(self, *_: object) -> None:
            self._pause()

        def all(self) -> list[int]:
            return [doubled(number) for number in self._ask("über") if number < LIMIT]

        def first(self) -> Number:
            # A bracket is needed here.
            return self.all()[0]

        def total(self) -> int:
            return self.first() + sum(self.all())

        def each(self) -> Iterator[int]:
            for number in self.wire.numbers():
                self._pause()
                yield number

        def plain(self) -> int:
            return doubled(LIMIT)

        def other(self) -> SyncThings:
            return SyncThings(self.wire)
    '''
CONFIG: dict[str, Any] = {
    "package": "pkg.aio",
    "folder": "pkg/aio",
    "sources": ".",
    "classes": {"pkg.base": ["Base"], "pkg.things": ["SyncThings"]},
    "replace": {"collections.abc.Iterator": "collections.abc.AsyncIterator"},
    "expressions": {"time.sleep": "asyncio.sleep"},
    "imports": ["import asyncio"],
    "io": {"awaited": ["self.wire.ask", "time.sleep"]},
    "words": {"Safe in threads.": "Safe in tasks."},
}


def project(tmp_path: Path, **changes: Any) -> tuple[Path, config.AsyncConfig]:
    things = changes.pop("things", THINGS)
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").touch()
    (tmp_path / "pkg" / "base.py").write_text(dedent(BASE).lstrip(), encoding="utf-8")
    (tmp_path / "pkg" / "things.py").write_text(dedent(things).lstrip(), encoding="utf-8")
    return tmp_path, config.AsyncConfig(**{**CONFIG, **changes})


def built(tmp_path: Path, **changes: Any) -> Path:
    root, result = project(tmp_path, **changes)
    build.build(root, result, root / "pkg" / "aio", "make it")
    return root / "pkg" / "aio"


def test_the_async_version_awaits_what_waits_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = built(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    from pkg.aio.things import AsyncThings  # type: ignore[import-not-found]

    class Wire:
        async def ask(self, question: str) -> list[int]:
            assert question == "über"
            return [1, 2, 3]

        def numbers(self) -> list[int]:
            return [7, 8]

    async def go() -> list[Any]:
        async with AsyncThings(Wire()) as client:
            result = [await client.first(), await client.all(), await client.total(), client.plain()]
            return [*result, [number async for number in client.each()]]

    assert asyncio.run(go()) == [2, [2, 4], 8, 6, [7, 8]]
    text = (out / "things.py").read_text(encoding="utf-8")
    assert "from pkg.base import LIMIT, doubled" in text
    assert "return (await self.all())[0]" in text
    assert "# A bracket is needed here." in text
    assert "AsyncIterator[int]" in text
    assert "async with AsyncThings(wire) as client:" in text
    assert "print((await client.first()).real, client.plain())" in text
    assert "async for number in client.each():" in text
    assert "async with client.other() as other:" in text
    assert "print(await other.first())" in text
    assert "print(await again.total())" in text
    base = (out / "base.py").read_text(encoding="utf-8")
    assert '"""Asks. Safe in tasks."""' in base
    assert "# Kept: a comment." in base
    assert "LIMIT" not in base


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        out = built(tmp_path / name)
        texts.append({path.name: path.read_bytes() for path in sorted(out.glob("*"))})
    assert texts[0] == texts[1]
    assert set(texts[0]) == {"MANIFEST.json", "__init__.py", "base.py", "things.py"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"replace": {"os.Gone": "os.path"}}, "os.Gone"),
        ({"words": {"Nobody says this.": "x"}}, "Nobody says this."),
        ({"io": {"awaited": ["self.wire.ask", "time.sleep", "self.gone"]}}, "self.gone"),
        ({"classes": {"pkg.base": ["Gone"]}}, "Gone"),
        ({"classes": {"pkg.gone": ["Base"]}}, "pkg.gone"),
    ],
)
def test_an_entry_that_matches_nothing_is_an_error(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    root, result = project(tmp_path, **changes)
    with pytest.raises(SpecError, match=words):
        build.build(root, result, root / "out", "make it")


def test_what_cannot_wait_is_an_error_with_its_line(tmp_path: Path) -> None:
    things = THINGS.replace('self._ask("über")', '(lambda: self._ask("über"))()')
    root, result = project(tmp_path, things=things)
    with pytest.raises(SpecError, match=r"pkg\.things, line \d+"):
        build.build(root, result, root / "out", "make it")


def test_a_project_without_an_async_client_has_none(tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    assert config.read_config(tmp_path) is None
    assert build.generate(tmp_path, "make it") == []
    assert build.check(tmp_path, "make it") == ""


@pytest.mark.parametrize("text", ["package = 1\nbad = 2", "package =", '[io]\nwrong = ["x"]'])
def test_a_file_that_is_wrong_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / config.NAME).write_text(text)
    with pytest.raises(SpecError, match=config.NAME):
        config.read_config(tmp_path)


def test_an_example_that_is_no_python_is_shown(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"an example is no Python: [^\n]+\nwith SyncThings"):
        built(tmp_path, things=THINGS.replace("again = client.other()", "again = ("))
