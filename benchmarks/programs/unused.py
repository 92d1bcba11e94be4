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

_PLACES = {
    "[each.begin(name, wire, request_id, streaming=streaming) for each in watchers]": "()",
    "[pair for watch in self._watches for pair in watch.headers()]": "[]",
    "if self._watches:": "if False:",
}


def without_them() -> Any:
    text = inspect.getsource(call)
    for place, instead in _PLACES.items():
        if place not in text:
            raise SystemExit(f"fal._core.call does not say {place!r} any more")
        text = text.replace(place, instead)
    module = types.ModuleType("without_them")
    sys.modules[module.__name__] = module
    exec(compile(text, module.__name__, "exec"), vars(module))
    return module.Call


def cost(client: SyncServerlessClient, kind: Any, count: int) -> float:
    vars(caller)["Call"] = kind
    before = time.process_time()
    for _ in range(count):
        client.apps.list()
    return (time.process_time() - before) / count


count, rounds = map(int, sys.argv[1:])
client, kinds = SyncServerlessClient(), (call.Call, without_them())
for kind in kinds:
    cost(client, kind, count)
differences = []
for number in range(rounds):
    first, second = kinds if number % 2 else kinds[::-1]
    pair = {first: cost(client, first, count), second: cost(client, second, count)}
    differences.append(pair[kinds[0]] - pair[kinds[1]])
timing.say("cpu", max(0.0, statistics.median(differences)))
