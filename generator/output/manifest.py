"""What marks generated files: their first line, and a manifest with a hash per file, which finds hand edits at once."""

from __future__ import annotations

import difflib
import hashlib
import json
from pathlib import Path

NAME = "MANIFEST.json"
_LEFT_OUT = {"__pycache__"}


def files_of(folder: Path) -> dict[str, Path]:
    """Return every generated file below `folder` by its POSIX path, the manifest itself left out."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _LEFT_OUT & set(path.parts) and path.relative_to(folder).as_posix() != NAME
    }


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def header(command: str, source: str = "") -> str:
    """Return what the first line of a generated file says. `command`: what writes it anew."""
    return f"Generated{source and f' from {source}'}; do not edit. Regenerate with: {command}"


def write_manifest(folder: Path, command: str, tools: dict[str, str]) -> None:
    """Write the hashes of every generated file."""
    content = {
        "comment": header(command),
        "tools": dict(sorted(tools.items())),
        "files": {name: digest(path) for name, path in files_of(folder).items()},
    }
    (folder / NAME).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8", newline="\n")


def problems(folder: Path) -> list[str]:
    """Compare `folder` with its manifest; return one line per file that is missing, changed or of unknown origin."""
    path = folder / NAME
    if not path.exists():
        return [f"{NAME} is missing"]
    try:
        recorded: dict[str, str] = dict(json.loads(path.read_text(encoding="utf-8"))["files"])
    except (ValueError, KeyError, TypeError):
        return [f"{NAME} cannot be read"]
    present = files_of(folder)
    faults = [f"{name}: missing" for name in recorded if name not in present]
    faults += [f"{name}: was not generated" for name in present if name not in recorded]
    faults += [
        f"{name}: was changed by hand"
        for name, file in present.items()
        if recorded.get(name, digest(file)) != digest(file)
    ]
    return sorted(faults)


def changes(old: Path, new: Path) -> dict[str, str]:
    """Return file -> unified difference for every file that is not the same in both folders."""
    before = {**files_of(old), NAME: old / NAME} if old.exists() else {}
    after = {**files_of(new), NAME: new / NAME}
    differences: dict[str, str] = {}
    for name in sorted(before.keys() | after.keys()):
        left = before[name].read_bytes() if name in before and before[name].exists() else None
        right = after[name].read_bytes() if name in after else None
        if left != right:
            differences[name] = "\n".join(
                difflib.unified_diff(
                    (left or b"").decode("utf-8", "replace").splitlines(),
                    (right or b"").decode("utf-8", "replace").splitlines(),
                    f"committed/{name}",
                    f"generated/{name}",
                    lineterm="",
                )
            )
    return differences
