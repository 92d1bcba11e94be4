# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""What callers hold: frozen results, and the enums in them. An absent value is None; a time is aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fal._gen.bases import LogLine
from fal._gen.open_enum import NumberedEnum, OrderedEnum


class AuthMode(NumberedEnum):
    """Who may call an application. PRIVATE: its owner; PUBLIC: anyone; SHARED: anyone with a key, at their own cost."""

    PRIVATE = ("private", 0)
    PUBLIC = ("public", 1)
    SHARED = ("shared", 2)


class DeploymentStrategy(NumberedEnum):
    """RECREATE stops the old revision first, ROLLING starts the new one first. The zero value is not the default of
    clients: always send it.
    """

    RECREATE = ("recreate", 0)
    ROLLING = ("rolling", 1)


class HealthCheckMethod(NumberedEnum):
    """The HTTP method of the health check."""

    GET = ("GET", 0)
    POST = ("POST", 1)


class HostedRunState(NumberedEnum):
    """IN_PROGRESS until one of the other two ends the stream."""

    IN_PROGRESS = ("IN_PROGRESS", 0)
    SUCCESS = ("SUCCESS", 1)
    INTERNAL_FAILURE = ("INTERNAL_FAILURE", 2)


class KeyScope(NumberedEnum):
    """What a key may do, in the old two-valued form."""

    ADMIN = ("ADMIN", 0)
    API = ("API", 1)


class LogLevel(OrderedEnum):
    """How a line was written; STDOUT and STDERR are what the app printed."""

    TRACE = ("TRACE", 0)
    DEBUG = ("DEBUG", 1)
    INFO = ("INFO", 2)
    WARNING = ("WARNING", 3)
    ERROR = ("ERROR", 4)
    STDOUT = ("STDOUT", 5)
    STDERR = ("STDERR", 6)


class LogSource(NumberedEnum):
    """Which part of the platform wrote a line."""

    BUILDER = ("BUILDER", 0)
    BRIDGE = ("BRIDGE", 1)
    USER = ("USER", 2)


class ReplaceState(NumberedEnum):
    """Whether another runner takes over before this one stops."""

    NO_REPLACE = ("NO_REPLACE", 0)
    WILL_REPLACE = ("WILL_REPLACE", 1)
    DID_REPLACE = ("DID_REPLACE", 2)


class RetryCondition(NumberedEnum):
    """The reasons for which the gateway would send a request again."""

    TIMEOUT = ("timeout", 0)
    CLIENT_ERROR = ("client_error", 1)
    SERVER_ERROR = ("server_error", 2)
    CONNECTION_ERROR = ("connection_error", 3)


class RunnerState(NumberedEnum):
    """The life of a runner. FAILURE_DELAY: it crashed and waits before it is started again."""

    RUNNING = ("RUNNING", 0)
    PENDING = ("PENDING", 1)
    SETUP = ("SETUP", 2)
    DEAD = ("DEAD", 3)
    DOCKER_PULL = ("DOCKER_PULL", 4)
    DRAINING = ("DRAINING", 5)
    TERMINATING = ("TERMINATING", 6)
    TERMINATED = ("TERMINATED", 7)
    IDLE = ("IDLE", 8)
    CRASH_BACKOFF = ("CRASH_BACKOFF", 9, "FAILURE_DELAY")


@dataclass(frozen=True)
class AliasInfo:
    """A deployed application as its users know it: a name, the revision behind it, and its scaling. Durations are in
    seconds.
    """

    alias: str
    """The name, with `--environment` behind it outside of the main environment."""
    revision: str
    """The application id that the alias points at."""
    auth_mode: AuthMode
    """Who may call the application."""
    keep_alive: int
    """How long an idle runner is kept, in seconds."""
    max_concurrency: int
    """Maximum number of runners."""
    max_multiplexing: int
    """Requests that one runner takes at a time."""
    active_runners: int
    """Runners that exist now, whatever their state."""
    min_concurrency: int
    """Minimum number of runners."""
    concurrency_buffer: int | None
    """Runners kept ready beyond those that are needed."""
    concurrency_buffer_perc: int | None
    """The buffer as a percentage of the runners that are needed. The larger of the two applies."""
    scaling_delay: int | None
    """How long a request waits before a runner is added for it, in seconds."""
    machine_types: list[str]
    """Machine types, in order of preference."""
    request_timeout: int | None
    """How long a request may take, in seconds."""
    startup_timeout: int | None
    """How long a runner may take to start, in seconds."""
    valid_regions: list[str]
    """Regions that runners may be in. Empty: any."""
    environment_name: str | None = None
    """The environment. Absent: the main one."""
    is_rolling: bool = False
    """A rollout is under way."""
    request_start_timeout: int | None = None
    """How long a request may wait for a runner, in seconds."""


