"""What hooks and traces add to a call when nobody uses them: python unused.py COUNT ROUNDS.

A call without any place for them is made from the source of the one that has them. Both make `COUNT` calls in turn, in one process,
for `ROUNDS` rounds; the difference is the median of the rounds'.
"""

from __future__ import annotations

import inspect
import statistics
import sys
import time
import types
from typing import Any

import timing

from fal._core import call, caller
from fal.api import SyncServerlessClient

_IN_CALLS = {
    "[pair for watch in self._watches for pair in watch.headers()]": "[]",
    "if self._watches:": "if False:",
}
_IN_CALLERS = {"self._watches(name, wire, about, request_id) if options.watchers else ()": "()"}


def without(module: types.ModuleType, places: dict[str, str]) -> Any:
    """Return a module made from the source of another one, without these places."""
    text = inspect.getsource(module)
    for place, instead in places.items():
        if place not in text:
            raise SystemExit(f"{module.__name__} does not say {place!r} any more")
        text = text.replace(place, instead)
    made = types.ModuleType(f"{module.__name__} without them")
    sys.modules[made.__name__] = made
    exec(compile(text, made.__name__, "exec"), vars(made))
    return made


def cost(client: SyncServerlessClient, begin: Any, count: int) -> float:
    caller.Caller._begin = begin
    before = time.process_time()
    for _ in range(count):
        client.apps.list()
    return (time.process_time() - before) / count


count, rounds = map(int, sys.argv[1:])
bare = without(caller, _IN_CALLERS)
bare.Call = without(call, _IN_CALLS).Call
client, kinds = SyncServerlessClient(), (caller.Caller._begin, bare.Caller._begin)
for kind in kinds:
    cost(client, kind, count)
differences = []
for number in range(rounds):
    first, second = kinds if number % 2 else kinds[::-1]
    pair = {first: cost(client, first, count), second: cost(client, second, count)}
    differences.append(pair[kinds[0]] - pair[kinds[1]])
timing.say("cpu", max(0.0, statistics.median(differences)))
