"""One view of what is served, whether it was written as a class or as a function."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from .errors import AppDefinitionError
from .routes import Route

Hints = dict[str, dict[str, Any]]  # resolved annotations by function name

SERVE_PORT = 8080
METRICS_PORT = 9090


@dataclass
class Endpoint:
    """A function to serve, where, and its signature with the annotations resolved."""

    route: Route
    function: Callable[..., Any]
    signature: inspect.Signature


def _nothing(*_: Any) -> None:
    return None


def _no_lifespan(_: Any) -> AbstractAsyncContextManager[None]:
    return nullcontext()


@dataclass
class Service:
    """What a runner serves."""

    name: str
    endpoints: list[Endpoint]
    lifespan: Callable[[Any], Any] = _no_lifespan
    add_middlewares: Callable[[Any], Any] = _nothing
    add_routes: Callable[[Any], Any] = _nothing
    handle_exit: Callable[[], Any] = _nothing
    health: Callable[[], Any] | None = None
    hints: Callable[[], list[str]] | None = None
    version: str = "unknown"
    startup_timeout: float | None = None
    metrics_port: int | None = None
    app: Any = None  # the instance, where it was written as a class


def function_service(function: Callable[..., Any], hints: Hints | None = None) -> Service:
    """Describe how to serve a function: under "/"."""
    return Service(name=function.__name__, endpoints=[endpoint_of(Route("/"), function, hints)])


async def finished(result: Any) -> Any:
    """Return a result, awaited when it has to be."""
    return await result if inspect.isawaitable(result) else result


def resolved_hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return a function's annotations with strings evaluated.

    Raises:
        NameError: A name in an annotation does not exist, or only while type checking.
    """
    return typing.get_type_hints(function, include_extras=True)


def endpoint_of(route: Route, function: Callable[..., Any], hints: Hints | None) -> Endpoint:
    """Describe how to serve a function; `hints` are its annotations, when they were evaluated before."""
    known = (hints or {}).get(function.__name__)
    types = resolved_hints(function) if known is None else known
    try:
        signature = inspect.signature(function)
    except ValueError:  # of a method that takes nothing at all
        raise AppDefinitionError(f"{function.__qualname__} has no parameter self; an endpoint is a method") from None
    parameters = [
        parameter.replace(annotation=types.get(name, parameter.annotation))
        for name, parameter in signature.parameters.items()
    ]
    returns = types.get("return", signature.return_annotation)
    if returns is type(None):
        returns = None  # as it was written: the framework then describes no answer, not one that is null
    return Endpoint(route, function, signature.replace(parameters=parameters, return_annotation=returns))
