"""Environments that hold what an app declares, and cloudpickle; built once and kept between test runs."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from fal_emulator.engine.environments import build_variables
from tests.support import pythons

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "fal-sdk-tests"


def find_python(version: str) -> str:
    """Return the interpreter of a minor version; skip the test when there is none."""
    result = pythons.find(version)
    if result is not None:
        return result
    pytest.skip(f"Python {version} is not installed")


def venv_with(requirements: list[str], version: str) -> str:
    """Return the interpreter of an environment with exactly some requirements."""
    python = find_python(version)
    key = hashlib.sha256(repr((sorted(requirements), version, python)).encode()).hexdigest()[:16]
    home = CACHE / f"py{version}-{key}"
    scripts = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    if not home.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(dir=CACHE))
        uv = [sys.executable, "-m", "uv"]
        try:
            _run([*uv, "venv", "-q", "--relocatable", "-p", python, str(building / "venv")])
            _run([*uv, "pip", "install", "-q", "-p", str(building / "venv" / scripts), *requirements])
            try:
                (building / "venv").rename(home)
            except OSError:
                assert home.exists()  # another test process was faster
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return str(home / scripts)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=build_variables())
    assert done.returncode == 0, done.stderr
