"""The records of the state, frozen, one per row of its database."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

DEFAULT_ENVIRONMENT = "main"


@dataclass(frozen=True)
class Account:
    """The one account of a control plane; `nickname` is the first segment of every app's address."""

    nickname: str
    user_id: str
    created_at: datetime


@dataclass(frozen=True)
class ApiKey:
    """An API key without its secret, of which only a hash is kept."""

    key_id: str
    owner: str
    secret_hash: bytes = field(repr=False)
    description: str
    preset: str | None  # None: `permissions` were listed one by one
    permissions: frozenset[str]
    created_at: datetime


@dataclass(frozen=True)
class Environment:
    """A named space for apps and secrets."""

    owner: str
    name: str
    description: str | None
    created_at: datetime

    @property
    def is_default(self) -> bool:
        """Whether this is the environment of requests that name none."""
        return self.name == DEFAULT_ENVIRONMENT


@dataclass(frozen=True)
class Secret:
    """A secret without its value."""

    name: str
    environment_name: str
    default_exposed: bool | None
    created_at: datetime


@dataclass(frozen=True)
class Revision:
    """One registered version of an app: what runs, and in which environment.

    Args:
        application_id: Its id.
        owner: The account.
        application_name: The full name of the app it was registered for, with its environment's suffix.
        environment_name: Where its secrets come from.
        created_at: When it was registered.
        definition: The environment: `kind` and `configuration`, as on the wire.
        machine: The machine requirements that were sent, under their names on the wire.
        function: The pickled callable, when there is no entrypoint.
        entrypoint: `package.module:Symbol.attribute`.
        files: App files, hash and relative path each.
        metadata: openapi, message, annotations.
        health_check: Under the names of the wire; `method` is GET or POST.
        secrets: Names of the secrets to expose; None exposes the default ones.
        env_id: The environment that was built for it.
        source_code: The text of the app's file.
        termination_grace_period_seconds: How long a runner may take to stop.
        private_logs: Whether only the owner sees the logs.
        skip_retry_conditions: Wire names of conditions on which nothing is sent again.
        retry_config: JSON text, as sent.
        data_mounts: As sent; runners here see the whole data volume.
        volumes: Names and mount paths, as sent.
    """

    application_id: str
    owner: str
    application_name: str
    environment_name: str
    created_at: datetime
    definition: Mapping[str, Any]
    machine: dict[str, Any] = field(default_factory=dict)
    function: bytes | None = field(default=None, repr=False)
    entrypoint: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    health_check: dict[str, Any] | None = None
    secrets: list[str] | None = None
    env_id: str | None = None
    source_code: str | None = field(default=None, repr=False)
    termination_grace_period_seconds: int | None = None
    private_logs: bool | None = None
    skip_retry_conditions: tuple[str, ...] = ()
    retry_config: str | None = None
    data_mounts: tuple[str, ...] = ()
    volumes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Alias:
    """A deployed app: its name, the revision behind it, and its scaling.

    Args:
        owner: The account.
        alias: The full name, with `--environment` behind it outside of the default environment.
        environment_name: Its environment.
        revision: The application id that it points at.
        auth_mode: `private`, `public` or `shared`.
        deployment_strategy: `rolling` or `recreate`.
        scaling: Its scale settings, by their names in AliasInfo; None where there is no limit.
        ephemeral: Whether it only lasts as long as its caller reads the logs; listings leave it out.
    """

    owner: str
    alias: str
    environment_name: str
    revision: str
    auth_mode: str = "private"
    deployment_strategy: str = "rolling"
    scaling: Mapping[str, Any] = field(default_factory=dict)
    ephemeral: bool = False


@dataclass(frozen=True)
class RunnerRecord:
    """A runner as listings show it; `state` and `replacement` are wire names, times are aware."""

    runner_id: str
    owner: str
    alias: str
    revision: str
    state: str
    machine_type: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    in_flight: int = 0
    expiration_countdown: int | None = None
    replacement: str = "NO_REPLACE"
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LogLine:
    """One line that a runner, a build or the control plane itself said."""

    number: int  # grows with every line that is kept
    timestamp: datetime
    owner: str
    app: str
    revision: str | None
    runner_id: str | None
    level: str
    source: str
    message: str
    request_id: str | None = None
    endpoint: str | None = None


@dataclass(frozen=True)
class RequestRecord:
    """One request to an app. Times are seconds since 1970.

    Args:
        request_id: Its id, as the app sees it.
        app: The full name of the app.
        path: The path below the app.
        queued: Whether it went through the queue.
        sent_at: When it came.
        revision: What answered it.
        runner_id: Who answered it.
        cold: Whether it waited for a runner to start.
        started_at: When a runner took it; None when none did.
        ended_at: When it was answered; None when it has not been.
        status: The HTTP status of the answer.
        error: What went wrong, when the app did not answer itself.
    """

    request_id: str
    app: str
    path: str
    queued: bool
    sent_at: float
    revision: str | None = None
    runner_id: str | None = None
    cold: bool = False
    started_at: float | None = None
    ended_at: float | None = None
    status: int | None = None
    error: str | None = None

    @property
    def duration(self) -> float | None:
        """How long the runner worked on it, in seconds."""
        return None if self.ended_at is None or self.started_at is None else self.ended_at - self.started_at


@dataclass(frozen=True)
class Event:
    """Something that happened to an app.

    Args:
        app: The full name of the app.
        category: What happened, in the words of the platform API, e.g. `runner_started`.
        payload: The details.
        created_at: When, in seconds since 1970.
    """

    app: str
    category: str
    payload: dict[str, Any] = field(default_factory=dict)
    created_at: float = field(default_factory=time.time)
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(eq=False)
class QueueEntry:
    """A call that is answered later, and its answer. Bodies are kept beside it.

    Args:
        id: Its id, which the app sees, too.
        owner: The account of the app.
        alias: The full name of the app.
        caller: The account of the key that it came with; None when there was none.
        method: Its HTTP method.
        target: The path below the app, and the query.
        headers: Those that go to the app.
        size: Bytes of its body.
        low_priority: Whether others go first.
        webhook: Where the answer is delivered to.
        expires_at: When it is given up unless it has been started, in seconds since 1970.
        state: IN_QUEUE, IN_PROGRESS or COMPLETED.
        attempts: How often it was given to a runner.
        status: The HTTP status of the answer.
        answer_headers: The headers of the answer.
        answer_size: Bytes of the answer.
        error: What went wrong.
        seconds: How long the runner worked on it.
        logs: What the app said meanwhile.
        deliveries: How often its webhook was called.
        deliver_at: When it is called (again), in seconds since 1970; None when there is nothing to deliver.
    """

    id: str
    owner: str
    alias: str
    caller: str | None
    method: str
    target: str
    headers: list[tuple[str, str]]
    size: int = 0
    low_priority: bool = False
    webhook: str | None = None
    expires_at: float | None = None
    state: str = "IN_QUEUE"
    attempts: int = 0
    status: int | None = None
    answer_headers: list[tuple[str, str]] = field(default_factory=list)
    answer_size: int = 0
    error: str | None = None
    seconds: float | None = None
    logs: list[dict[str, Any]] = field(default_factory=list)
    deliveries: int = 0
    deliver_at: float | None = None
