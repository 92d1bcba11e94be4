"""The async twin of a project: write it, and say whether what is committed is it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from generator.async_client.asyncify import asyncify
from generator.async_client.config import NAME, Twin, read_twin
from generator.errors import SpecError
from generator.output import folders, formatting, manifest


def build(root: Path, twin: Twin, out: Path) -> None:
    """Write the twin of every module into the new folder `out`.

    Raises:
        SpecError: A source is missing or cannot be turned, or an entry of twin.toml matches nothing any more.
    """
    sources: dict[str, str] = {}
    for module, path in zip(twin.classes, twin.paths, strict=True):
        try:
            sources[module] = (root / path).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise SpecError(f"{NAME}: [classes] names {module}, and there is no {path}") from None
    out.mkdir(parents=True)
    for name, text in asyncify(twin, sources).items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    formatting.format_tree(*sorted(out.glob("*.py")))
    manifest.write_manifest(out, {"ruff": formatting.RUFF_VERSION})


def generate(root: Path) -> list[str]:
    """Replace the twin by what the sources say now; return the files that changed."""
    twin = read_twin(root)
    if twin is None:
        return []
    folder = root / twin.folder
    with folders.alone(folder):
        scratch = Path(tempfile.mkdtemp(prefix=folders.PREFIX, dir=folder.parent))
        try:
            build(root, twin, scratch / "twin")
            changed = sorted(manifest.changes(folder, scratch / "twin"))
            if changed:
                folders.replace(folder, scratch / "twin", scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return changed


def check(root: Path) -> str:
    """Return the difference between the twin and what the sources say now; empty when there is none."""
    twin = read_twin(root)
    if twin is None:
        return ""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "twin"
        build(root, twin, fresh)
        return "\n".join(text for _, text in sorted(manifest.changes(root / twin.folder, fresh).items()))
