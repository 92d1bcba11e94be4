"""Format rendered files with one run of ruff."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

from generator.errors import SpecError

RUFF_VERSION = "0.17.6"
LINE = 120


def format_tree(*paths: Path) -> None:
    """Format rendered Python with its own configuration, independent of the current folder.

    Raises:
        SpecError: when ruff is another version than ours (it would print other bytes), or cannot parse a file.
    """
    installed = metadata.version("ruff")
    if installed != RUFF_VERSION:
        raise SpecError(f"ruff is {installed}; {RUFF_VERSION} is needed: pip install 'ruff=={RUFF_VERSION}'")
    common = ["--isolated", "--no-cache", "--quiet", "--target-version=py311", f"--config=line-length={LINE}"]
    for arguments in (
        ["check", *common, "--fix", "--select=I,F401,UP037", "--config=lint.isort.known-first-party=['fal']"],
        ["format", *common],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, *map(str, paths)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SpecError(f"ruff {arguments[0]} failed:\n{done.stdout}{done.stderr}")
