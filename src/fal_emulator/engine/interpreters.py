"""Find a local Python interpreter of a wanted version. Nothing is downloaded."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROBE = "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(sys.executable)"


def current_version() -> str:
    """Return the minor version of this interpreter, as `3.11`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


@lru_cache(maxsize=32)
def find(version: str) -> str:
    """Find an interpreter.

    Args:
        version: `3.12` or `3.12.1`.

    Returns:
        The path of its executable.

    Raises:
        BuildError: No such interpreter is installed.

    Example:
        >>> find(current_version())  # doctest: +SKIP
        '/usr/bin/python3.11'
    """
    wanted = version.split(".")
    if len(wanted) < 2 or not all(part.isdigit() for part in wanted):
        raise BuildError(f"python_version {version!r} is not a version such as '3.11' or '3.12.1'")
    for candidate in _candidates(".".join(wanted[:2])):
        interpreter = _probe(candidate)
        if interpreter is not None and interpreter[0].split(".")[: len(wanted)] == wanted:
            return interpreter[1]
    raise BuildError(
        f"python_version {version} is not installed on this machine: install it (for example with "
        f"`uv python install {version}`), or deploy with python_version={current_version()!r}"
    )


def _candidates(minor: str) -> Iterator[str]:
    if minor == current_version():
        yield getattr(sys, "_base_executable", sys.executable)
    for folder in os.get_exec_path():
        path = shutil.which(f"python{minor}", path=folder)
        if path is not None:
            yield path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or Path.home() / ".local/share/uv/python")
    for pattern in (pyenv / f"versions/{minor}.*/bin/python", uv / f"cpython-{minor}.*/bin/python3"):
        yield from sorted(glob.glob(str(pattern)), reverse=True)


def _probe(executable: str) -> tuple[str, str] | None:
    # An entry of PATH may be a shim that fails, so that only running it tells.
    try:
        answer = subprocess.run([executable, "-c", _PROBE], capture_output=True, text=True, timeout=20, check=True)
        version, path = answer.stdout.splitlines()
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return version, path
