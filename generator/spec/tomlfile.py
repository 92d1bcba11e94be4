"""Read the TOML files of spec/."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from generator.errors import SpecError


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a file holds.

    Raises:
        SpecError: when it is missing, cannot be read, or is not TOML.
    """
    text = read_text(path)
    if text is None:
        raise SpecError(f"{path.name}: the file is missing in {path.parent.name}/")
    return parse_toml(text, path.name)


def read_text(path: Path) -> str | None:
    """Return the text of a file; None when there is none.

    Raises:
        SpecError: when it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path.name}: {getattr(error, 'strerror', None) or error}") from None


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Return what a text of TOML holds.

    Raises:
        SpecError: naming the file, when it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{name}: {error}") from None
