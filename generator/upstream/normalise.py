"""Make an OpenAPI document of inline schemas into one that the generator takes: translated, selected, shared, named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from generator.errors import SpecError
from generator.output.files import replace_file
from generator.spec.lint import lint
from generator.spec.yamlfile import parse_document
from generator.upstream.documents import canonical_yaml
from generator.upstream.downconvert import Dialect, reached, wanted_operations
from generator.upstream.hoist import share


@frozen
class Normalised:
    """A document in the generator's dialect, and what its maintainer should know."""

    document: dict[str, Any]
    notes: tuple[str, ...]


def normalise(
    document: Mapping[str, Any],
    *,
    tags: Iterable[str] = (),
    paths: Iterable[str] = (),
    previous: Mapping[str, Any] | None = None,
) -> Normalised:
    """Return the document with its schemas shared and named.

    An operation that the generated client could not carry is left out, and named with the reason. Names stay: a schema
    keeps the name that `previous` gives to it, or to what stood in its place. Renaming a component there by hand, with its
    references, is how a name is chosen.

    Args:
        document: OpenAPI 3.0 or 3.1, a plain tree.
        tags: Only operations with one of these tags.
        paths: Only operations at these paths or below them; with `tags`, those too.
        previous: What an earlier run made of the document.

    Raises:
        SpecError: when a reference leads nowhere, when a selection selects nothing, or when nothing is left.
    """
    dialect = Dialect(document)
    chosen = dialect.operations(wanted_operations(document, tags, paths))
    schemas = dialect.schemas(chosen)
    kept: dict[str, Any] = {}
    notes: list[str] = []
    for path, item in chosen.items():
        for method, operation in item.items():
            one = {path: {method: operation}}
            problems = lint({"": _whole(document, one, {name: schemas[name] for name in reached(one, schemas)})})
            if problems:
                reason = "; ".join(problem.removeprefix("#") for problem in problems[:3])
                notes.append(f"{method.upper()} {path} is left out: {reason}")
            else:
                kept.setdefault(path, {})[method] = operation
    if not kept:
        raise SpecError("no operation is left:", *notes)
    found, more = share(_whole(document, kept, schemas), previous)
    problems = lint({"": found})
    if problems:
        raise SpecError(*(problem.removeprefix("#") for problem in problems))
    return Normalised(found, (*notes, *dialect.finish(), *more))


def previous(path: Path, text: str) -> dict[str, Any] | None:
    """Return the document whose names stay; None when there is no text."""
    return parse_document(text.encode(), path.name) if text.strip() else None


def normalise_file(
    source: Path, target: Path, *, tags: Iterable[str] = (), paths: Iterable[str] = (), lock: Path | None = None
) -> tuple[bool, tuple[str, ...]]:
    """Normalise the document in one file into another; return whether that changed, and what there is to say.

    Comments in `target` stay with their keys.

    Args:
        source: OpenAPI as YAML or JSON.
        target: Where the result goes.
        tags, paths: As for `normalise`.
        lock: An earlier result, whose names stay; `target` itself when left out.

    Raises:
        SpecError: as `normalise`, and when a file cannot be read; `target` is as it was then.
    """
    try:
        text = target.read_text("utf-8") if target.exists() else ""
        names = text if lock is None else lock.read_text("utf-8")
        raw = source.read_bytes()
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(str(error)) from None
    found = normalise(
        parse_document(raw, source.name), tags=tags, paths=paths, previous=previous(lock or target, names)
    )
    fresh, lost = canonical_yaml(found.document, text)
    if fresh != text:
        replace_file(target, fresh.encode())
    return fresh != text, (*found.notes, *lost)


def _whole(document: Mapping[str, Any], paths: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    info = document.get("info") or {}
    head = {"title": info.get("title") or "", "version": str(info.get("version", ""))}
    found: dict[str, Any] = {"openapi": "3.1.0", "info": head}
    if document.get("servers"):
        found["servers"] = document["servers"]
    return {**found, "paths": dict(paths), "components": {"schemas": dict(schemas)}}
