"""Manage fal Serverless, and write the apps that run on it."""

from __future__ import annotations

from ._version import __version__

TYPE_CHECKING = False  # type checkers take it for True; importing typing would cost more than all the rest

if TYPE_CHECKING:
    from typing import Any

    from . import api, app, apps, compat, distributed, exceptions, ref, sdk, toolkit
    from .app import (
        App,
        BillingComponents,
        BillingDeclaration,
        ContainerImage,
        HealthCheck,
        RetryConfig,
        cached,
        endpoint,
        function,
        isolated,
        realtime,
        wrap_app,
    )
    from .sdk import FalServerlessKeyCredentials
    from .sync import sync_dir

__all__ = [
    "App",
    "BillingComponents",
    "BillingDeclaration",
    "ContainerImage",
    "FalServerlessKeyCredentials",
    "HealthCheck",
    "RetryConfig",
    "__version__",
    "api",
    "app",
    "apps",
    "cached",
    "compat",
    "distributed",
    "endpoint",
    "exceptions",
    "function",
    "isolated",
    "realtime",
    "ref",
    "sdk",
    "sync_dir",
    "toolkit",
    "wrap_app",
]

_SUBPACKAGES = ("api", "app", "apps", "compat", "distributed", "exceptions", "ref", "sdk", "toolkit")
_MODULES = {"FalServerlessKeyCredentials": "sdk", "sync_dir": "sync"}  # all other names are of fal.app


def __getattr__(name: str) -> Any:
    if name.startswith("__") or name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    if name in _SUBPACKAGES:
        return import_module(f"{__name__}.{name}")
    value = getattr(import_module(f"{__name__}.{_MODULES.get(name, 'app')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
