"""What happens during a deploy, one frozen dataclass per kind of event; a kind that adds no field is one by inheritance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fal._gen.models import ServiceURLs

    from .result import DeploymentResult, DeploymentURLs, RunResult


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployEvent:
    """The base of every event."""

    app_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered(DeployEvent):
    """The reference was resolved. `kind` is "file", "entry-point" or "image"."""

    kind: str
    source: Path | None = None
    symbol: str | None = None
    environment_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployWarning(DeployEvent):
    """A setting was not applied as written."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaged(DeployEvent):
    """The code is bundled; sizes are in bytes."""

    bundle_size: int
    python_version: str | None = None
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesHashed(DeployEvent):
    """All files are hashed; `remembered` of them were unchanged since an earlier deploy. Sizes are in bytes."""

    count: int
    total_size: int
    remembered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementBuilding(DeployEvent):
    """A local folder among the requirements is being built into a source distribution."""

    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementUploaded(DeployEvent):
    """A built folder is stored; the size is in bytes."""

    folder: Path
    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadStarted(DeployEvent):
    """The platform lacks some of the files; sizes are in bytes."""

    count: int
    total_size: int
    already_stored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadProgress(DeployEvent):
    """A part of a file has arrived; sizes are in bytes."""

    relative_path: str
    sent: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUploaded(DeployEvent):
    """A file is stored; the size is in bytes."""

    relative_path: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentBuilding(DeployEvent):
    """The environment is being built, or found."""

    kind: str
    force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine(DeployEvent):
    """One line of a log of the platform. `level` and `source` are the wire's names, e.g. "INFO" and "BUILDER"."""

    message: str
    level: str
    source: str
    timestamp: datetime | None = None


class BuildLog(LogLine):
    """A line of the environment's build."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentBuilt(DeployEvent):
    """The environment is ready."""

    env_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probing(DeployEvent):
    """The app's metadata is being read from its entry point, on a runner."""

    entrypoint: str


class ProbeLog(LogLine):
    """A line of the run that reads the metadata."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registering(DeployEvent):
    """The revision is being registered."""

    strategy: str
    reset_scale: bool


class RegisterLog(LogLine):
    """A line of the registration and the rollout."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledOut(DeployEvent):
    """The deploy is done. This is the last event of one that succeeds."""

    result: DeploymentResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(DeployEvent):
    """The deploy failed. The error is raised right after this event; `phase` says where it happened."""

    phase: str
    error: BaseException = field(repr=False)


class Running(DeployEvent):
    """A run has been asked for."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving(DeployEvent):
    """The app that is run can be called until its caller goes."""

    urls: DeploymentURLs
    service_urls: ServiceURLs


class RunLog(LogLine):
    """A line of what is run."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(DeployEvent):
    """The run is done. This is the last event of one that succeeds."""

    result: RunResult