@dataclass(frozen=True)
class ApplicationInfo:
    """One revision of an application."""

    application_id: str
    """The id of the revision."""
    keep_alive: int
    """How long an idle runner is kept, in seconds."""
    max_concurrency: int
    """Maximum number of runners."""
    max_multiplexing: int
    """Requests that one runner takes at a time."""
    active_runners: int
    """Runners that exist now, whatever their state."""
    min_concurrency: int
    """Minimum number of runners."""
    concurrency_buffer: int | None
    """Runners kept ready beyond those that are needed."""
    concurrency_buffer_perc: int | None
    """The buffer as a percentage of the runners that are needed. The larger of the two applies."""
    scaling_delay: int | None
    """How long a request waits before a runner is added for it, in seconds."""
    machine_types: list[str]
    """Machine types, in order of preference."""
    request_timeout: int | None
    """How long a request may take, in seconds."""
    startup_timeout: int | None
    """How long a runner may take to start, in seconds."""
    valid_regions: list[str]
    """Regions that runners may be in. Empty: any."""
    created_at: datetime | None
    """When the revision was made."""
    environment_name: str | None = None
    """The environment. Absent: the main one."""
    request_start_timeout: int | None = None
    """How long a request may wait for a runner, in seconds."""


@dataclass(frozen=True)
class BuildEnvironmentResult:
    """One step of an environment build. The step whose status is terminal ends the stream."""

    env_id: str
    """The id of the environment."""
    status: HostedRunStatus | None
    """Where the build stands."""
    logs: list[Log]
    """Lines that were written since the last step."""


@dataclass(frozen=True)
class EnvironmentInfo:
    """A named space for applications and secrets."""

    name: str
    """The name of the environment."""
    description: str | None
    """What its maker said of it."""
    is_default: bool
    """Calls that name no environment mean this one."""
    created_at: datetime | None
    """When the environment was made."""


@dataclass(frozen=True)
class HostedRunResult:
    """One step of an ephemeral run: logs, the addresses, or the returned value."""

    run_id: str
    """The id of the run."""
    status: HostedRunStatus | None
    """Where the run stands."""
    logs: list[Log]
    """Lines that were written since the last step."""
    service_urls: ServiceURLs | None = None
    """Where the application answers."""
    env_id: str | None = None
    """The id of the environment that it runs in."""


@dataclass(frozen=True)
class HostedRunStatus:
    """Where a run or a build stands."""

    state: HostedRunState
    """How far it has come."""


@dataclass(frozen=True)
class Log(LogLine):
    """One line of a log."""

    message: str
    """What was written, without the line's end."""
    level: LogLevel
    """How it was written."""
    source: LogSource
    """Which part of the platform wrote it."""
    timestamp: datetime | None
    """When it was written."""


@dataclass(frozen=True)
class RegisterApplicationResult:
    """One step of a registration: logs, the addresses, or the result. Addresses may come in a step of their own."""

    result: RegisterApplicationResultType | None
    """The new revision, in the last step."""
    logs: list[Log]
    """Lines that were written since the last step."""
    service_urls: ServiceURLs | None = None
    """Where the application answers."""
    env_id: str | None = None
    """The id of the environment that it runs in."""


@dataclass(frozen=True)
class RegisterApplicationResultType:
    """The revision that a registration made."""

    application_id: str
    """The id of the new revision."""


@dataclass(frozen=True)
class RunnerInfo:
    """One runner: a machine that runs one revision."""

    runner_id: str
    """The id of the runner."""
    in_flight_requests: int
    """Requests that it works on now."""
    expiration_countdown: int | None
    """Seconds until an idle runner is stopped."""
    uptime: timedelta
    """How long ago the runner started."""
    external_metadata: dict[str, Any]
    """What the machine provider says about the runner."""
    revision: str
    """The application id of the revision that it runs."""
    alias: str
    """The name of the application, with `--environment` behind it outside of the main environment."""
    state: RunnerState | None
    """Where it is in its life."""
    machine_type: str
    """The type of its machine."""
    replacement: ReplaceState = ReplaceState.from_number(0)
    """Whether another runner takes over before this one stops."""


@dataclass(frozen=True)
class ServerlessSecret:
    """A secret as a listing shows it: never with its value."""

    name: str
    """The name of the secret, and of the variable on runners."""
    created_at: datetime | None
    """When the secret was set."""
    environment_name: str | None = None
    """The environment. Absent: the main one."""
    default_exposed: bool | None = None
    """Whether apps that list no secrets see this one."""


@dataclass(frozen=True)
class ServiceURLs:
    """Where a registered application answers."""

    playground: str
    """A page to try the application on."""
    run: str
    """Synchronous requests."""
    queue: str
    """Queued requests."""
    ws: str
    """Websockets."""
    log: str
    """A page with the logs."""


@dataclass(frozen=True)
class UserKeyInfo:
    """A key as a listing shows it."""

    key_id: str
    """The id of the key: its part before the colon."""
    created_at: datetime | None
    """When the key was minted."""
    scope: KeyScope
    """What the key may do."""
    alias: str
    """What the user calls the key."""
