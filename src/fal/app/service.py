"""One view of what is served, whether it was written as a class or as a function."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .routes import Route, routes_of

if TYPE_CHECKING:
    from .model import App

Hints = dict[str, dict[str, Any]]  # resolved annotations by function name

SERVE_PORT = 8080
METRICS_PORT = 9090


@dataclass
class Endpoint:
    """A function to serve, where, and its signature with the annotations resolved."""

    route: Route
    function: Callable[..., Any]
    signature: inspect.Signature


def _nothing() -> None:
    return None


@dataclass
class Service:
    """What a runner serves."""

    name: str
    endpoints: list[Endpoint]
    setup: Callable[[], Any] = _nothing
    teardown: Callable[[], Any] = _nothing
    handle_exit: Callable[[], Any] = _nothing
    health: Callable[[], Any] | None = None
    hints: Callable[[], list[str]] | None = None
    version: str = "unknown"
    startup_timeout: float | None = None
    metrics_port: int | None = None


def app_service(cls: type[App], hints: Hints | None = None) -> Service:
    """Instantiate an app and describe how to serve it."""
    app = cls()
    return Service(
        name=cls.app_name or cls.__name__,
        endpoints=[_endpoint(route, getattr(app, name), hints) for name, route in routes_of(cls)],
        setup=app.setup,
        teardown=app.teardown,
        handle_exit=app.handle_exit,
        health=app.health,
        hints=app.provide_hints,
        version=str(cls.version),
        startup_timeout=cls.startup_timeout,
        metrics_port=cls.metrics_port,
    )


def function_service(function: Callable[..., Any], hints: Hints | None = None) -> Service:
    """Describe how to serve a function: under "/"."""
    return Service(name=function.__name__, endpoints=[_endpoint(Route("/"), function, hints)])


def resolved_hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return a function's annotations with strings evaluated.

    Raises:
        NameError: A name in an annotation does not exist, or only while type checking.
    """
    return typing.get_type_hints(function, include_extras=True)


def _endpoint(route: Route, function: Callable[..., Any], hints: Hints | None) -> Endpoint:
    known = (hints or {}).get(function.__name__)
    types = resolved_hints(function) if known is None else known
    signature = inspect.signature(function)
    parameters = [
        parameter.replace(annotation=types.get(name, parameter.annotation))
        for name, parameter in signature.parameters.items()
    ]
    returns = types.get("return", signature.return_annotation)
    return Endpoint(route, function, signature.replace(parameters=parameters, return_annotation=returns))
