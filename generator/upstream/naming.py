"""Names for schemas that upstream left nameless: readable, made of the places where a schema is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import frozen

from generator.spec import names

# What an operation does with the thing that it is named for.
_VERB = re.compile(
    "add|cancel|create|delete|describe|download|fetch|find|flush|get|list|make|patch|post|put|query|read|remove|run|search|"
    "set|show|start|stop|stream|update|upload"
)
# Words that say nothing without the word before them.
_VAGUE = re.compile("body|data|details?|info|item|kind|mode|name|object|payload|result|source|state|status|type|value")
FAILURE = "response error"  # what a name is made of last: what is returned has the better ones
_NOT_PLURAL = ("ss", "us", "is", "series", "species", "news")


@frozen(order=True)
class Place:
    """Where a schema is used.

    Attributes:
        steps: The way from the root: `.name` a member, `[]` an element, `{}` a value of a mapping, `|` a form of a union.
        owner: The operation, or the component that upstream named.
        kind: `request`, `response`, `FAILURE` or a parameter's name with a question mark before it; empty for a component.
    """

    steps: tuple[str, ...]
    owner: str
    kind: str

    def below(self, *steps: str) -> Place:
        return Place((*self.steps, *steps), self.owner, self.kind)

    @property
    def sort_key(self) -> tuple[int, Place]:
        return len(self.steps), self


def words(name: str) -> list[str]:
    """Return the words of a name in any usual spelling, in lower case: letters and digits of ASCII only."""
    return [word.lower() for word in names.words(re.sub(r"[^A-Za-z0-9]+", " ", name))]


def snake(name: str) -> str:
    """Return the name in snake case; a name that has no letter at its front gets one."""
    joined = "_".join(words(name))
    return joined if joined[:1].isalpha() else f"x_{joined}".rstrip("_")


def candidates(places: Iterable[Place]) -> Iterator[str]:
    """Yield names for a schema that is used at these places, the best first, without end."""
    # As a part of something it goes by its own name; as a whole answer only by that of the operation.
    ordered = sorted(places, key=lambda place: (not place.steps, place.sort_key))
    first = ordered[0]
    noun = _noun(first.owner)
    tail = _tail(first)
    if first.kind == FAILURE and not first.steps:
        yield "ErrorResponse"  # of most services all failures look the same
    if len({place.owner for place in ordered}) > 1:
        shared = {tuple(part) for place in ordered for part in _tail(place)[-1:] or [[]]}
        last = next(iter(shared)) if len(shared) == 1 else ()
        if not all(map(_VAGUE.fullmatch, last)):
            yield _pascal(last)
    base = [*noun]
    for part in tail:
        if base[-len(part) :] != part and _singular(base)[-len(part) :] != part:
            base += part
        else:
            base = _singular(base)
    if tail or first.steps:
        yield _pascal(base)
    kind = {"response": ["response"], "request": ["request"], FAILURE: ["error"]}.get(first.kind, [])
    if kind and base[-1:] != kind:
        yield _pascal([*base, *kind])
    whole = [*words(first.owner), *kind, *(word for part in tail for word in part)]
    yield _pascal(whole)
    number = 2
    while True:
        yield f"{_pascal(whole)}{number}"
        number += 1


def _noun(owner: str) -> list[str]:
    parts = words(owner)
    kept = [word for index, word in enumerate(parts) if index > 1 or not _VERB.fullmatch(word)]
    return kept or parts or ["x"]


def _tail(place: Place) -> list[list[str]]:
    """Return the words of each step, of an element in the singular."""
    parts = [words(place.kind)] if place.kind.startswith("?") else []
    for step in place.steps:
        if step.startswith("."):
            parts.append(words(step))
        elif step in ("[]", "{}") and parts and parts[-1]:
            parts[-1] = _singular(parts[-1])
    if place.steps[:1] == ("[]",) and not parts:
        parts.append(_singular(_noun(place.owner)))
    return [part for part in parts if part]


def _singular(parts: list[str]) -> list[str]:
    if not parts or not parts[-1].endswith("s") or parts[-1].endswith(_NOT_PLURAL) or len(parts[-1]) < 3:
        return parts
    last = parts[-1]
    if last.endswith("ies"):
        last = last[:-3] + "y"
    elif last.endswith(("sses", "xes", "ches", "shes", "zes")):
        last = last[:-2]
    else:
        last = last[:-1]
    return [*parts[:-1], last]


def _pascal(parts: Iterable[str]) -> str:
    joined = "".join(part[:1].upper() + part[1:] for part in parts)
    return joined if joined[:1].isalpha() else f"X{joined}"
