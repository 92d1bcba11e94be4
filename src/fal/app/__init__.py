"""What an app author writes: `fal.App`, `fal.endpoint`, `fal.realtime`, `fal.function` and what belongs to them."""

from __future__ import annotations

from fal._lazy import lazy

TYPE_CHECKING = False  # type checkers take it for True; importing typing would cost more than all the rest

if TYPE_CHECKING:
    from fal.app_client import AppClient, AppClientError

    from .authoring.app import App
    from .authoring.endpoints import endpoint, realtime
    from .authoring.functions import IsolatedFunction, function, isolated, wrap_app
    from .authoring.hosts import FalServerlessHost, LocalHost, Options
    from .authoring.image import ContainerImage
    from .authoring.policies import BillingComponents, BillingDeclaration, HealthCheck, RetryConfig
    from .errors import AppDefinitionError, AppDefinitionWarning, MissingDependencyError
    from .runtime.calls import cached
    from .runtime.context import RequestContext

__all__ = [
    "App",
    "AppClient",
    "AppClientError",
    "AppDefinitionError",
    "AppDefinitionWarning",
    "BillingComponents",
    "BillingDeclaration",
    "ContainerImage",
    "FalServerlessHost",
    "HealthCheck",
    "IsolatedFunction",
    "LocalHost",
    "MissingDependencyError",
    "Options",
    "RequestContext",
    "RetryConfig",
    "cached",
    "endpoint",
    "function",
    "isolated",
    "realtime",
    "wrap_app",
]

_MODULES = {
    "AppClient": "fal.app_client",
    "AppClientError": "fal.app_client",
    "App": ".authoring.app",
    "AppDefinitionError": ".errors",
    "AppDefinitionWarning": ".errors",
    "BillingComponents": ".authoring.policies",
    "BillingDeclaration": ".authoring.policies",
    "ContainerImage": ".authoring.image",
    "FalServerlessHost": ".authoring.hosts",
    "HealthCheck": ".authoring.policies",
    "LocalHost": ".authoring.hosts",
    "Options": ".authoring.hosts",
    "IsolatedFunction": ".authoring.functions",
    "MissingDependencyError": ".errors",
    "RequestContext": ".runtime.context",
    "RetryConfig": ".authoring.policies",
    "cached": ".runtime.calls",
    "endpoint": ".authoring.endpoints",
    "function": ".authoring.functions",
    "isolated": ".authoring.functions",
    "realtime": ".authoring.endpoints",
    "wrap_app": ".authoring.functions",
}


__getattr__, __dir__ = lazy(globals(), _MODULES)
