"""Reducers for objects that pickle stores by name only, or not at all: they are recreated on the runner."""

from __future__ import annotations

import concurrent.futures
import contextvars
import functools
import queue
import struct
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any

from ..runtime.restore import restore_cache, restore_type, restore_variable

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
    options = {"type_params": made.__type_params__}
    return restore_type, (_kind(made), made.__name__, (made.__value__,), options, made.__module__)


def _kind(made: Any) -> str:
    return f"{type(made).__module__}.{type(made).__name__}"


def _variable(made: contextvars.ContextVar[Any]) -> Reduced:
    try:
        default: tuple[Any, ...] = (contextvars.Context().run(made.get),)
    except LookupError:
        default = ()
    return restore_variable, (made.name, *default)


def _threads(made: Any) -> Reduced:
    return concurrent.futures.ThreadPoolExecutor, (made._max_workers, made._thread_name_prefix)


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
    weakref.WeakKeyDictionary: _anew(weakref.WeakKeyDictionary),
    weakref.WeakValueDictionary: _anew(weakref.WeakValueDictionary),
    weakref.WeakSet: _anew(weakref.WeakSet),
    types.MappingProxyType: lambda made: (types.MappingProxyType, (dict(made),)),
    struct.Struct: lambda made: (struct.Struct, (made.format,)),
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
    return REDUCERS.get(kind)
