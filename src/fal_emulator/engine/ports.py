"""What the engine asks of the control plane's state, and what it tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path


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


class Revision(Protocol):
    """What the engine reads of a revision."""

    @property
    def application_id(self) -> str: ...
    @property
    def definition(self) -> Mapping[str, Any]: ...
    @property
    def machine(self) -> dict[str, Any]: ...
    @property
    def function(self) -> bytes | None: ...
    @property
    def entrypoint(self) -> str | None: ...
    @property
    def files(self) -> Sequence[tuple[str, str]]: ...
    @property
    def health_check(self) -> Mapping[str, Any] | None: ...
    @property
    def secrets(self) -> Sequence[str] | None: ...
    @property
    def environment_name(self) -> str: ...
    @property
    def termination_grace_period_seconds(self) -> int | None: ...


class Alias(Protocol):
    """What the engine reads of an alias, besides the scaling fields."""

    @property
    def owner(self) -> str: ...
    @property
    def alias(self) -> str: ...
    @property
    def revision(self) -> str: ...
    @property
    def auth_mode(self) -> str: ...
    @property
    def deployment_strategy(self) -> str: ...


class Store(Protocol):
    """What the engine calls; cheap, and from the thread of the event loop."""

    def alias(self, owner: str, alias: str) -> Alias | None: ...
    def all_aliases(self) -> Iterable[Alias]: ...
    def revision(self, application_id: str) -> Revision | None: ...
    def secret_values(self, owner: str, environment_name: str) -> Iterable[tuple[str, str, bool | None]]: ...
    def blob_path(self, digest: str) -> Path: ...
    def append_log(
        self,
        *,
        owner: str,
        app: str,
        revision: str | None,
        runner_id: str | None,
        level: str,
        source: str,
        message: str,
        timestamp: datetime,
    ) -> None: ...
    def save_runner(self, record: RunnerRecord) -> None: ...
    def past_runners(self, owner: str, alias: str | None = None) -> Iterable[RunnerRecord]: ...
