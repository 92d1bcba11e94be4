"""Manage fal Serverless, and write the apps that run on it."""

from __future__ import annotations

from ._version import __version__

TYPE_CHECKING = False  # type checkers take it for True; importing typing would cost more than all the rest

if TYPE_CHECKING:
    from typing import Any

    from . import api, app, exceptions, sdk
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
    "cached",
    "endpoint",
    "exceptions",
    "function",
    "isolated",
    "realtime",
    "sdk",
    "wrap_app",
]

_SUBPACKAGES = ("api", "app", "exceptions", "sdk")


def __getattr__(name: str) -> Any:
    if name.startswith("__") or name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    if name in _SUBPACKAGES:
        return import_module(f"{__name__}.{name}")
    module = "sdk" if name == "FalServerlessKeyCredentials" else "app"
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
