"""The interpreters of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def find(version: str) -> str | None:
    """Return the interpreter of a minor version such as "3.13", or None when this machine has none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [sys.executable, shutil.which(f"python{version}"), shutil.which("python3")]
    candidates += sorted(map(str, pyenv.glob(f"{version}.*/bin/python")), reverse=True)
    return next((path for path in candidates if path is not None and _version(path) == version), None)


def _version(interpreter: str) -> str:
    probe = [interpreter, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(probe, capture_output=True, text=True, check=False).stdout.strip()
