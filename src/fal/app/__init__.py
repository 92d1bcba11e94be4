"""What an app author writes: `fal.App`, `fal.endpoint`, `fal.realtime`, `fal.function` and what belongs to them."""

from __future__ import annotations

from fal._lazy import lazy

TYPE_CHECKING = False  # type checkers take it for True; importing typing would cost more than all the rest

if TYPE_CHECKING:
    from fal.app_client import AppClient as AppClient
    from fal.app_client import AppClientError as AppClientError
    from fal.app_client import AppSpawnInfo as AppSpawnInfo

    from .authoring.app import App as App
    from .authoring.endpoints import endpoint as endpoint
    from .authoring.endpoints import realtime as realtime
    from .authoring.functions import IsolatedFunction as IsolatedFunction
    from .authoring.functions import function as function
    from .authoring.functions import isolated as isolated
    from .authoring.functions import wrap_app as wrap_app
    from .authoring.hosts import FalServerlessHost as FalServerlessHost
    from .authoring.hosts import LocalHost as LocalHost
    from .authoring.hosts import Options as Options
    from .authoring.hosts import cloud as cloud
    from .authoring.hosts import local as local
    from .authoring.hosts import serverless as serverless
    from .authoring.image import ContainerImage as ContainerImage
    from .authoring.policies import BillingComponents as BillingComponents
    from .authoring.policies import BillingDeclaration as BillingDeclaration
    from .authoring.policies import HealthCheck as HealthCheck
    from .authoring.policies import RetryConfig as RetryConfig
    from .errors import AppDefinitionError as AppDefinitionError
    from .errors import AppDefinitionWarning as AppDefinitionWarning
    from .errors import MissingDependencyError as MissingDependencyError
    from .runtime.calls import cached as cached
    from .runtime.context import RequestContext as RequestContext

_MODULES = {
    "AppClient": "fal.app_client",
    "AppClientError": "fal.app_client",
    "AppSpawnInfo": "fal.app_client",
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
    "cloud": ".authoring.hosts",
    "local": ".authoring.hosts",
    "serverless": ".authoring.hosts",
    "endpoint": ".authoring.endpoints",
    "function": ".authoring.functions",
    "isolated": ".authoring.functions",
    "realtime": ".authoring.endpoints",
    "wrap_app": ".authoring.functions",
}

__all__ = sorted(_MODULES)  # pyright: ignore[reportUnsupportedDunderAll]

__getattr__, __dir__ = lazy(globals(), _MODULES)
