"""Bring spec/ up to date with upstream: proto files from published wheels, OpenAPI documents from a file or an https URL.

Everything is fetched, read, rendered and compiled first; then a copy of spec/ with the changes takes its place. An input that
is refused, or a run that is killed, leaves the whole folder as it was.
"""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import field, frozen
from google.protobuf import descriptor_pb2 as d

from fal._sentences import meant
from generator.errors import SpecError
from generator.output import folders
from generator.output.files import TEMPORARY
from generator.spec import proto_comments as comments
from generator.spec.protos import read_protos
from generator.spec.prototext import json_name, render
from generator.spec.sources import NAME, Document, Sources, read_sources, rewrite
from generator.spec.yamlfile import read_yaml
from generator.upstream import documents
from generator.upstream.normalise import normalise, previous
from generator.upstream.prune import Reachable, reachable
from generator.upstream.wheels import Wheel, fetch
from generator.upstream.wording import own_words

_REPAIR = "remove the sha256 line from sources.toml if that is what you expect"


@frozen
class Pulled:
    """What a pull did: files of spec/ that changed, and what the maintainer should know."""

    changed: tuple[str, ...]
    versions: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


def pull(
    root: Path,
    *,
    versions: Mapping[str, str] | None = None,
    openapi: Mapping[str, str] | None = None,
    added: Mapping[str, str] | None = None,
    find_links: Path | None = None,
) -> Pulled:
    """Update `spec/` below `root`; change nothing when nothing changed upstream.

    Args:
        root: The folder that holds `spec/`.
        versions: Distribution -> an exact version or "newest"; the others keep their pin.
        openapi: Name of a document (the file is `openapi/<name>.yaml`) -> a file or an https URL.
        added: The same of documents that `spec/` does not have yet.
        find_links: A folder of wheels to use instead of the package index.

    Raises:
        SpecError: when an input is refused; nothing was written then.
    """
    spec = root / "spec"
    folders.recover(spec)
    sources = read_sources(spec)
    unknown = sorted(set(versions or {}) - set(sources.wheels))
    if unknown:
        known = ", ".join(sources.wheels) or "none"
        raise SpecError(*(f"sources.toml has no [wheel.{name}]; it has: {known}" for name in unknown))
    asked_for = _asked_for(spec, sources, openapi or {}, added or {})

    wanted: dict[str, bytes | None] = {}
    pins: dict[str, dict[str, str]] = {}
    said: list[str] = []
    notes: list[str] = []
    wheels: list[Wheel] = []
    asked = {name: (versions or {}).get(name, pin.version) for name, pin in sources.wheels.items()}
    with ThreadPoolExecutor() as pool:  # each waits for a process of its own
        fetched = list(pool.map(lambda item: fetch(*item, find_links=find_links), asked.items()))
    for (name, pin), wheel in zip(sources.wheels.items(), fetched, strict=True):
        if wheel.version == pin.version and pin.sha256 not in (None, wheel.sha256):
            raise SpecError(
                f"{name} {wheel.version}: the wheel's sha256 is {wheel.sha256}, and {pin.sha256} was recorded: "
                f"upstream serves another file under the same version; {_REPAIR}"
            )
        wheels.append(wheel)
        pins[f"wheel.{name}"] = {"version": wheel.version, "sha256": wheel.sha256}
        said.append(f"{name} {pin.version}" + ("" if wheel.version == pin.version else f" -> {wheel.version}"))
    if wheels:
        texts, more = _proto_texts(spec / "proto", reachable(wheels, sources.services))
        wanted |= {f"proto/{name}": None if text is None else text.encode() for name, text in texts.items()}
        notes += more
    for name, source in asked_for.items():
        document = documents.fetch_document(name, source)
        path = spec / "openapi" / f"{name}.yaml"
        before = path.read_text("utf-8") if path.exists() else ""
        content = document.content
        pin_of = sources.documents.get(name)
        if pin_of is not None and pin_of.normalise:
            normalised = normalise(content, tags=pin_of.tags, paths=pin_of.paths, previous=previous(path, before))
            content = normalised.document
            notes += [f"{name}: {note}" for note in normalised.notes]
        if pin_of is not None and pin_of.own_words and before:
            content, fresh = own_words(content, read_yaml(path))
            notes += [f"{name}: {place} is new, with upstream's words" for place in fresh]
        text, lost = documents.canonical_yaml(content, before)
        wanted[f"openapi/{name}.yaml"] = text.encode()
        notes += lost
        if pin_of is None or pin_of.sha256 != document.sha256:  # what was read before keeps the place where that was
            pins[f"openapi.{name}"] = {"source": document.source, "sha256": document.sha256}
        said.append(_moved(name, pin_of, Document(document.source, document.sha256)))
    for name, pinned in sources.documents.items():
        if name not in asked_for:
            said.append(f"{name} {pinned.release}, not read again; --openapi {name}=SOURCE reads it")
    wanted[NAME] = rewrite((spec / NAME).read_text(encoding="utf-8"), pins).encode()
    return Pulled(tuple(_write(spec, wanted)), tuple(said), tuple(notes))


