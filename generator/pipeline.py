"""The whole run: specification in, generated packages out, whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from generator.async_client import build as async_client
from generator.async_client.config import read_config
from generator.errors import SpecError
from generator.output import folders, formatting, manifest
from generator.output.files import replace_file
from generator.render.grpc import generate_grpc, generate_shared
from generator.render.rest import generate_rest
from generator.spec import words
from generator.spec.load import Spec, load

# Of what was generated, and not what protobuf 5.26, the floor, says of itself from Python 3.12 on.
_WARNINGS = ("-W", "error", "-W", "ignore:Type google._upb:DeprecationWarning")
_GATE = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
"""


def build(spec: Spec, out: Path) -> None:
    """Generate the package into the new folder `out`.

    Raises:
        SpecError: when something generated cannot be imported.
    """
    package = spec.output.package
    command = spec.output.command
    header = f"# {manifest.header(command, 'spec/')}\n"
    generate_shared(out, header)
    if spec.protos.files:
        generate_grpc(spec.protos, spec.descriptors, spec.mappings, package, out, header)
    if spec.rest.operations:
        generate_rest(spec.rest, spec.mappings.rest_policies, package, out / "rest", header)
    formatting.format_tree(out)
    _gate(package, out)
    manifest.write_manifest(out, command, {"ruff": formatting.RUFF_VERSION})


def generate(spec: Spec) -> list[str]:
    """Replace the generated package by what the specification says now; return the files that changed.

    The new tree is made and checked beside the old one and then takes its place, so that an interrupted run leaves the old
    tree as it was. Words of elements that are new go into words.toml first.
    """
    folder = spec.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folders.alone(folder) as waited:
        if waited:
            spec = load(spec.root)  # it may have changed since it was read
        write_words(spec)
        with _scratch(spec.output.package, near=folder.parent) as fresh:
            build(spec, fresh)
            changed = sorted(manifest.changes(folder, fresh))
            if changed:
                folders.replace(folder, fresh, fresh.parents[spec.output.package.count(".") + 1])
    return changed + async_client.generate(spec.root, spec.output.command)


def hand_edits(spec: Spec) -> list[str]:
    """Return the hand edits in generated folders, which generating overwrites."""
    config = read_config(spec.root)
    generated = [spec.folder, *([spec.root / config.folder] if config else [])]
    return [
        f"{folder.relative_to(spec.root).as_posix()}/{problem}"
        for folder in generated
        if (folder / manifest.NAME).exists()
        for problem in manifest.problems(folder)
    ]


def write_words(spec: Spec) -> list[str]:
    """Bring words.toml up to date: elements that are new, and those that are gone; return these."""
    if spec.words is None or spec.held is None:
        return []
    changed = words.changes(spec.held, spec.words)
    if changed:
        replace_file(spec.root / "spec" / words.NAME, words.text_of(spec.words).encode())
    return changed


def renew_words(spec: Spec) -> list[str]:
    """Take over what the specification says now of every element; return the elements whose words changed."""
    changed = words.changes(spec.held or {}, spec.stated)
    if changed or spec.held is None:
        replace_file(spec.root / "spec" / words.NAME, words.text_of(spec.stated).encode())
    return changed


def check(spec: Spec) -> str:
    """Return the difference between the generated package and what the specification says now; empty when there is none."""
    with _scratch(spec.output.package) as fresh:
        build(spec, fresh)
        changes = [text for _, text in sorted(manifest.changes(spec.folder, fresh).items())]
    return "\n".join(filter(None, [*changes, async_client.check(spec.root, spec.output.command)]))


class _scratch:
    """A folder that holds the package under its import name, so that it can be imported where it stands."""

    def __init__(self, package: str, near: Path | None = None) -> None:
        self._package = package
        self._near = near

    def __enter__(self) -> Path:
        # Beside the target, so that the last step is a rename within one file system.
        self._root = Path(tempfile.mkdtemp(prefix=folders.PREFIX, dir=self._near))
        place = self._root / "tree"
        *parents, last = self._package.split(".")
        for name in parents:
            place = place / name
            place.mkdir(parents=True)
            (place / "__init__.py").touch()
        return place / last

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._root, ignore_errors=True)


def _gate(package: str, out: Path) -> None:
    """Import every generated module in a process of its own; any failure, or any warning, refuses the whole run."""
    root = out
    for _ in package.split("."):
        root = root.parent
    environ = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *_WARNINGS, "-c", _GATE, package], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SpecError(f"what was generated cannot be imported:\n{done.stderr}")
