"""The names that users import: results, enums, credentials. Loaded when they are first asked for."""

from __future__ import annotations

from enum import StrEnum

from fal._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

    from fal._core.auth import Credentials as Credentials
    from fal._core.auth import FalServerlessKeyCredentials as FalServerlessKeyCredentials
    from fal._gen.models import AliasInfo as AliasInfo
    from fal._gen.models import ApplicationInfo as ApplicationInfo
    from fal._gen.models import AuthMode as AuthMode
    from fal._gen.models import BuildEnvironmentResult as BuildEnvironmentResult
    from fal._gen.models import DeploymentStrategy as DeploymentStrategy
    from fal._gen.models import EnvironmentInfo as EnvironmentInfo
    from fal._gen.models import HealthCheckMethod as HealthCheckMethod
    from fal._gen.models import HostedRunResult as HostedRunResult
    from fal._gen.models import HostedRunState as HostedRunState
    from fal._gen.models import HostedRunStatus as HostedRunStatus
    from fal._gen.models import KeyScope as KeyScope
    from fal._gen.models import Log as Log
    from fal._gen.models import LogLevel as LogLevel
    from fal._gen.models import LogSource as LogSource
    from fal._gen.models import RegisterApplicationResult as RegisterApplicationResult
    from fal._gen.models import RegisterApplicationResultType as RegisterApplicationResultType
    from fal._gen.models import ReplaceState as ReplaceState
    from fal._gen.models import RetryCondition as RetryCondition
    from fal._gen.models import RunnerInfo as RunnerInfo
    from fal._gen.models import RunnerState as RunnerState
    from fal._gen.models import ServerlessSecret as ServerlessSecret
    from fal._gen.models import ServiceURLs as ServiceURLs
    from fal._gen.models import UserKeyInfo as UserKeyInfo
    from fal._gen.open_enum import OpenEnum as OpenEnum
    from fal._gen.rest.models import ApiKey as ApiKey
    from fal._gen.rest.models import LogEntry as LogEntry
    from fal._gen.rest.models import ServerlessApp as ServerlessApp
    from fal._gen.rest.models import ServerlessAppEvent as ServerlessAppEvent
    from fal._gen.rest.models import ServerlessAppEventCategory as ServerlessAppEventCategory
    from fal._gen.rest.models import ServerlessAppEventPayload as ServerlessAppEventPayload
    from fal._gen.rest.models import ServerlessAppRevision as ServerlessAppRevision
    from fal._gen.rest.models import ServerlessEndpointAnalytics as ServerlessEndpointAnalytics
    from fal._gen.rest.models import ServerlessRequest as ServerlessRequest
    from fal._gen.rest.models import ServerlessRunnerCounts as ServerlessRunnerCounts
    from fal._gen.rest.models import ServerlessRunnerHistory as ServerlessRunnerHistory
    from fal._gen.rest.models import ServerlessUsage as ServerlessUsage
    from fal._gen.rest.models import UserAccount as UserAccount
    from fal.app.authoring.policies import ApplicationHealthCheckConfig as ApplicationHealthCheckConfig
    from fal.app.authoring.policies import HealthCheck as HealthCheck
    from fal.app.authoring.policies import RetryConfig as RetryConfig
    from fal.connection import FalServerlessClient as FalServerlessClient
    from fal.connection import FalServerlessConnection as FalServerlessConnection
    from fal.connection import get_credentials as get_credentials

_EXPORTS = {
    "fal.app.authoring.policies": ("ApplicationHealthCheckConfig", "HealthCheck", "RetryConfig"),
    "fal.connection": ("FalServerlessClient", "FalServerlessConnection", "get_credentials"),
    "fal._core.auth": ("Credentials", "FalServerlessKeyCredentials"),
    "fal._gen.models": (
        "AliasInfo",
        "ApplicationInfo",
        "AuthMode",
        "BuildEnvironmentResult",
        "DeploymentStrategy",
        "EnvironmentInfo",
        "HealthCheckMethod",
        "HostedRunResult",
        "HostedRunState",
        "HostedRunStatus",
        "KeyScope",
        "Log",
        "LogLevel",
        "LogSource",
        "RegisterApplicationResult",
        "RegisterApplicationResultType",
        "ReplaceState",
        "RetryCondition",
        "RunnerInfo",
        "RunnerState",
        "ServerlessSecret",
        "ServiceURLs",
        "UserKeyInfo",
    ),
    "fal._gen.open_enum": ("OpenEnum",),
    "fal._gen.rest.models": (
        "ApiKey",
        "LogEntry",
        "ServerlessApp",
        "ServerlessAppEvent",
        "ServerlessAppEventCategory",
        "ServerlessAppEventPayload",
        "ServerlessAppRevision",
        "ServerlessEndpointAnalytics",
        "ServerlessRequest",
        "ServerlessRunnerCounts",
        "ServerlessRunnerHistory",
        "ServerlessUsage",
        "UserAccount",
    ),
}
_MODULES = {name: module for module, names in _EXPORTS.items() for name in names}

__all__ = sorted([*_MODULES, "KeyPreset"])  # pyright: ignore[reportUnsupportedDunderAll]


class KeyPreset(StrEnum):
    """A named set of permissions that a key is created with. The wire carries the name."""

    FULL = "FULL"
    API = "API"
    DEPLOY = "DEPLOY"
    READONLY = "READONLY"
    BILLING = "BILLING"
    COMPUTE = "COMPUTE"
    SERVERLESS = "SERVERLESS"
    AGENT = "AGENT"

    @staticmethod
    def from_scope(scope: KeyScope) -> KeyPreset:
        """Return the preset that replaces a scope: FULL for ADMIN, API for API."""
        return KeyPreset.FULL if scope.name == "ADMIN" else KeyPreset.API

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        wanted = value.casefold() if isinstance(value, str) else None
        return next((member for member in cls if member.value.casefold() == wanted), None)


__getattr__, __dir__ = lazy(globals(), _MODULES)