def _asked_for(spec: Path, sources: Sources, openapi: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """Return name -> source of every document to read.

    Raises:
        SpecError: when `spec/` has none of a name, which may be mistyped, or has the one to be added.
    """
    known = sorted({*sources.documents, *(path.stem for path in (spec / "openapi").glob("*.yaml"))})
    problems = [f"spec/ has a document {name!r} already; --openapi reads it again" for name in added if name in known]
    for name in openapi:
        if name not in known:
            hint = meant(name, known) or f"; it has: {', '.join(known) or 'none'}."
            problems.append(f"spec/ has no document {name!r}{hint} A new one is taken with --add-openapi")
    if problems:
        raise SpecError(*problems)
    return {**openapi, **added}


def _moved(name: str, before: Document | None, now: Document) -> str:
    if before is None:
        return f"{name} {now.release}, new in sources.toml"
    if before.release == now.release:
        return f"{name} {now.release}"
    return f"{name} {before.release} -> {now.release}"


def _proto_texts(folder: Path, reachable: Reachable) -> tuple[dict[str, str | None], list[str]]:
    """Return file -> its new text (None: no longer used), and what there is to say about comments and options."""
    old = d.FileDescriptorSet()
    present = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.proto")) if folder.exists() else []
    if present:
        _, old = read_protos(folder)
    fresh = d.FileDescriptorSet(file=reachable.files)
    old_comments = comments.collect(old)
    names = {name for file in fresh.file for name in (file.name, *comments.places(file).values())}
    before, after = comments.numbered(old), comments.numbered(fresh)
    notes = list(reachable.dropped)
    for key, name in before.items():
        new = after.get(key)
        if name in old_comments and name not in names and new is not None and new not in old_comments:
            old_comments[new] = old_comments.pop(name)
            notes.append(f"the comment of {name} moved to {new}, which has its number; see whether it still fits")
    texts: dict[str, str | None] = {file.name: render(file, old_comments, reachable.symbols) for file in fresh.file}
    _verify(texts, fresh)
    own = {file.name for file in old.file if not file.name.startswith("google/")}
    theirs = {name for file in old.file if file.name in own for name in (file.name, *comments.places(file).values())}
    for name in sorted((old_comments.keys() & theirs) - names):
        notes.append(f"{name} is gone, and with it its comment: {' '.join(old_comments[name])}")
    for file in fresh.file:
        kinds = {4: "message", 5: "enum"}
        for place, name in comments.places(file).items():
            if (len(place) == 2 or place[-2] in (3, 4)) and place[0] in kinds and name not in old_comments:
                notes.append(f"{name} has no comment yet")
    texts |= {name: None for name in present if name not in texts}
    return texts, notes


def _verify(texts: Mapping[str, str | None], wanted: d.FileDescriptorSet) -> None:
    """Compile the text, and insist on exactly the descriptors that it was rendered from."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in texts.items():
            path = Path(scratch) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text or "", encoding="utf-8", newline="\n")
        _, compiled = read_protos(Path(scratch))
    got = {file.name: _plain(file) for file in compiled.file}
    for file in wanted.file:
        if got.get(file.name) != _plain(file):
            lines = difflib.unified_diff(
                str(_plain(file)).splitlines(),
                str(got.get(file.name)).splitlines(),
                "upstream",
                "text",
                lineterm="",
                n=8,
            )
            raise SpecError(
                f"{file.name}: its descriptor contains something that proto3 cannot express; nothing was written:",
                *list(lines)[:40],
            )


def _plain(file: d.FileDescriptorProto) -> d.FileDescriptorProto:
    """Return a copy in which two descriptors that mean the same are the same."""
    result = d.FileDescriptorProto()
    result.CopyFrom(file)
    result.ClearField("source_code_info")
    result.package = file.package  # set, if only to nothing
    queue = list(result.message_type)
    while queue:
        message = queue.pop()
        nested = sorted(message.nested_type, key=lambda item: item.name)
        del message.nested_type[:]
        message.nested_type.extend(nested)
        queue += message.nested_type
        # The text closes a oneof where upstream may have gone on with it; the wire knows numbers only.
        fields = sorted(message.field, key=lambda item: item.number)
        del message.field[:]
        message.field.extend(fields)
        ranges = sorted(message.reserved_range, key=lambda item: item.start)
        del message.reserved_range[:]
        message.reserved_range.extend(ranges)
        message.reserved_name.sort()
        for item in message.field:
            item.json_name = item.json_name or json_name(item.name)
    return result


def _write(spec: Path, wanted: Mapping[str, bytes | None]) -> list[str]:
    """Put a copy of the folder in its place in which what differs is written; return what differs, the pins last."""
    before = {name: (spec / name).read_bytes() if (spec / name).exists() else None for name in wanted}
    changed = sorted((name for name in wanted if wanted[name] != before[name]), key=lambda name: (name == NAME, name))
    if not changed:
        return []
    scratch = Path(tempfile.mkdtemp(prefix=folders.PREFIX, dir=spec.parent))
    try:
        fresh = scratch / "new"
        shutil.copytree(spec, fresh, symlinks=True, ignore=shutil.ignore_patterns(f"{TEMPORARY}*"))
        for name in changed:
            content = wanted[name]
            if content is None:
                (fresh / name).unlink()
                continue
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(content)
        folders.replace(spec, fresh, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return changed
