"""Make a conda environment with the conda-like program that is installed."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model.private_files import write_private
from .errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROGRAMS = ("micromamba", "mamba", "conda")


def create(configuration: dict[str, Any], folder: Path, run: Callable[[Sequence[str]], None]) -> None:
    """Make the environment that a definition of kind conda describes.

    Args:
        configuration: Holds `env_yml_str`, `env_dict`, or any of `packages`, `pip`, `channels`, `python_version`.
        folder: Where to make it.
        run: Runs one command, and raises BuildError when it fails.

    Raises:
        BuildError: No conda-like program is on PATH.
    """
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        raise BuildError(
            f"environments of kind 'conda' need one of {', '.join(PROGRAMS)} on PATH: install one, "
            "or use kind 'virtualenv' with requirements"
        )
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "environment.yml"
        write_private(file, _description(configuration).encode())
        # micromamba has no `env create`, and the others have no environment files without it.
        command = ["create"] if Path(program).name == "micromamba" else ["env", "create"]
        run([program, *command, "--yes", "--prefix", str(folder), "--file", str(file)])


def _description(configuration: dict[str, Any]) -> str:
    if configuration.get("env_yml_str"):
        return str(configuration["env_yml_str"])
    if configuration.get("env_dict"):
        return json.dumps(configuration["env_dict"])  # JSON is YAML
    packages: list[Any] = list(configuration.get("packages") or [])
    packages.insert(0, f"python={configuration.get('python_version') or '3'}")
    if configuration.get("pip"):
        packages += ["pip", {"pip": list(configuration["pip"])}]
    return json.dumps({"channels": list(configuration.get("channels") or ["conda-forge"]), "dependencies": packages})
