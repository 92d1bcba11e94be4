"""Two outcomes of one case, field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

_ABSENT = object()
# Prose, and names of classes: the status or the built-in kind of an error is compared, and whose error it is.
_NOT_COMPARED = frozenset({"raised.message", "raised.class"})
_LONGEST = 400

_HASH = re.compile("[0-9a-f]{64}")

Call = Mapping[str, Any]
Outcome = Mapping[str, Any]


class Difference(NamedTuple):
    """One field that is not the same."""

    path: str
    peer: str
    ours: str

    def __str__(self) -> str:
        return f"{self.path}\n    the peer: {self.peer}\n    ours:     {self.ours}"


def differences(peer: Outcome, ours: Outcome) -> Iterator[Difference]:
    """Yield every field in which two outcomes are not the same, by its path."""
    ends = [_end(outcome) for outcome in (peer, ours)]
    if len({end.partition(" ")[0] for end in ends}) == 2:
        yield Difference("outcome", *ends)
        peer, ours = _but_the_end(peer), _but_the_end(ours)
    yield from _calls(peer["calls"], ours["calls"])
    for name in dict.fromkeys([*peer, *ours]):
        if name != "calls":
            yield from _fields(peer.get(name, _ABSENT), ours.get(name, _ABSENT), name)


def fields(value: Any) -> int:
    """Return how many fields there are to compare."""
    if isinstance(value, (dict, list)) and value:
        return sum(fields(item) for item in (value.values() if isinstance(value, dict) else value))
    return 1


def _calls(peer: Sequence[Call], ours: Sequence[Call]) -> Iterator[Difference]:
    """Compare which requests were sent, then each with the one that answers to it on the other side."""
    names = [[_name(call) for call in calls] for calls in (peer, ours)]
    if names[0] != names[1]:
        yield Difference("calls", *(" ".join(each) or "none" for each in names))
    for block in SequenceMatcher(None, names[0], names[1], autojunk=False).get_matching_blocks():
        for number in range(block.size):
            place = f"calls.{block.a + number}"
            yield from _fields(peer[block.a + number], ours[block.b + number], place)


def _name(call: Call) -> str:
    return _HASH.sub("<hash>", call["rest"]) if "rest" in call else str(call["rpc"]).rpartition("/")[2]


def _fields(peer: Any, ours: Any, path: str) -> Iterator[Difference]:
    if path in _NOT_COMPARED:
        return
    if isinstance(peer, dict) and isinstance(ours, dict):
        for name in [*peer, *(name for name in ours if name not in peer)]:
            inner = f"{path}.{name}" if path else str(name)
            yield from _fields(peer.get(name, _ABSENT), ours.get(name, _ABSENT), inner)
    elif isinstance(peer, list) and isinstance(ours, list) and len(peer) == len(ours):
        for number, (one, other) in enumerate(zip(peer, ours, strict=True)):
            yield from _fields(one, other, f"{path}.{number}")
    elif type(peer) is not type(ours) or peer != ours:
        yield Difference(path, _text(peer), _text(ours))


def _but_the_end(outcome: Outcome) -> Outcome:
    return {name: value for name, value in outcome.items() if name not in ("returned", "raised")}


def _end(outcome: Outcome) -> str:
    if "raised" not in outcome:
        return "returned"
    error = outcome["raised"]
    return f"raised {error['owner']} {error['status'] or error['kind']}"


def _text(value: Any) -> str:
    if value is _ABSENT:
        return "absent"
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        return f"{len(value)} items"
    result = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return result if len(result) <= _LONGEST else f"{result[:_LONGEST]}..."
