# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""Models from their values, fast: a frozen dataclass sets each attribute through a call, which would take most of the time of
a long listing. Here, an object of a class that is laid out alike takes the values, and then becomes the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models as _models
from fal._gen.bases import LogLine

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from fal._gen.models import (
        AliasInfo,
        ApplicationInfo,
        AuthMode,
        BuildEnvironmentResult,
        EnvironmentInfo,
        HostedRunResult,
        HostedRunState,
        HostedRunStatus,
        KeyScope,
        Log,
        LogLevel,
        LogSource,
        RegisterApplicationResult,
        RegisterApplicationResultType,
        ReplaceState,
        RunnerInfo,
        RunnerState,
        ServerlessSecret,
        ServiceURLs,
        UserKeyInfo,
    )


class _AliasInfo:
    pass


def alias_info(
    alias: str,
    revision: str,
    auth_mode: AuthMode,
    keep_alive: int,
    max_concurrency: int,
    max_multiplexing: int,
    active_runners: int,
    min_concurrency: int,
    concurrency_buffer: int | None,
    concurrency_buffer_perc: int | None,
    scaling_delay: int | None,
    machine_types: list[str],
    request_timeout: int | None,
    startup_timeout: int | None,
    valid_regions: list[str],
    environment_name: str | None,
    is_rolling: bool,
    request_start_timeout: int | None,
) -> AliasInfo:
    _draft: Any = _AliasInfo()
    _draft.alias = alias
    _draft.revision = revision
    _draft.auth_mode = auth_mode
    _draft.keep_alive = keep_alive
    _draft.max_concurrency = max_concurrency
    _draft.max_multiplexing = max_multiplexing
    _draft.active_runners = active_runners
    _draft.min_concurrency = min_concurrency
    _draft.concurrency_buffer = concurrency_buffer
    _draft.concurrency_buffer_perc = concurrency_buffer_perc
    _draft.scaling_delay = scaling_delay
    _draft.machine_types = machine_types
    _draft.request_timeout = request_timeout
    _draft.startup_timeout = startup_timeout
    _draft.valid_regions = valid_regions
    _draft.environment_name = environment_name
    _draft.is_rolling = is_rolling
    _draft.request_start_timeout = request_start_timeout
    _draft.__class__ = _models.AliasInfo
    _made: AliasInfo = _draft
    return _made


class _ApplicationInfo:
    pass


def application_info(
    application_id: str,
    keep_alive: int,
    max_concurrency: int,
    max_multiplexing: int,
    active_runners: int,
    min_concurrency: int,
    concurrency_buffer: int | None,
    concurrency_buffer_perc: int | None,
    scaling_delay: int | None,
    machine_types: list[str],
    request_timeout: int | None,
    startup_timeout: int | None,
    valid_regions: list[str],
    created_at: datetime | None,
    environment_name: str | None,
    request_start_timeout: int | None,
) -> ApplicationInfo:
    _draft: Any = _ApplicationInfo()
    _draft.application_id = application_id
    _draft.keep_alive = keep_alive
    _draft.max_concurrency = max_concurrency
    _draft.max_multiplexing = max_multiplexing
    _draft.active_runners = active_runners
    _draft.min_concurrency = min_concurrency
    _draft.concurrency_buffer = concurrency_buffer
    _draft.concurrency_buffer_perc = concurrency_buffer_perc
    _draft.scaling_delay = scaling_delay
    _draft.machine_types = machine_types
    _draft.request_timeout = request_timeout
    _draft.startup_timeout = startup_timeout
    _draft.valid_regions = valid_regions
    _draft.created_at = created_at
    _draft.environment_name = environment_name
    _draft.request_start_timeout = request_start_timeout
    _draft.__class__ = _models.ApplicationInfo
    _made: ApplicationInfo = _draft
    return _made


class _BuildEnvironmentResult:
    pass


def build_environment_result(
    env_id: str,
    status: HostedRunStatus | None,
    logs: list[Log],
) -> BuildEnvironmentResult:
    _draft: Any = _BuildEnvironmentResult()
    _draft.env_id = env_id
    _draft.status = status
    _draft.logs = logs
    _draft.__class__ = _models.BuildEnvironmentResult
    _made: BuildEnvironmentResult = _draft
    return _made


class _EnvironmentInfo:
    pass


def environment_info(
    name: str,
    description: str | None,
    is_default: bool,
    created_at: datetime | None,
) -> EnvironmentInfo:
    _draft: Any = _EnvironmentInfo()
    _draft.name = name
    _draft.description = description
    _draft.is_default = is_default
    _draft.created_at = created_at
    _draft.__class__ = _models.EnvironmentInfo
    _made: EnvironmentInfo = _draft
    return _made


