"""Apply overlay.yaml: corrections to upstream's specifications, each with the place, what was there, and the reason."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from generator.errors import SpecError
from generator.spec.canonical import alike, canonical

NAME = "overlay.yaml"
_ACTIONS = ("add", "replace", "remove")
_KEYS = {"file", "at", "was", "reason", *_ACTIONS}


def apply_overlay(
    documents: Mapping[str, Any], overlay: Mapping[str, Any], *, outdated: list[str] | None = None
) -> dict[str, Any]:
    """Return the documents with the `openapi` entries of an overlay applied, in their order.

    Args:
        documents: File name -> document.
        overlay: What overlay.yaml says; an empty one corrects nothing.
        outdated: Receives the entries that no longer match the specification, instead of an error.

    Raises:
        SpecError: with every entry that is malformed, or that does not match what the specification says.
    """
    corrected = {name: copy.deepcopy(document) for name, document in documents.items()}
    entries = overlay.get("openapi") or []
    if not isinstance(entries, list) or set(overlay) - {"openapi"}:
        raise SpecError(f"{NAME}: it holds one list, `openapi`")
    problems: list[str] = []
    for index, entry in enumerate(entries):
        where = f"{NAME}: openapi[{index}]"
        if not isinstance(entry, dict):
            problems.append(f"{where}: not a mapping")
            continue
        where += f" ({entry.get('file')} {entry.get('at')})"
        if problem := _malformed(entry):
            problems.append(f"{where}: {problem}")
        elif problem := _apply(corrected, entry):
            (problems if outdated is None else outdated).append(f"{where}: {problem}")
    if problems:
        raise SpecError(*problems)
    return corrected


def _malformed(entry: Mapping[str, Any]) -> str | None:
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        return f"unknown key {unknown[0]!r}; the keys are {', '.join(sorted(_KEYS))}"
    if not isinstance(entry.get("reason"), str) or not entry["reason"].strip():
        return "no `reason`: say why upstream is wrong here"
    actions = [name for name in _ACTIONS if name in entry]
    if len(actions) != 1:
        return "give exactly one of `add`, `replace`, `remove: true`"
    if actions == ["remove"] and entry["remove"] is not True:
        return "`remove` takes nothing but true"
    if ("was" in entry) == (actions == ["add"]):
        return "`replace` and `remove` need `was`, what the file says there; `add` takes none"
    if not str(entry.get("at", "")).startswith("/"):
        return "`at` must be a JSON pointer, which begins with /"
    return None


def _apply(documents: dict[str, Any], entry: Mapping[str, Any]) -> str | None:
    document = documents.get(str(entry.get("file")))
    if document is None:
        return f"there is no such file; the files are {', '.join(sorted(documents))}"
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in entry["at"].split("/")[1:]]
    place = document
    for part in parents:
        place = _step(place, part)
        if place is None:
            return f"there is no {part!r} on the way: upstream has changed; correct the entry or remove it"
    now = _step(place, last)
    if "add" in entry:
        if not isinstance(place, dict):
            return "`add` adds a member to an object; use `replace` for an array"
        if now is not None:
            return "it already exists: upstream has changed; remove the entry, or make it a `replace`"
        place[last] = entry["add"]
        return None
    if now is None:
        return "there is nothing there: upstream has changed; remove the entry"
    if not _same(last, now, entry["was"]):
        return f"the file says {now!r}, not what `was` says: upstream has changed; is the correction still needed?"
    key = int(last) if isinstance(place, list) else last
    if "remove" in entry:
        del place[key]
    else:
        place[key] = entry["replace"]
    return None


def _same(key: str, now: Any, was: Any) -> bool:
    """Tell whether the file still says what an entry was written for; other words, or another order, are no difference."""
    if not isinstance(now, dict | list) or type(now) is not type(was):
        return bool(now == was)
    now_said, was_said = (alike(canonical({key: value})) for value in (now, was))
    return now_said == was_said


def _step(place: Any, part: str) -> Any:
    if isinstance(place, dict):
        return place.get(part)
    if isinstance(place, list) and part.isdecimal() and int(part) < len(place):
        return place[int(part)]
    return None
