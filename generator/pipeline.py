"""The whole run: specification in, generated package out, whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path

from attrs import frozen

from generator.async_client import build as async_client
from generator.errors import SpecError
from generator.output import folders, formatting, manifest
from generator.render.grpc import generate_grpc
from generator.render.rest import generate_rest
from generator.spec import words
from generator.spec.mapping import Mappings, load_mappings
from generator.spec.openapi import read_openapi, rest_inventory
from generator.spec.proto_model import Protos
from generator.spec.protos import read_protos

_GATE = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
"""


@frozen
class Output:
    """Where the generated package goes, and where the classes live that use it, as `[output]` of sources.toml says."""

    package: str
    folder: Path
    surface: Path | None


def read_output(root: Path) -> Output:
    """Read `[output]` of `spec/sources.toml` below `root`."""
    table = tomllib.loads((root / "spec" / "sources.toml").read_text(encoding="utf-8")).get("output", {})
    if not {"package", "folder"} <= set(table) <= {"package", "folder", "surface"}:
        raise SpecError("sources.toml: [output] needs `package` and `folder`, and may have `surface`")
    surface = table.get("surface")
    return Output(table["package"], root / table["folder"], root / surface if surface else None)


def load(spec: Path) -> tuple[Protos, Mappings]:
    """Read and validate everything below `spec`."""
    protos, _ = read_protos(spec / "proto")
    return protos, _mappings(spec, protos)


def _mappings(spec: Path, protos: Protos) -> Mappings:
    operations = {item.operation: frozenset(item.request_fields) for item in rest_inventory(spec)}
    return load_mappings(spec, protos, operations)


def build(spec: Path, package: str, out: Path) -> None:
    """Generate the Python package `package` from `spec` into the new folder `out`.

    Raises:
        SpecError: when an input is wrong, or when something generated cannot be imported.
    """
    protos, found = read_protos(spec / "proto")
    protos = words.reworded(protos, words.read_words(spec))
    mappings = _mappings(spec, protos)
    generate_grpc(protos, found, mappings, package, out)
    generate_rest(spec, out / "rest", mappings.rest_policies, package=package)
    formatting.format_tree(out)
    _gate(package, out)
    exact = {name: metadata.version(name) for name in ("openapi-python-client", "ruff")}
    manifest.write_manifest(out, exact)


def generate(root: Path) -> list[str]:
    """Replace the generated package by what the specification says now; return the files that changed.

    The new tree is made and checked beside the old one and then takes its place, so that an interrupted run leaves the old
    tree as it was. Words of elements that are new go into words.toml first.
    """
    output = read_output(root)
    output.folder.parent.mkdir(parents=True, exist_ok=True)
    with folders.alone(output.folder):
        adopt_words(root)
        with _scratch(output.package, near=output.folder.parent) as fresh:
            build(root / "spec", output.package, fresh)
            changed = sorted(manifest.changes(output.folder, fresh))
            if changed:
                folders.replace(output.folder, fresh, fresh.parents[output.package.count(".") + 1])
    return changed + async_client.generate(root)


def adopt_words(root: Path, *, renew: bool = False) -> list[str]:
    """Bring words.toml up to date with the specification; return the elements whose words are new, changed or gone."""
    spec = root / "spec"
    if not renew and words.read_words(spec) is None:
        return []
    return words.adopt(spec, read_protos(spec / "proto")[0], read_openapi(spec), renew=renew)


def check(root: Path) -> str:
    """Return the difference between the generated package and what the specification says now; empty when there is none."""
    output = read_output(root)
    with _scratch(output.package) as fresh:
        build(root / "spec", output.package, fresh)
        found = [text for _, text in sorted(manifest.changes(output.folder, fresh).items())]
    return "\n".join(filter(None, [*found, async_client.check(root)]))


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
        [sys.executable, "-W", "error", "-c", _GATE, package], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SpecError(f"what was generated cannot be imported:\n{done.stderr}")
