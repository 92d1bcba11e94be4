"""The authoring names on a runner, where modules that use them are imported but nothing is deployed.

Declarations were checked when the app was packed: here they are accepted and forgotten, and no file is looked for.
"""

from __future__ import annotations

from typing import Any

from .app import App
from .calls import IsolatedFunction, cached
from .context import RequestContext
from .errors import AppDefinitionError, AppDefinitionWarning
from .routes import MARK, Realtime, Route


class _Declaration:
    """Stands for whatever only matters when deploying."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Declaration()

    def __call__(self, *_: Any, **__: Any) -> _Declaration:
        return self

    @classmethod
    def from_dockerfile(cls, *_: Any, **__: Any) -> _Declaration:
        return cls()

    from_dockerfile_str = from_dockerfile


ContainerImage = HealthCheck = RetryConfig = BillingComponents = BillingDeclaration = _Declaration
FalServerlessHost = LocalHost = _Declaration
cloud = local = serverless = _Declaration()


def endpoint(path: str, *, is_websocket: bool = False, **_: Any) -> Any:
    return _mark(Route(path, is_websocket))


def realtime(path: str, **options: Any) -> Any:
    renamed = {name.replace("_modal", "_model"): value for name, value in options.items()}
    return _mark(Route(path, is_websocket=True, realtime=Realtime(**renamed)))


def function(*_: Any, serve: bool = False, **__: Any) -> Any:
    return lambda func: IsolatedFunction(func, serve=serve)


def wrap_app(cls: Any, **_: Any) -> Any:
    return cls.run_local


isolated = function


def managing(name: str) -> Any:
    """Return a name of the modules that manage apps, which a helper module may import and does not use on a runner."""
    if name.startswith("__"):
        raise AttributeError(name)
    return globals().get(name, _Declaration)


def _mark(route: Route) -> Any:
    def decorate(func: Any) -> Any:
        setattr(func, MARK, route)
        return func

    return decorate


__all__ = [
    "App",
    "AppDefinitionError",
    "AppDefinitionWarning",
    "BillingComponents",
    "BillingDeclaration",
    "ContainerImage",
    "FalServerlessHost",
    "HealthCheck",
    "IsolatedFunction",
    "LocalHost",
    "RequestContext",
    "RetryConfig",
    "cached",
    "cloud",
    "endpoint",
    "function",
    "isolated",
    "local",
    "realtime",
    "serverless",
    "wrap_app",
]
