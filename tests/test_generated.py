"""The generated package is as the generator left it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.async_client import build
from generator.output import manifest

ROOT = Path(__file__).resolve().parents[1]
GENERATED = ROOT / "src" / "fal" / "_gen"
ASYNC = ROOT / "src" / "fal" / "_aio"


@pytest.mark.parametrize("folder", [GENERATED, ASYNC], ids=lambda folder: folder.name)
def test_nobody_edited_a_generated_file(folder: Path) -> None:
    assert manifest.problems(folder) == [], "repair with: just generate"


def test_the_async_client_is_what_the_sync_sources_say() -> None:
    assert build.check(ROOT, "just generate") == "", "repair with: just generate"


def test_a_hand_edit_a_missing_file_and_a_stray_file_are_found(tmp_path: Path) -> None:
    copy = tmp_path / "gen"
    shutil.copytree(GENERATED, copy, ignore=shutil.ignore_patterns("__pycache__"))
    edited = copy / "models" / "alias_info.py"
    edited.write_text(edited.read_text() + "\n# edited\n")
    (copy / "policy.py").unlink()
    (copy / "stray.py").write_text("")
    assert manifest.problems(copy) == [
        "models/alias_info.py: was changed by hand",
        "policy.py: missing",
        "stray.py: was not generated",
    ]


def test_every_generated_source_says_so_in_its_head() -> None:
    for path in sorted([*GENERATED.rglob("*.py*"), *ASYNC.rglob("*.py")]):
        if "__pycache__" in path.parts:
            continue
        head = path.read_text()[:200]
        assert "Generated" in head, path
        assert "do not edit" in head.lower(), path
