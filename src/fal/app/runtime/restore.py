"""Recreate on a runner what cannot be pickled."""

from __future__ import annotations

import functools
import importlib
import operator
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, cast
from weakref import WeakSet

_ABSENT = object()
_pending: list[type] = []
_values: dict[int, list[Any]] = {}  # what aliases are to stand for, by their ids, until it is known


def restore_model(model: type, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Fill in a pydantic model; its validators are recreated, since they cannot be pickled."""
    for name in ("__pydantic_core_schema__", "__pydantic_validator__", "__pydantic_serializer__"):
        if name in vars(model):
            type.__delattr__(model, name)
    attributes, _ = state
    abstract = attributes.pop("_abc_impl", None)
    if any(isinstance(vars(base).get("model_fields"), dict) for base in model.__mro__):
        attributes["model_fields"] = attributes["__pydantic_fields__"]  # their name before pydantic 2.10
    for name, value in attributes.items():
        type.__setattr__(model, name, value)
    if abstract is not None:
        for subclass in abstract:
            model.register(subclass)  # type: ignore[attr-defined]
    _pending.append(model)


def restore_class(hooks: list[tuple[type, str, Any]], make: Callable[..., type], arguments: tuple[Any, ...]) -> type:
    """Make a class that has no attributes yet without what was called when it was first made."""
    before = [vars(owner).get(name, _ABSENT) for owner, name, _ in hooks]
    for owner, name, instead in hooks:
        type.__setattr__(owner, name, classmethod(_nothing) if instead is None else getattr(instead, name))
    try:
        return make(*arguments)
    finally:
        for (owner, name, _), own in zip(hooks, before, strict=True):
            if own is _ABSENT:
                type.__delattr__(owner, name)
            else:
                type.__setattr__(owner, name, own)


def _nothing(_: type, /, **__: Any) -> None:
    """Do nothing with a subclass."""


def restore_enum(cls: Any, state: tuple[Callable[[type, Any], None], Any, dict[str, dict[str, Any]]]) -> None:
    """Fill in an enum, and what its members were given when they were made."""
    fill, own, members = state
    fill(cls, own)
    for name, attributes in members.items():
        vars(cls.__members__[name]).update(attributes)


def fill_object(obj: Any, state: Any) -> None:
    """Fill in an object without asking it for anything."""
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    if attributes:
        vars(obj).update(attributes)
    for name, value in (slots or {}).items():
        object.__setattr__(obj, name, value)


def restore_private(module: str, name: str) -> Any:
    """Return a function that pydantic keeps to itself; None where its version on this runner has no such one."""
    return getattr(importlib.import_module(module), name, None)


def restore_part(cls: Any) -> Any:
    """Make a part of a pydantic model that says nothing yet, with the defaults of the version on this runner."""
    try:
        return cls()
    except TypeError:
        return cls.__new__(cls)


def fill_part(part: Any, state: dict[str, Any]) -> None:
    """Fill in a part of a model, except for what the version of pydantic on this runner does not know."""
    for name, value in state.items():
        with suppress(AttributeError):
            object.__setattr__(part, name, value)


def rebuild_models() -> None:
    """Finish the pydantic models of a bundle, once all classes they refer to are there."""
    models, _pending[:] = _pending[:], []
    for model in models:
        if hasattr(model, "model_rebuild"):
            model.model_rebuild(force=True)
        else:
            from pydantic.dataclasses import rebuild_dataclass

            rebuild_dataclass(cast(Any, model), force=True)


def restore_cache(function: Callable[..., Any], parameters: dict[str, Any]) -> Callable[..., Any]:
    """Wrap a function in an empty `functools.lru_cache`."""
    wrapped: Callable[..., Any] = functools.lru_cache(**parameters)(function)
    return wrapped


def restore_variable(name: str, *default: Any) -> ContextVar[Any]:
    """Make a context variable that nobody has set yet."""
    return ContextVar(name, default=default[0]) if default else ContextVar(name)


def restore_type(kind: str, name: str, arguments: tuple[Any, ...], options: dict[str, Any], module: str) -> Any:
    """Make something of `typing`, or its like, that is otherwise known by the name it has in its module."""
    home, _, factory = kind.rpartition(".")
    made = getattr(importlib.import_module(home), factory)(name, *arguments, **options)
    if factory == "NewType":
        made.__module__ = module
    return made


def restore_alias(name: str) -> Any:
    """Make what `type NAME = ...` makes, whose value `fill_alias` gives: it may be made of the alias itself."""
    space: dict[str, Any] = {"value": []}
    exec(f"type {name} = value[0]", space)
    _values[id(space[name])] = space["value"]
    return space[name]


def fill_alias(alias: Any, value: Any) -> None:
    """Say what an alias stands for."""
    _values.pop(id(alias)).append(value)


def fill_set(made: WeakSet[Any], members: list[Any]) -> None:
    """Fill in a weak set, which may be reached from its members."""
    made.update(members)


def restore_shared(kind: str, *arguments: Any) -> Any:
    """Make a lock of `multiprocessing`, or its like, which processes that are started later share."""
    return getattr(importlib.import_module("multiprocessing"), kind)(*arguments)


def first_of(obj: Any, _: list[None]) -> Any:
    """Return the first of two things, the second of which had to be made, too."""
    return obj


def fill_shared(module: str, name: str, content: Any, whole: bool) -> None:
    """Fill in a container at module level of a module that was imported anew; objects that it has made itself stay."""
    container = operator.attrgetter(name)(importlib.import_module(module))
    if isinstance(content, dict):
        made = {key for key, value in content.items() if type(value).__module__ != "builtins" and key in container}
        container.update({key: value for key, value in content.items() if key not in made})
    elif isinstance(container, set):
        container.update(content)
    else:
        if whole:
            container.clear()
        container.extend(content)
