"""Users' functions that observe calls."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Literal, get_args

from fal._core.call import CallEvent, Watch
from fal._core.log import logger
from fal.exceptions import InvalidInput, InvalidType

Kind = Literal["request", "response", "retry", "error"]
_KINDS: tuple[str, ...] = get_args(Kind)


class Hook:
    """One function, called for one kind of event. An exception of its own is logged, and ends no call."""

    def __init__(self, kind: Kind, function: Callable[[CallEvent], object]) -> None:
        self._kind = kind
        self._function = function

    def begin(self, *_: object, **__: object) -> Watch:
        return self  # it keeps nothing of a call

    def headers(self) -> Sequence[tuple[str, str]]:
        return ()

    def notify(self, event: CallEvent) -> None:
        if event.kind != self._kind:
            return
        try:
            self._function(event)
        except Exception:
            logger.exception("a hook of %r failed", self._kind)


def make_hook(kind: Kind, function: Callable[[CallEvent], object]) -> Hook:
    """Return a hook, of arguments that may be wrong.

    Raises:
        InvalidInput, InvalidType: They are.
    """
    if kind not in _KINDS:
        raise InvalidInput(f"kind: {kind!r} is not an event of a call", hint=f"The events are: {', '.join(_KINDS)}.")
    if not callable(function):
        raise InvalidType(f"hook: a {type(function).__name__} cannot be called")
    if inspect.iscoroutinefunction(function):
        raise InvalidType("hook: a coroutine function would never be awaited", hint="Pass a plain function.")
    return Hook(kind, function)
