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
    CRASH_BACKOFF = ("CRASH_BACKOFF", 9)


@dataclass(frozen=True, slots=True)
class AliasInfo:
    """A deployed application as its users know it: a name, the revision behind it, and its scaling. Durations are in
    seconds.
    """

    # The name, with `--environment` behind it outside of the main environment.
    alias: str
    # The application id that the alias points at.
    revision: str
    auth_mode: AuthMode
    # How long an idle runner is kept, in seconds.
    keep_alive: int
    max_concurrency: int
    # Requests that one runner takes at a time.
    max_multiplexing: int
    active_runners: int
    min_concurrency: int
    concurrency_buffer: int | None
    concurrency_buffer_perc: int | None
    scaling_delay: int | None
    machine_types: list[str]
    request_timeout: int | None
    startup_timeout: int | None
    valid_regions: list[str]
    environment_name: str | None = None
    # A rollout is under way.
    is_rolling: bool = False
    request_start_timeout: int | None = None


@dataclass(frozen=True, slots=True)
class ApplicationInfo:
    """One revision of an application."""

    application_id: str
    keep_alive: int
    max_concurrency: int
    max_multiplexing: int
    active_runners: int
    min_concurrency: int
    concurrency_buffer: int | None
    concurrency_buffer_perc: int | None
    scaling_delay: int | None
    machine_types: list[str]
    request_timeout: int | None
    startup_timeout: int | None
    valid_regions: list[str]
    created_at: datetime | None
    environment_name: str | None = None
    request_start_timeout: int | None = None


@dataclass(frozen=True, slots=True)
class BuildEnvironmentResult:
    """One step of an environment build. The step whose status is terminal ends the stream."""

    env_id: str
    status: HostedRunStatus | None
    logs: list[Log]


@dataclass(frozen=True, slots=True)
class EnvironmentInfo:
    """A named space for applications and secrets."""

    name: str
    description: str | None
    is_default: bool
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class HostedRunResult:
    """One step of an ephemeral run: logs, the addresses, or the returned value."""

    run_id: str
    status: HostedRunStatus | None
    logs: list[Log]
    service_urls: ServiceURLs | None = None
    env_id: str | None = None


@dataclass(frozen=True, slots=True)
class HostedRunStatus:
    """Where a run or a build stands."""

    state: HostedRunState


@dataclass(frozen=True, slots=True)
class Log(LogLine):
    """One line of a log."""

    message: str
    level: LogLevel
    source: LogSource
    timestamp: datetime | None


@dataclass(frozen=True, slots=True)
class RegisterApplicationResult:
    """One step of a registration: logs, the addresses, or the result. Addresses may come in a step of their own."""

    result: RegisterApplicationResultType | None
    logs: list[Log]
    service_urls: ServiceURLs | None = None
    env_id: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterApplicationResultType:
    """The revision that a registration made."""

    application_id: str


@dataclass(frozen=True, slots=True)
class RunnerInfo:
    """One runner: a machine that runs one revision."""

    runner_id: str
    in_flight_requests: int
    # Seconds until an idle runner is stopped.
    expiration_countdown: int | None
    # Seconds since the runner started.
    uptime: timedelta
    # What the machine provider says about the runner.
    external_metadata: dict[str, Any]
    revision: str
    alias: str
    state: RunnerState | None
    machine_type: str
    replacement: ReplaceState = ReplaceState.from_number(0)


@dataclass(frozen=True, slots=True)
class ServerlessSecret:
    """A secret as a listing shows it: never with its value."""

    name: str
    created_at: datetime | None
    environment_name: str | None = None
    # Whether apps that list no secrets see this one.
    default_exposed: bool | None = None


@dataclass(frozen=True, slots=True)
class ServiceURLs:
    """Where a registered application answers."""

    # A page to try the application on.
    playground: str
    # Synchronous requests.
    run: str
    # Queued requests.
    queue: str
    # Websockets.
    ws: str
    # A page with the logs.
    log: str


@dataclass(frozen=True, slots=True)
class UserKeyInfo:
    """A key as a listing shows it."""

    key_id: str
    created_at: datetime | None
    scope: KeyScope
    # What the user calls the key.
    alias: str
