"""A container engine that works, and a base image that is made of the files of this machine: nothing is pulled."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import fal_emulator
from fal_emulator.engine import containers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fal_emulator import Plane

# What the control plane and an app want to have in the image; isolate, which only the peer's apps use, is pretended.
_PACKAGES = ("pip", "cloudpickle", "grpcio", "fastapi", "uvicorn")
BASE = "localhost/fal-test-base:1"
# For machines where a container may not raise its limits, and for control groups of the old kind.
_MODEST = '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=500:500"]\n\n[engine]\nruntime = "runc"\n'


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The container engine, with the base image."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FAL_LOCAL_CONTAINER_ENGINE")
        result = containers.engine()
        assert result is not None, "no container engine works here: Debian's are podman and docker.io"
        _make_base(result, tmp_path_factory.mktemp("image"), patch)
        yield result


def _make_base(program: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Make the base image, and see to it that it runs."""
    archive = subprocess.Popen(["tar", "-C", str(_tree(folder / "tree")), "-c", "."], stdout=subprocess.PIPE)
    subprocess.run([program, "import", "-", BASE], stdin=archive.stdout, check=True, capture_output=True)
    assert archive.stdout is not None
    archive.stdout.close()
    assert archive.wait() == 0
    if _runs(program):
        (folder / "containers.conf").write_text(_MODEST)
        patch.setenv("CONTAINERS_CONF", str(folder / "containers.conf"))
        assert not (said := _runs(program)), said


@pytest.fixture(scope="session")
def plane(program: str) -> Iterator[Plane]:
    """A control plane that runs containers."""
    assert program
    with fal_emulator.start() as started:
        yield started


def _runs(program: str) -> str:
    """Run the base image; return what was said when that failed."""
    line = [program, "run", "--rm", "--network", "host", BASE, "python3", "-c", "pass"]
    ran = subprocess.run(line, capture_output=True, text=True)
    return ran.stderr if ran.returncode else ""


def _tree(root: Path) -> Path:
    """Copy this Python with some packages, a shell, and the libraries that they load."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    home = Path(sys.base_prefix)
    library = root / home.relative_to("/") / "lib" / version
    left_out = shutil.ignore_patterns("site-packages", "dist-packages", "test", "tests", "__pycache__", "config-*")
    shutil.copytree(home / "lib" / version, library, ignore=left_out, symlinks=True)
    for package in _with_needs(_PACKAGES):
        _copy_package(package, library / "site-packages")
    about = library / "site-packages" / "isolate-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: isolate\nVersion: 1.0\n")
    programs = [home / "bin" / version, Path("/bin/sh")]
    modules = [path for path in library.rglob("*.so*") if path.is_file()]
    for file in [*programs, *{path for each in [*programs, *modules] for path in _libraries(each)}]:
        target = root / file.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    (root / "usr/bin").mkdir(parents=True, exist_ok=True)
    os.symlink(home / "bin" / version, root / "usr/bin/python3")
    (root / "tmp").mkdir(mode=0o1777)
    return root


def _libraries(file: Path) -> set[Path]:
    listed = subprocess.run(["ldd", str(file)], capture_output=True, text=True).stdout
    return {Path(path) for path in re.findall(r"(?:=> |^\s*)(/\S+)", listed, re.MULTILINE)}


def _with_needs(names: tuple[str, ...]) -> set[str]:
    collected: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in collected:
            continue
        collected.add(name)
        for line in importlib.metadata.requires(name) or []:
            needed = re.split(r"[^A-Za-z0-9._-]", line)[0]
            if "extra ==" not in line and _is_there(needed):
                waiting.append(needed)
    return collected


def _is_there(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _copy_package(name: str, folder: Path) -> None:
    for file in importlib.metadata.files(name) or []:
        if ".." not in file.parts and file.suffix != ".pyc":
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), target)
