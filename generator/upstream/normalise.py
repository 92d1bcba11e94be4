"""Make an OpenAPI document of inline schemas into one that the generator takes: translated, selected, shared, named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from generator.errors import SpecError
from generator.output.files import replace_file
from generator.spec.inline import with_names
from generator.spec.lint import lint, succeeded
from generator.spec.lint_shape import METHODS
from generator.spec.openapi import merged
from generator.spec.references import reachable_schemas
from generator.spec.rest_reader import read_rest
from generator.spec.yamlfile import parse_document
from generator.upstream.documents import canonical_yaml
from generator.upstream.downconvert import Converter
from generator.upstream.downconvert_schema import as_mapping
from generator.upstream.hoist import RESPONSE, share


@frozen
class Normalised:
    """A document in the subset that the generator takes, and what its maintainer should know."""

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
    converter = Converter(document)
    paths = converter.chosen(tags, paths)
    schemas = converter.schemas(paths)
    whole = _checked(converter, document, paths, schemas)
    shared, more = share(whole, previous)
    shared = _readable(converter, shared)
    shared = _with_shared_failures(shared)
    if previous and "x-host" in previous:
        shared["x-host"] = previous["x-host"]
    if not shared["paths"]:
        raise SpecError(
            "no operation is left:" if converter.notes else "the document has no operation", *converter.finish()
        )
    return Normalised(shared, (*converter.finish(), *more))


def _checked(
    converter: Converter, document: Mapping[str, Any], paths: dict[str, Any], schemas: dict[str, Any]
) -> dict[str, Any]:
    """Return what the checks of the generator let pass: what they refuse costs itself only."""
    while True:
        whole = _whole(
            document, converter, paths, {name: schemas[name] for name in sorted(reachable_schemas(paths, schemas))}
        )
        problems = lint({"": whole})
        if not problems:
            return whole
        bad: dict[str, list[str]] = {}
        for problem in problems:
            place, _, reason = problem.removeprefix("#").partition(": ")
            steps = place.split("/")[1:]
            bad.setdefault("/".join(steps[: 5 if steps[3:4] == ["responses"] else 3]), []).append(reason)
        for place, reasons in bad.items():
            kind, *names = (step.replace("~1", "/").replace("~0", "~") for step in place.split("/"))
            faults = "; ".join(dict.fromkeys(reasons[:3]))
            if kind == "paths" and len(names) > 2:
                if names[0] not in paths or names[1] not in paths[names[0]]:
                    continue  # left out for another reason
                responses = paths[names[0]][names[1]]["responses"]
                if len(names) == 4 and names[3] not in succeeded(responses):
                    converter.notes.append(f"{names[1].upper()} {names[0]}, response {names[3]}: {faults}; left out")
                    del responses[names[3]]
                    continue
                names = names[:2]
            if kind == "paths" and len(names) == 2 and names[1] in paths.get(names[0], {}):
                converter.leave_out(f"{names[1].upper()} {names[0]}", faults)
                del paths[names[0]][names[1]]
            elif kind == "paths" and names and names[0] in paths:
                for method in paths.pop(names[0]):
                    converter.leave_out(f"{method.upper()} {names[0]}", faults)
            elif kind == "components" and names[0] == "schemas" and schemas.get(names[1]):
                converter.notes.append(f"the schema {names[1]} is read as anything: {faults}")
                schemas[names[1]] = {}
            else:
                raise SpecError(*(problem.removeprefix("#") for problem in problems))
        for path in [path for path, item in paths.items() if not item]:
            del paths[path]


def _with_shared_failures(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with a component for the failure that a status means most often, if it does so more than once."""
    uses: dict[str, Counter[str]] = {}
    for operation in _operations(document):
        for status in operation["responses"].keys() - set(succeeded(operation["responses"])):
            text = json.dumps(operation["responses"][status], sort_keys=True)
            uses.setdefault(status, Counter())[text] += 1
    common = {status: min(texts.items(), key=lambda item: (-item[1], item[0])) for status, texts in uses.items()}
    shared = {status: json.loads(text) for status, (text, count) in common.items() if count > 1}
    for operation in _operations(document):
        for status, response in operation["responses"].items():
            if shared.get(status) == response:
                operation["responses"][status] = {"$ref": f"{RESPONSE}Error{status}"}
    if not shared:
        return document
    responses = {f"Error{status}": response for status, response in shared.items()}
    return {**document, "components": {**document["components"], "responses": responses}}


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def _readable(converter: Converter, document: dict[str, Any]) -> dict[str, Any]:
    """Return the document without the operations that the generator cannot read."""
    if _unreadable(document) is None:
        return document
    kept: dict[str, Any] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            problem = _unreadable(_only(document, {path: {method: operation}}))
            if problem is None:
                kept.setdefault(path, {})[method] = operation
            else:
                converter.leave_out(f"{method.upper()} {path}", problem)
    return _only(document, kept)


def _only(document: Mapping[str, Any], paths: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of these paths, with the schemas that they need."""
    schemas = document["components"]["schemas"]
    needed = {name: schemas[name] for name in sorted(reachable_schemas(paths, schemas))}
    return {**document, "paths": paths, "components": {**document["components"], "schemas": needed}}


def _unreadable(document: Mapping[str, Any]) -> str | None:
    """Return why the generator cannot read a document; None when it can."""
    try:
        read_rest(with_names(merged({"document": document}, {})))
    except SpecError as error:
        return "; ".join(error.problems)
    except RecursionError:
        return "its schemas are nested too deep, or lead back to themselves"
    return None


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
    result = normalise(
        parse_document(raw, source.name), tags=tags, paths=paths, previous=previous(lock or target, names)
    )
    fresh, lost = canonical_yaml(result.document, text)
    if fresh != text:
        replace_file(target, fresh.encode())
    return fresh != text, (*result.notes, *lost)


def _whole(
    document: Mapping[str, Any], converter: Converter, paths: Mapping[str, Any], schemas: Mapping[str, Any]
) -> dict[str, Any]:
    info = as_mapping(document.get("info"))
    head = {"title": str(info.get("title") or ""), "version": str(info.get("version", ""))}
    chosen: dict[str, Any] = {"openapi": "3.1.0", "info": head}
    if isinstance(document.get("servers"), list):
        chosen["servers"] = document["servers"]
    security, schemes = converter.security()
    components: dict[str, Any] = {"schemas": dict(schemas)}
    if isinstance(security, list):
        chosen["security"] = security
    if isinstance(schemes, Mapping) and schemes:
        components["securitySchemes"] = schemes
    return {**chosen, "paths": dict(paths), "components": components}
