"""The async client of a project: write it, and compare what is committed with it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from generator import pysource
from generator.async_client.asyncify import asyncify
from generator.async_client.config import NAME, AsyncConfig, read_config
from generator.errors import SpecError
from generator.output import folders, formatting, manifest


def build(root: Path, config: AsyncConfig, out: Path, command: str) -> None:
    """Write the async version of every module into the new folder `out`. `command`: what does so again.

    Raises:
        SpecError: A source is missing or cannot be turned, or an entry of async.toml matches nothing any more.
    """
    sources: dict[str, str] = {}
    for module, path in zip(config.classes, config.paths, strict=True):
        try:
            sources[module] = pysource.read(root / path, str(path))
        except FileNotFoundError:
            raise SpecError(f"{NAME}: [classes] names {module}, and there is no {path}") from None
    out.mkdir(parents=True)
    for name, text in asyncify(config, sources, command).items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    formatting.format_tree(*sorted(out.glob("*.py")))
    manifest.write_manifest(out, command, {"ruff": formatting.RUFF_VERSION})


def generate(root: Path, command: str) -> list[str]:
    """Replace the async client by what the sources say now; return the files that changed."""
    config = read_config(root)
    if config is None:
        return []
    folder = root / config.folder
    with folders.alone(folder):
        scratch = Path(tempfile.mkdtemp(prefix=folders.PREFIX, dir=folder.parent))
        try:
            build(root, config, scratch / "new", command)
            changed = sorted(manifest.changes(folder, scratch / "new"))
            if changed:
                folders.replace(folder, scratch / "new", scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return changed


def check(root: Path, command: str) -> str:
    """Return the difference between the async client and what the sources say now; empty when there is none."""
    config = read_config(root)
    if config is None:
        return ""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "new"
        build(root, config, fresh, command)
        return "\n".join(text for _, text in sorted(manifest.changes(root / config.folder, fresh).items()))
