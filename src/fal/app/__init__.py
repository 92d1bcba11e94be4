"""What an app author writes: `fal.App`, `fal.endpoint`, `fal.realtime`, `fal.function` and what belongs to them."""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for True; importing typing would cost more than all the rest

if TYPE_CHECKING:
    from typing import Any

    from .calls import IsolatedFunction, cached
    from .context import RequestContext
    from .endpoints import endpoint, realtime
    from .errors import AppDefinitionError, AppDefinitionWarning, MissingDependencyError
    from .functions import function
    from .image import ContainerImage
    from .model import App
    from .policies import BillingComponents, BillingDeclaration, HealthCheck, RetryConfig

__all__ = [
    "App",
    "AppDefinitionError",
    "AppDefinitionWarning",
    "BillingComponents",
    "BillingDeclaration",
    "ContainerImage",
    "HealthCheck",
    "IsolatedFunction",
    "MissingDependencyError",
    "RequestContext",
    "RetryConfig",
    "cached",
    "endpoint",
    "function",
    "realtime",
]

_MODULES = {
    "App": "model",
    "AppDefinitionError": "errors",
    "AppDefinitionWarning": "errors",
    "BillingComponents": "policies",
    "BillingDeclaration": "policies",
    "ContainerImage": "image",
    "HealthCheck": "policies",
    "IsolatedFunction": "calls",
    "MissingDependencyError": "errors",
    "RequestContext": "context",
    "RetryConfig": "policies",
    "cached": "calls",
    "endpoint": "endpoints",
    "function": "functions",
    "realtime": "endpoints",
}


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value
