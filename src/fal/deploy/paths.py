"""Paths that users write. These functions do not raise for malformed paths."""

from __future__ import annotations

import os
from pathlib import Path

# `Path.is_file()` and its like raise for names that are too long; these do not.
is_file = os.path.isfile
is_folder = os.path.isdir


def expand(text: str | os.PathLike[str], base: Path) -> Path:
    """Return an absolute path: `~` stands for a home folder where there is one, anything relative starts at `base`."""
    path = Path(os.path.expanduser(text))
    return path if path.is_absolute() else base / path


def is_inside(path: str, folder: str) -> bool:
    """Return whether a real path lies in a real folder."""
    try:
        return os.path.commonpath([path, folder]) == folder
    except ValueError:  # on different drives
        return False


def relative_to(folder: Path, context: Path) -> str:
    """Return where a folder lies below another one, as a POSIX path; "." when it does not lie there."""
    real, base = os.path.realpath(folder), os.path.realpath(context)
    return os.path.relpath(real, base).replace(os.sep, "/") if is_inside(real, base) else "."
