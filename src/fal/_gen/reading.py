# Generated from spec/; do not edit. Regenerate with: just generate
"""Models made of messages: at once, or, as rows of a listing, by the first look at one of their fields.

A frozen dataclass sets each attribute through a call, which would take most of the time of a long listing. So values get into a
model as its `__dict__`, in one step.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

M = TypeVar("M")
_UNSET: Any = object()


class _Storage:
    # One layout for every model: its fields, and the bytes of a row whose fields have not been read.
    __slots__ = ("__dict__", "__weakref__", "_unread")


_new: Callable[..., Any] = object.__new__
_fields, _set_fields = _Storage.__dict__["__dict__"].__get__, _Storage.__dict__["__dict__"].__set__
_bytes, _keep = _Storage.__dict__["_unread"].__get__, _Storage.__dict__["_unread"].__set__


class Model(_Storage):
    """What every model is: a row that has not been read yet is read by the first look at it."""

    __slots__ = ()

    # Hidden from type checkers, who know what vars() returns.
    if not TYPE_CHECKING:

        @property
        def __dict__(self):
            if not _fields(self):
                _read(self)
            return _fields(self)

    def __getstate__(self) -> dict[str, Any]:
        return vars(self)


def made(model: type[M], values: dict[str, Any]) -> M:
    """Return the model that holds these values."""
    instance: M = _new(model)
    _set_fields(instance, values)
    return instance


class Rows:
    """The rows of a long listing. Each keeps its own bytes until it is read, so that one that is kept keeps no others.

    Args:
        model: What a row is.
        read: Returns the values of a row from its bytes, which are known to be good.
    """

    def __init__(self, model: type[M], read: Callable[[bytes], dict[str, Any]]) -> None:
        self._model: type[Any] = model
        _READ[model] = read
        for name in model.__dataclass_fields__:  # type: ignore[attr-defined]
            setattr(model, name, _FirstLook(name, model.__dict__.get(name, _UNSET)))

    def __call__(self, field: int, answer: bytes) -> list[Any]:
        """Return the rows that the bytes of an answer hold in the field of this number."""
        model, new, keep = self._model, _new, _keep
        rows = []
        for content in _split(field).FromString(answer).items:
            row = new(model)
            keep(row, content)
            rows.append(row)
        return rows


class _FirstLook:
    """Stands where a class has a field. Python asks it only while the row itself has none."""

    __slots__ = ("_default", "_name")

    def __init__(self, name: str, default: Any) -> None:
        self._name = name
        self._default = default

    def __get__(self, row: Any, model: type[Any]) -> Any:
        if row is not None:
            _read(row)
            value = _fields(row).get(self._name, self._default)
        else:
            value = self._default
        if value is _UNSET:
            raise AttributeError(f"{model.__name__!r} has no attribute {self._name!r}", name=self._name, obj=row)
        return value


def _read(row: Any) -> None:
    # One thread at a time, so that all see the same values. The handler of a signal may look at the row in between, too.
    with _lock:
        try:
            content = _bytes(row)
        except AttributeError:
            return  # its values came with it
        if content is not None:
            _set_fields(row, _READ[type(row)](content))
            _keep(row, None)


def _new_lock() -> None:
    # A child of a fork may have got the lock as another thread held it.
    global _lock
    _lock = threading.RLock()


@cache
def _split(field: int) -> Any:
    """Return the class of a message that has the field of this number as bytes: protobuf then only finds where each item ends."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name=f"rows_{field}.proto", syntax="proto3")
    items = file.message_type.add(name="Rows").field.add(name="items", number=field)
    items.type, items.label = items.TYPE_BYTES, items.LABEL_REPEATED
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("Rows"))


_READ: dict[type[Any], Callable[[bytes], dict[str, Any]]] = {}
_lock = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_lock)
