"""Reducers for objects that pickle stores by name only, or not at all: they are recreated on the runner."""

from __future__ import annotations

import concurrent.futures
import contextlib
import contextvars
import functools
import inspect
import json
import queue
import random
import struct
import sys
import threading
import types
import typing
import weakref
from collections.abc import Callable
from typing import Any

from ..runtime.restore import (
    fill_alias,
    fill_object,
    fill_set,
    restore_alias,
    restore_cache,
    restore_shared,
    restore_type,
    restore_variable,
)

Reduced = tuple[Any, ...]


def _cache(wrapper: Any) -> Reduced:
    return restore_cache, (wrapper.__wrapped__, wrapper.cache_parameters()), vars(wrapper)


def _cached_property(made: Any) -> Reduced:
    kept = {name: value for name, value in vars(made).items() if name != "lock"}  # Python 3.11 has one
    return functools.cached_property, (made.func,), kept


def _new_type(made: Any) -> Reduced:
    return restore_type, (_kind(made), made.__name__, (made.__supertype__,), {}, made.__module__)


def _parameter(made: Any) -> Reduced:
    return restore_type, (_kind(made), made.__name__, (), {}, made.__module__)


def _alias(made: Any) -> Reduced:
    value = _evaluated(made.__value__, made.__module__)
    options = {"type_params": made.__type_params__}
    if inspect.isfunction(type(made).__setattr__):  # one that Python code makes, to which the value can be given later
        arguments = _kind(made), made.__name__, (None,), options, made.__module__
        return restore_type, arguments, (None, {"__value__": value}), None, None, fill_object
    if sys.version_info >= (3, 12) and not made.__type_params__ and made.__name__.isidentifier():
        return restore_alias, (made.__name__,), value, None, None, fill_alias  # the value may be made of it
    return restore_type, (_kind(made), made.__name__, (value,), options, made.__module__)


def _evaluated(value: Any, module: str | None) -> Any:
    """Evaluate the text in what an alias stands for while its module exists; what cannot be stays as it is."""
    holder = type("holder", (), {"__module__": module, "__annotations__": {"value": value}})
    try:
        return typing.get_type_hints(holder, include_extras=True)["value"]
    except Exception:  # whatever the author's expression raises
        return value


def _kind(made: Any) -> str:
    return f"{type(made).__module__}.{type(made).__name__}"


def _variable(made: contextvars.ContextVar[Any]) -> Reduced:
    try:
        default: tuple[Any, ...] = (contextvars.Context().run(made.get),)
    except LookupError:
        default = ()
    return restore_variable, (made.name, *default)


def _threads(made: Any) -> Reduced:
    if sys.version_info >= (3, 14):
        start = made._create_worker_context()
        first = start.initializer, start.initargs
    else:
        first = made._initializer, made._initargs
    return concurrent.futures.ThreadPoolExecutor, (made._max_workers, made._thread_name_prefix, *first)


def _weak_dictionary(made: Any) -> Reduced:
    return type(made), (), None, None, iter(list(made.items()))


def _weak_set(made: weakref.WeakSet[Any]) -> Reduced:
    return weakref.WeakSet, (), list(made), None, None, fill_set


def _weak(made: weakref.ref[Any]) -> Reduced:
    there = made()
    return weakref.ref, (set() if there is None else there,)  # nobody holds that set


def _context(made: Any) -> Reduced:
    if not hasattr(made, "func"):
        raise TypeError(f"cannot pickle {made.gen.__name__}(), which has been entered")
    return type(made), (made.func, made.args, made.kwds)


def _scanner(made: Any) -> Reduced:
    names = ("strict", "object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant")
    return getattr, (_Decoder({name: getattr(made, name) for name in names}), "scan_once")


class _Decoder:
    """Pickles as a `json.JSONDecoder`, whose own pickle would have the scanner in it that is to be made."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options

    def __reduce__(self) -> tuple[Any, ...]:
        return functools.partial(json.JSONDecoder, **self.options), ()


def _shared(made: Any) -> Reduced:
    return restore_shared, (type(made).__name__, *_SHARED[type(made).__name__](made))


def _anew(kind: Callable[[], Any]) -> Callable[[Any], Reduced]:
    def reduce(_: Any) -> Reduced:
        return kind, ()

    return reduce


REDUCERS: dict[type, Callable[[Any], Reduced]] = {
    type(functools.lru_cache(lambda: None)): _cache,
    functools.cached_property: _cached_property,
    type(threading.Lock()): _anew(threading.Lock),
    type(threading.RLock()): _anew(threading.RLock),
    threading.local: _anew(threading.local),
    queue.SimpleQueue: _anew(queue.SimpleQueue),
    contextvars.ContextVar: _variable,
    concurrent.futures.ThreadPoolExecutor: _threads,
    type(json.JSONDecoder().scan_once): _scanner,  # type: ignore[attr-defined]  # typeshed does not have it
    random.SystemRandom: _anew(random.SystemRandom),
    weakref.ref: _weak,
    weakref.WeakKeyDictionary: _weak_dictionary,
    weakref.WeakValueDictionary: _weak_dictionary,
    weakref.WeakSet: _weak_set,
    contextlib._GeneratorContextManager: _context,
    contextlib._AsyncGeneratorContextManager: _context,
    types.MappingProxyType: lambda made: (types.MappingProxyType, (dict(made),)),
    struct.Struct: lambda made: (struct.Struct, (made.format,)),
}
# Of multiprocessing, by name: the arguments that make such a one.
_SHARED: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "Lock": lambda _: (),
    "RLock": lambda _: (),
    "Event": lambda _: (),
    "Condition": lambda made: (made._lock,),
    "Semaphore": lambda made: (made.get_value(),),
    "BoundedSemaphore": lambda made: (made.get_value(),),
    "Queue": lambda made: (made._maxsize,),
}
_TYPES: dict[str, Callable[[Any], Reduced]] = {
    "NewType": _new_type,
    "ParamSpec": _parameter,
    "TypeVarTuple": _parameter,
    "TypeAliasType": _alias,
}


def reducer_of(kind: type) -> Callable[[Any], Reduced] | None:
    """Return what reduces objects of a type; None leaves them to pickle."""
    if kind.__module__ in ("typing", "typing_extensions") and kind.__name__ in _TYPES:
        return _TYPES[kind.__name__]
    if kind.__module__ in ("multiprocessing.synchronize", "multiprocessing.queues") and kind.__name__ in _SHARED:
        return _shared
    return REDUCERS.get(kind)
