"""Rarer garbage collections, for work that mostly loads modules: what it makes is kept, so that there is little to find."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from fal._core.locks import ForkSafeLock

_RARE = 100_000  # new objects for each collection, instead of Python's 700 or 2,000


class _Threshold:
    """The first threshold of the interpreter's collector, raised while anybody is inside."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._inside = 0
        self._before = 0

    def enter(self) -> None:
        with self._lock:
            if not self._inside:
                self._before = gc.get_threshold()[0]
                if 0 < self._before < _RARE:  # 0 is off
                    gc.set_threshold(_RARE)
            self._inside += 1

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and gc.get_threshold()[0] == _RARE:  # else somebody else has set it meanwhile
                _let_grow_old()
                gc.set_threshold(self._before)


_threshold = _Threshold()


def _let_grow_old() -> None:
    """Count all objects as old ones: with its threshold back, the collector would look through all young ones at once."""
    # Else somebody keeps objects out of all collections, as Python 3.12 does itself, and `unfreeze` would end that.
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect garbage rarely, in all threads, while the block or the decorated function runs."""
    _threshold.enter()
    try:
        yield
    finally:
        _threshold.leave()
