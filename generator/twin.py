"""The async twin of a project: read `spec/twin.toml`, write the twin, and say whether what is committed is it."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from pathlib import Path

from attrs import Factory, frozen

from generator import manifest, render, swap
from generator.errors import SpecError

NAME = "twin.toml"
_IO = {"awaited", "iterated", "entered"}


@frozen
class Twin:
    """What `spec/twin.toml` says; see there."""

    package: str
    folder: str
    sources: str
    classes: dict[str, list[str]]
    replace: dict[str, str] = Factory(dict)
    expressions: dict[str, str] = Factory(dict)
    imports: list[str] = Factory(list)
    io: dict[str, list[str]] = Factory(dict)
    words: dict[str, str] = Factory(dict)

    def module_of(self, module: str) -> str:
        """Return the module that holds the twins of a module's classes."""
        return f"{self.package}.{module.rpartition('.')[2]}"

    @property
    def paths(self) -> list[Path]:
        """The sources, relative to the project."""
        return [Path(self.sources, *module.split(".")).with_suffix(".py") for module in self.classes]

    @staticmethod
    def name_of(name: str) -> str:
        """Return the name of a twin: `SyncClient` has `AsyncClient`, and `Namespace` has `AsyncNamespace`."""
        return "Async" + name.removeprefix("Sync")


def read_twin(root: Path) -> Twin | None:
    """Read `spec/twin.toml` below `root`; None when the project has no twin."""
    path = root / "spec" / NAME
    if not path.exists():
        return None
    try:
        found = Twin(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (TypeError, tomllib.TOMLDecodeError) as error:
        raise SpecError(f"{NAME}: {error}") from None
    if set(found.io) - _IO:
        raise SpecError(f"{NAME}: [io] takes {', '.join(sorted(_IO))}, not {', '.join(sorted(set(found.io) - _IO))}")
    stems = [name.rpartition(".")[2] for name in found.classes]
    for stem in stems:
        if stems.count(stem) > 1:
            raise SpecError(f"{NAME}: [classes] has two modules named {stem}, whose twins would be one file")
    return found


def build(root: Path, twin: Twin, out: Path) -> None:
    """Write the twin of every module into the new folder `out`.

    Raises:
        SpecError: A source is missing or cannot be turned, or an entry of twin.toml matches nothing any more.
    """
    from generator.asyncify import asyncify

    sources: dict[str, str] = {}
    for module, path in zip(twin.classes, twin.paths, strict=True):
        try:
            sources[module] = (root / path).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise SpecError(f"{NAME}: [classes] names {module}, and there is no {path}") from None
    out.mkdir(parents=True)
    for name, text in asyncify(twin, sources).items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    render.format_tree(*sorted(out.glob("*.py")))
    manifest.write_manifest(out, {"ruff": render.RUFF_VERSION})


def generate(root: Path) -> list[str]:
    """Replace the twin by what the sources say now; return the files that changed."""
    twin = read_twin(root)
    if twin is None:
        return []
    folder = root / twin.folder
    with swap.alone(folder):
        scratch = Path(tempfile.mkdtemp(prefix=swap.PREFIX, dir=folder.parent))
        try:
            build(root, twin, scratch / "twin")
            changed = sorted(manifest.changes(folder, scratch / "twin"))
            if changed:
                swap.replace(folder, scratch / "twin", scratch)
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
