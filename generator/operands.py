"""Compare two specifications: folders, files, git revisions or published packages, for both wires at once."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen
from google.protobuf import descriptor_pb2 as d

from generator.compare.changes import Change, Report, Severity
from generator.compare.openapi import compare_documents
from generator.compare.protos import compare_protos
from generator.compare.tables import compare_tables
from generator.compare.users import Surface
from generator.errors import SpecError
from generator.spec import overlay
from generator.spec.protos import read_protos
from generator.spec.sources import read_sources
from generator.spec.tomlfile import read_toml
from generator.spec.yamlfile import MAX_BYTES, parse_document, read_yaml
from generator.upstream.prune import reachable
from generator.upstream.wheels import canonical, fetch

FAIL_ON = {"breaking": Severity.BREAKING, "any": Severity.NONE, "none": None}
_DOCUMENTS = (".yaml", ".yml", ".json")
_IMPORT = re.compile(r'^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"', re.M)
_EMPTY: Mapping[str, Any] = {}


@frozen
class Side:
    """One of the two specifications; None for a wire that it does not describe."""

    name: str
    protos: d.FileDescriptorSet | None = None
    documents: Mapping[str, Mapping[str, Any]] | None = None
    mapping: Mapping[str, Any] = field(default=_EMPTY)
    policy: Mapping[str, Any] = field(default=_EMPTY)


def diff(old: str, new: str, root: Path, *, find_links: Path | None = None) -> Report:
    """Compare two operands.

    Args:
        old: A folder laid out like spec/, a .proto, .yaml or .json file, a git revision as `rev:` or `rev:path`, or a
            release as `isolate-proto==0.34.2`.
        new: The same.
        root: The project: its spec/mapping.toml says what users see where an operand brings no mapping, and its
            sources.toml names the wheels that go with a release.
        find_links: A folder of wheels to use instead of the package index.

    Raises:
        SpecError: when an operand is none of these, or cannot be read.
    """
    with tempfile.TemporaryDirectory() as scratch:
        sides = [
            _resolve(text, root, Path(scratch) / place, find_links) for place, text in (("old", old), ("new", new))
        ]
    return compare(sides[0], sides[1], _table(root / "spec", "mapping.toml"))


def compare(old: Side, new: Side, fallback: Mapping[str, Any] = _EMPTY) -> Report:
    """Compare two sides; `fallback` is the mapping of a side that has none."""
    changes: list[Change] = []
    mapping = old.mapping or new.mapping or fallback
    surface = Surface(old.protos or d.FileDescriptorSet(), mapping, new.mapping or fallback)
    if (old.protos is None) != (new.protos is None) and (old.documents is None) != (new.documents is None):
        raise SpecError(f"{old.name} and {new.name} have nothing in common: one is protos, the other is OpenAPI")
    if old.protos is not None and new.protos is not None:
        changes += compare_protos(old.protos, new.protos, surface)
    if old.documents is not None and new.documents is not None:
        changes += _compare_documents(old.documents, new.documents, surface)
    if old.mapping and new.mapping:
        changes += compare_tables("mapping.toml", old.mapping, new.mapping, surface)
    if old.policy and new.policy:
        changes += compare_tables("policy.toml", old.policy, new.policy, surface)
    return Report.of(old.name, new.name, changes)


def _compare_documents(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]], surface: Surface
) -> Iterator[Change]:
    pairs = {name: name for name in old if name in new}
    if not pairs and len(old) == len(new) == 1:
        pairs = {next(iter(old)): next(iter(new))}
    nothing: Mapping[str, Any] = {"openapi": "", "info": {}, "paths": {}}
    for name, content in old.items():
        yield from compare_documents(name, content, new[pairs[name]] if name in pairs else nothing, surface)
    for name, content in new.items():
        if name not in pairs.values():
            yield from compare_documents(name, nothing, content, surface)


# ------------------------------------------------------------------------------------------------------------- operands


def _resolve(text: str, root: Path, scratch: Path, find_links: Path | None) -> Side:
    path = Path(text)
    if path.is_dir():
        return _folder(text, path)
    if path.is_file():
        return _file(text, path, scratch)
    name, separator, version = text.partition("==")
    if separator:
        return _release(name.strip(), version.strip(), root, find_links)
    revision, separator, place = text.partition(":")
    # One letter and a colon is a drive.
    if separator and len(revision) > 1:
        taken = _checkout(revision, place or "spec", root, scratch)
        return _folder(text, taken) if taken.is_dir() else _file(text, taken, scratch)
    raise SpecError(
        f"{text}: there is no such file or folder, and it is neither a git revision (HEAD~1: or HEAD~1:spec) nor a release "
        "(isolate-proto==0.34.2)"
    )


def _folder(name: str, path: Path) -> Side:
    protos, documents = (path / "proto", path / "openapi")
    if not protos.is_dir() and not documents.is_dir():
        protos = documents = path
    held = sorted(item for item in documents.glob("*") if item.suffix in _DOCUMENTS) if documents.is_dir() else []
    has_protos = protos.is_dir() and any(protos.rglob("*.proto"))
    if not has_protos and not held:
        raise SpecError(f"{name}: there is neither a .proto nor an OpenAPI document in it")
    return Side(
        name,
        _descriptors(protos) if has_protos else d.FileDescriptorSet(),
        _corrected({item.name: _document(item) for item in held}, path),
        _table(path, "mapping.toml"),
        _table(path, "policy.toml"),
    )


def _file(name: str, path: Path, scratch: Path) -> Side:
    if path.suffix in _DOCUMENTS:
        return Side(name, documents={path.stem: _document(path)})
    if path.suffix != ".proto":
        raise SpecError(f"{name}: neither .proto nor .yaml nor .json")
    # Alone with what it imports: another file beside it may define the same names.
    folder = scratch / "file"
    folder.mkdir(parents=True, exist_ok=True)
    queue, seen = [path.name], {path.name}
    while queue:
        source = path.parent / queue.pop()
        if not source.is_file():
            continue  # google's, or missing: protoc says so
        (folder / source.relative_to(path.parent)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / source.relative_to(path.parent))
        more = [
            item
            for item in _IMPORT.findall(source.read_text(encoding="utf-8"))
            if ".." not in item and item not in seen
        ]
        seen.update(more)
        queue += more
    descriptors = _descriptors(folder)
    only = next(file for file in descriptors.file if file.name == path.name)
    only.name = "the file"  # two versions of one file may lie under two names
    return Side(name, d.FileDescriptorSet(file=[only]))


def _descriptors(folder: Path) -> d.FileDescriptorSet:
    """Read proto files of which all is compared: nothing is left out."""
    protos, descriptors = read_protos(folder)
    if protos.notes:
        raise SpecError(*protos.notes)
    return descriptors


def _release(name: str, version: str, root: Path, find_links: Path | None) -> Side:
    sources = read_sources(root / "spec")
    pinned = {canonical(item): pin.version for item, pin in sources.wheels.items()}
    if canonical(name) not in pinned:
        raise SpecError(f"sources.toml has no [wheel.{name}]; it has: {', '.join(pinned) or 'none'}")
    pinned[canonical(name)] = version
    wheels = [fetch(item, wanted, find_links=find_links) for item, wanted in pinned.items()]
    return Side(f"{name} {version}", d.FileDescriptorSet(file=reachable(wheels, sources.services).files))


def _checkout(revision: str, place: str, root: Path, scratch: Path) -> Path:
    """Write what `place` was at `revision` into `scratch`; the working tree stays as it is."""
    if revision.startswith("-") or Path(place).is_absolute() or ".." in Path(place).parts:
        raise SpecError(f"{revision}:{place} is not a revision and path of this repository")
    command = ["git", "-C", str(root), "archive", "--format=tar", revision, "--", place]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except FileNotFoundError:
        raise SpecError("git is not installed, so a revision cannot be read") from None
    if done.returncode != 0:
        output = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SpecError(f"{revision}:{place}: git says: {output[-1] if output else 'nothing'}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(scratch, filter="data")
    return scratch / place


def _document(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_BYTES:
        raise SpecError(f"{path.name}: larger than {MAX_BYTES // 2**20} MiB")
    return parse_document(path.read_bytes(), path.name)


def _corrected(documents: dict[str, Any], spec: Path) -> dict[str, Any]:
    """Return the documents as they are generated from: with the corrections of overlay.yaml.

    One that upstream has overtaken is left out: the generator refuses it, and the difference must be seen before that.
    """
    path = spec / overlay.NAME
    if path.exists():
        documents = overlay.apply_overlay(documents, read_yaml(path), outdated=[])
    return {Path(name).stem: document for name, document in documents.items()}


def _table(spec: Path, name: str) -> Mapping[str, Any]:
    return read_toml(spec / name) if (spec / name).exists() else _EMPTY
