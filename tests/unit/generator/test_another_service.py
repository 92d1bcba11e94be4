"""The generator on a service that it was not written for: its own specifications, mapping and surface, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.output import folders

ROOT = Path(__file__).resolve().parents[3]
SHELF = Path(__file__).parent / "shelf"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHELF, tmp_path / "shelf"))


def generator(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", "--root", str(root), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def made(root: Path) -> dict[str, bytes]:
    folder = root / "src" / "shelf" / "_gen"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_client_of_another_service_is_generated_typed_and_used(shelf: Path) -> None:
    done = generator(shelf, "generate")
    assert done.returncode == 0, done.stderr
    assert generator(shelf, "check").returncode == 0
    done = generator(shelf, "check-surface")
    assert (done.returncode, done.stdout) == (0, "every RPC, operation and field is exposed or waived\n"), done.stderr
    before = made(shelf)
    assert all(b"fal." not in content for content in before.values())
    environ = {**os.environ, "PYTHONPATH": str(shelf / "src"), "MYPYPATH": f"{shelf / 'src'}{os.pathsep}{shelf}"}
    used = subprocess.run(
        [sys.executable, "-W", "error", "use_shelf.py"],
        cwd=shelf,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (used.returncode, used.stdout) == (0, "used on both wires\n"), used.stderr
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--no-incremental"]
    typed = subprocess.run(
        [*mypy, "-p", "shelf", "-m", "use_shelf"],
        cwd=shelf,
        env=environ,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert typed.returncode == 0, typed.stdout
    assert "nothing changed" in generator(shelf, "generate").stdout
    assert made(shelf) == before


def test_its_gaps_are_named(shelf: Path) -> None:
    assert generator(shelf, "generate").returncode == 0
    proto = shelf / "spec" / "proto" / "shelf.proto"
    proto.write_text(proto.read_text().replace("string isbn = 1;\n}", "string isbn = 1;\n  bool loans = 2;\n}"))
    result = generator(shelf, "check-surface")
    assert result.returncode == 1
    assert result.stdout.startswith("[rpc.GetBook]: loans is not a parameter of books.get")
    assert generator(shelf, "check").returncode == 1
    proto.write_text(proto.read_text().replace("service Shelf {", "service Shelf {\n  rpc Burn(Book) returns (Book);"))
    refused = generator(shelf, "generate")
    assert refused.returncode == 1
    assert "nothing says what uses Burn" in refused.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed there in another way")
def test_a_run_that_is_killed_leaves_the_old_package_or_the_new_one(shelf: Path) -> None:
    assert generator(shelf, "generate").returncode == 0
    old = made(shelf)
    proto = shelf / "spec" / "proto" / "shelf.proto"
    proto.write_text(proto.read_text().replace("string title = 2;", "string title = 2;\n  string subtitle = 7;"))
    other = shelf.with_name("other")
    shutil.copytree(shelf, other)
    started = time.monotonic()
    assert generator(other, "generate").returncode == 0
    took = time.monotonic() - started
    new = made(other)
    assert new != old
    for part in (0.3, 0.6, 0.8, 0.9, 0.95):
        run = subprocess.Popen(
            [sys.executable, "-m", "generator", "--root", str(shelf), "generate"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(took * part)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait(20)
        assert made(shelf) in (old, new)
    assert generator(shelf, "generate").returncode == 0
    assert made(shelf) == new
    assert [path.name for path in (shelf / "src" / "shelf").iterdir() if path.name.startswith(".")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="the lock is another one there")
@pytest.mark.parametrize("command", [["generate"], ["regenerate", "--no-types"]])
def test_a_second_run_in_the_same_folder_says_that_it_waits_and_then_does_its_work(
    shelf: Path, command: list[str]
) -> None:
    held = shelf if command[0] == "regenerate" else shelf / "src" / "shelf"
    with folders.held(held):
        second = subprocess.Popen(
            [sys.executable, "-u", "-m", "generator", "--root", str(shelf), *command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        assert second.stderr.readline() == f"another run is writing {held.name}/; waiting for it\n"
        assert not (shelf / "src" / "shelf" / "_gen").exists()
        proto = shelf / "spec" / "proto" / "shelf.proto"
        proto.write_text(proto.read_text().replace("string title = 2;", "string title = 2;\n  string subtitle = 7;"))
    said, problems = second.communicate(timeout=100)
    assert second.returncode == 0, problems
    assert "31 files changed" in said
    # It writes what spec/ says by then.
    assert "subtitle" in (shelf / "src" / "shelf" / "_gen" / "proto" / "shelf_pb2.pyi").read_text()


def test_a_folder_that_cannot_be_written_is_named_in_a_sentence(shelf: Path) -> None:
    shutil.rmtree(shelf / "src")
    (shelf / "src").touch()  # what nobody, root included, can write into
    for command in ("generate", "regenerate"):
        done = generator(shelf, command)
        assert done.returncode == 1
        assert done.stderr.startswith("error: ")
        assert str(shelf / "src") in done.stderr
        assert "Traceback" not in done.stderr
