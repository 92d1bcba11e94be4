"""Read YAML as JSON data: string keys, no dates, no duplicate keys, no anchors shared between places."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from generator.errors import SpecError


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping that the file holds.

    Raises:
        SpecError: when it cannot be read, or holds what JSON cannot.
    """
    try:
        found = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise SpecError(f"{path.name}: {error}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise SpecError(f"{path.name}: a mapping is expected at the top")
    problems = [f"{path.name}#{where}: {problem}" for where, problem in _oddities(found, "")]
    if problems:
        raise SpecError(*problems)
    copied: dict[str, Any] = _unshared(found)
    return copied


def _oddities(value: Any, where: str) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        found = [
            (where, f"the key {key!r} is not a string; put it in quotes") for key in value if not isinstance(key, str)
        ]
        for key, item in value.items():
            found += _oddities(item, f"{where}/{str(key).replace('~', '~0').replace('/', '~1')}")
        return found
    if isinstance(value, list):
        return [odd for index, item in enumerate(value) for odd in _oddities(item, f"{where}/{index}")]
    if value is None or isinstance(value, (str, bool, int, float)):
        return []
    return [(where, f"YAML reads {value} as a {type(value).__name__}; put it in quotes")]


def _unshared(value: Any) -> Any:
    """Copy what an anchor shares, so that a correction in one place stays in that place."""
    if isinstance(value, dict):
        return {key: _unshared(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unshared(item) for item in value]
    return copy.copy(value)
