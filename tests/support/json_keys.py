"""Whether a JSON answer has what a script for another one reads."""

from __future__ import annotations

from typing import Any


def lacks(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Return the keys of `theirs` that `ours` has not; of a list, the first record of each is looked at."""
    if isinstance(theirs, list) and theirs:
        first = ours[0] if isinstance(ours, list) and ours else None
        return lacks(first, theirs[0], f"{path}[]")
    if not isinstance(theirs, dict):
        return []
    if not isinstance(ours, dict):
        return [path or "an object"]
    missing = [f"{path}.{key}" for key in theirs if key not in ours]
    return missing + [each for key in theirs if key in ours for each in lacks(ours[key], theirs[key], f"{path}.{key}")]
