"""Observers of calls: how they are added and removed, and users' functions among them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from fal._core.call import CallEvent, Watch, Watcher
from fal._core.locks import ForkSafeLock
from fal._core.log import logger
from fal.exceptions import InvalidInput, InvalidType

if TYPE_CHECKING:
    from fal._core.options import CallOptions

Kind = Literal["request", "response", "retry", "error"]
_KINDS: tuple[str, ...] = get_args(Kind)
_LOCK = ForkSafeLock()
# A call that a hook makes is not reported to hooks: they would call each other without end.
_IN_HOOK: ContextVar[bool] = ContextVar("fal_in_hook", default=False)


class _Caller(Protocol):
    options: CallOptions


def add_watcher(caller: _Caller, watcher: Watcher) -> Callable[[], None]:
    """Let a watcher observe the calls of a caller, and of those that are made from it afterwards.

    Returns:
        A function that removes it from all of them.
    """
    with _LOCK:
        caller.options = replace(caller.options, watchers=(*caller.options.watchers, watcher))

    def remove() -> None:
        watcher.ended = True
        with _LOCK:
            kept = tuple(each for each in caller.options.watchers if each is not watcher)
            caller.options = replace(caller.options, watchers=kept)

    return remove


class Hook:
    """One function, called for one kind of event. An exception of its own is logged, and ends no call."""

    def __init__(self, kind: Kind, function: Callable[[CallEvent], object]) -> None:
        self.ended = False
        self._kind = kind
        self._function = function

    def begin(self, *_: object, **__: object) -> Watch:
        return self  # it keeps nothing of a call

    def headers(self) -> Sequence[tuple[str, str]]:
        return ()

    def opened(self) -> None: ...

    def notify(self, event: CallEvent) -> None:
        if event.kind != self._kind or self.ended or _IN_HOOK.get():
            return
        token = _IN_HOOK.set(True)
        try:
            result = self._function(event)
        except Exception:
            logger.exception("a hook of %r failed", self._kind)
        else:
            if inspect.iscoroutine(result):
                result.close()
                logger.error(
                    "a hook of %r returned a coroutine, which is never awaited: pass a plain function", self._kind
                )
        finally:
            _IN_HOOK.reset(token)


def make_hook(kind: Kind, function: Callable[[CallEvent], object]) -> Hook:
    """Return a hook, of arguments that may be wrong.

    Raises:
        InvalidInput, InvalidType: They are.
    """
    if kind not in _KINDS:
        raise InvalidInput(f"kind: {kind!r} is not an event of a call", hint=f"The events are: {', '.join(_KINDS)}.")
    if not callable(function):
        raise InvalidType(f"hook: a {type(function).__name__} cannot be called")
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__):
        raise InvalidType("hook: a coroutine function would never be awaited", hint="Pass a plain function.")
    return Hook(kind, function)
