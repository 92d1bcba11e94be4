# Generated from spec/; do not edit. Regenerate with: just generate
"""What callers hold: frozen results, and the enums in them. An absent value is None; a time is aware and in UTC."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fal._gen.models.alias_info import AliasInfo
    from fal._gen.models.application_info import ApplicationInfo
    from fal._gen.models.auth_mode import AuthMode
    from fal._gen.models.build_environment_result import BuildEnvironmentResult
    from fal._gen.models.deployment_strategy import DeploymentStrategy
    from fal._gen.models.environment_info import EnvironmentInfo
    from fal._gen.models.health_check_method import HealthCheckMethod
    from fal._gen.models.hosted_run_result import HostedRunResult
    from fal._gen.models.hosted_run_state import HostedRunState
    from fal._gen.models.hosted_run_status import HostedRunStatus
    from fal._gen.models.key_scope import KeyScope
    from fal._gen.models.log import Log
    from fal._gen.models.log_level import LogLevel
    from fal._gen.models.log_source import LogSource
    from fal._gen.models.register_application_result import RegisterApplicationResult
    from fal._gen.models.register_application_result_type import RegisterApplicationResultType
    from fal._gen.models.replace_state import ReplaceState
    from fal._gen.models.retry_condition import RetryCondition
    from fal._gen.models.runner_info import RunnerInfo
    from fal._gen.models.runner_state import RunnerState
    from fal._gen.models.serverless_secret import ServerlessSecret
    from fal._gen.models.service_urls import ServiceURLs
    from fal._gen.models.user_key_info import UserKeyInfo

__all__ = [
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
]

_MODULES: dict[str, str] = {
    "AliasInfo": "alias_info",
    "ApplicationInfo": "application_info",
    "AuthMode": "auth_mode",
    "BuildEnvironmentResult": "build_environment_result",
    "DeploymentStrategy": "deployment_strategy",
    "EnvironmentInfo": "environment_info",
    "HealthCheckMethod": "health_check_method",
    "HostedRunResult": "hosted_run_result",
    "HostedRunState": "hosted_run_state",
    "HostedRunStatus": "hosted_run_status",
    "KeyScope": "key_scope",
    "Log": "log",
    "LogLevel": "log_level",
    "LogSource": "log_source",
    "RegisterApplicationResult": "register_application_result",
    "RegisterApplicationResultType": "register_application_result_type",
    "ReplaceState": "replace_state",
    "RetryCondition": "retry_condition",
    "RunnerInfo": "runner_info",
    "RunnerState": "runner_state",
    "ServerlessSecret": "serverless_secret",
    "ServiceURLs": "service_urls",
    "UserKeyInfo": "user_key_info",
}

# Hidden from type checkers, so that a misspelt name is an error to them.
if not TYPE_CHECKING:

    def __getattr__(name):
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__package__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