class _HostedRunResult:
    pass


def hosted_run_result(
    run_id: str,
    status: HostedRunStatus | None,
    logs: list[Log],
    service_urls: ServiceURLs | None,
    env_id: str | None,
) -> HostedRunResult:
    _draft: Any = _HostedRunResult()
    _draft.run_id = run_id
    _draft.status = status
    _draft.logs = logs
    _draft.service_urls = service_urls
    _draft.env_id = env_id
    _draft.__class__ = _models.HostedRunResult
    _made: HostedRunResult = _draft
    return _made


class _HostedRunStatus:
    pass


def hosted_run_status(
    state: HostedRunState,
) -> HostedRunStatus:
    _draft: Any = _HostedRunStatus()
    _draft.state = state
    _draft.__class__ = _models.HostedRunStatus
    _made: HostedRunStatus = _draft
    return _made


class _Log(LogLine):
    pass


def log(
    message: str,
    level: LogLevel,
    source: LogSource,
    timestamp: datetime | None,
) -> Log:
    _draft: Any = _Log()
    _draft.message = message
    _draft.level = level
    _draft.source = source
    _draft.timestamp = timestamp
    _draft.__class__ = _models.Log
    _made: Log = _draft
    return _made


class _RegisterApplicationResult:
    pass


def register_application_result(
    result: RegisterApplicationResultType | None,
    logs: list[Log],
    service_urls: ServiceURLs | None,
    env_id: str | None,
) -> RegisterApplicationResult:
    _draft: Any = _RegisterApplicationResult()
    _draft.result = result
    _draft.logs = logs
    _draft.service_urls = service_urls
    _draft.env_id = env_id
    _draft.__class__ = _models.RegisterApplicationResult
    _made: RegisterApplicationResult = _draft
    return _made


class _RegisterApplicationResultType:
    pass


def register_application_result_type(
    application_id: str,
) -> RegisterApplicationResultType:
    _draft: Any = _RegisterApplicationResultType()
    _draft.application_id = application_id
    _draft.__class__ = _models.RegisterApplicationResultType
    _made: RegisterApplicationResultType = _draft
    return _made


class _RunnerInfo:
    pass


def runner_info(
    runner_id: str,
    in_flight_requests: int,
    expiration_countdown: int | None,
    uptime: timedelta,
    external_metadata: dict[str, Any],
    revision: str,
    alias: str,
    state: RunnerState | None,
    machine_type: str,
    replacement: ReplaceState,
) -> RunnerInfo:
    _draft: Any = _RunnerInfo()
    _draft.runner_id = runner_id
    _draft.in_flight_requests = in_flight_requests
    _draft.expiration_countdown = expiration_countdown
    _draft.uptime = uptime
    _draft.external_metadata = external_metadata
    _draft.revision = revision
    _draft.alias = alias
    _draft.state = state
    _draft.machine_type = machine_type
    _draft.replacement = replacement
    _draft.__class__ = _models.RunnerInfo
    _made: RunnerInfo = _draft
    return _made


class _ServerlessSecret:
    pass


def serverless_secret(
    name: str,
    created_at: datetime | None,
    environment_name: str | None,
    default_exposed: bool | None,
) -> ServerlessSecret:
    _draft: Any = _ServerlessSecret()
    _draft.name = name
    _draft.created_at = created_at
    _draft.environment_name = environment_name
    _draft.default_exposed = default_exposed
    _draft.__class__ = _models.ServerlessSecret
    _made: ServerlessSecret = _draft
    return _made


class _ServiceURLs:
    pass


def service_urls(
    playground: str,
    run: str,
    queue: str,
    ws: str,
    log: str,
) -> ServiceURLs:
    _draft: Any = _ServiceURLs()
    _draft.playground = playground
    _draft.run = run
    _draft.queue = queue
    _draft.ws = ws
    _draft.log = log
    _draft.__class__ = _models.ServiceURLs
    _made: ServiceURLs = _draft
    return _made


class _UserKeyInfo:
    pass


def user_key_info(
    key_id: str,
    created_at: datetime | None,
    scope: KeyScope,
    alias: str,
) -> UserKeyInfo:
    _draft: Any = _UserKeyInfo()
    _draft.key_id = key_id
    _draft.created_at = created_at
    _draft.scope = scope
    _draft.alias = alias
    _draft.__class__ = _models.UserKeyInfo
    _made: UserKeyInfo = _draft
    return _made
