"""Recreate on a runner what cannot be pickled."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, cast

_pending: list[type] = []


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


def restore_enum(cls: Any, state: tuple[Callable[[type, Any], None], Any, dict[str, dict[str, Any]]]) -> None:
    """Fill in an enum, and what its members were given when they were made."""
    fill, own, members = state
    fill(cls, own)
    for name, attributes in members.items():
        vars(cls.__members__[name]).update(attributes)


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
