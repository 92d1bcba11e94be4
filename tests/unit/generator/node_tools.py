"""Tools from npm that the comparison is held against, each installed once into this virtual environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

BUF = ("@bufbuild/buf", "1.75.0", "buf")
REDOCLY = ("@redocly/cli", "2.77.0", "redocly")


def node_tool(tool: tuple[str, str, str]) -> str:
    """Return the path of a tool's command; skip the test, with the reason, when it cannot be had."""
    package, version, command = tool
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    home = Path(sys.prefix) / "node-tools"
    target = home / f"{command}-{version}"
    name = f"{command}.cmd" if os.name == "nt" else command
    if not (target / "node_modules" / ".bin" / name).exists():
        home.mkdir(exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=home))
        arguments = [
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            "--prefix",
            str(scratch),
        ]
        done = subprocess.run([npm, *arguments, f"{package}@{version}"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            shutil.rmtree(scratch, ignore_errors=True)
            pytest.skip(f"npm could not install {package}: {done.stderr.strip()[-300:]}")
        try:
            scratch.rename(target)
        except OSError:  # another worker was faster
            shutil.rmtree(scratch, ignore_errors=True)
    return str(target / "node_modules" / ".bin" / name)
