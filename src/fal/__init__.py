"""Manage fal Serverless, and write the apps that run on it."""

from __future__ import annotations

from ._lazy import lazy
from ._version import __version__

TYPE_CHECKING = False  # type checkers take it for True; importing typing would cost more than all the rest

if TYPE_CHECKING:
    from . import api, app, apps, compat, distributed, exceptions, ref, sdk, toolkit
    from .app import (
        App,
        BillingComponents,
        BillingDeclaration,
        ContainerImage,
        FalServerlessHost,
        HealthCheck,
        LocalHost,
        RetryConfig,
        cached,
        cloud,
        endpoint,
        function,
        isolated,
        local,
        realtime,
        serverless,
        wrap_app,
    )
    from .sdk import FalServerlessKeyCredentials
    from .sync import sync_dir

__all__ = [
    "App",
    "BillingComponents",
    "BillingDeclaration",
    "ContainerImage",
    "FalServerlessHost",
    "FalServerlessKeyCredentials",
    "HealthCheck",
    "LocalHost",
    "RetryConfig",
    "__version__",
    "api",
    "app",
    "apps",
    "cached",
    "cloud",
    "compat",
    "distributed",
    "endpoint",
    "exceptions",
    "function",
    "isolated",
    "local",
    "realtime",
    "ref",
    "sdk",
    "serverless",
    "sync_dir",
    "toolkit",
    "wrap_app",
]

_SUBMODULES = ("api", "app", "apps", "compat", "distributed", "exceptions", "ref", "sdk", "toolkit")
_MODULES = {
    **{name: ".app" for name in __all__ if name not in _SUBMODULES and name != "__version__"},
    "FalServerlessKeyCredentials": ".sdk",
    "sync_dir": ".sync",
}

__getattr__, __dir__ = lazy(globals(), _MODULES, _SUBMODULES)
