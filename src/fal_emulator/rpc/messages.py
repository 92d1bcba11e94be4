"""Records as messages of the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fal._gen.proto import common_pb2
from fal._gen.proto import controller_pb2 as pb
from fal._gen.wellknown import to_struct, to_timestamp
from fal.app.settings import SCALE

from ..model.permissions import PERMISSIONS, granted_to

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.records import Alias, ApiKey, Environment, Revision, RunnerRecord, Secret

_LEVELS = frozenset(common_pb2.LogLevel.keys())


def log(message: str, level: str, source: str, timestamp: datetime | None = None) -> common_pb2.Log:
    """Return a line of a log."""
    return common_pb2.Log(
        message=message,
        level=common_pb2.LogLevel.Value(level if level in _LEVELS else "INFO"),
        source=common_pb2.LogSource.Value(source),
        timestamp=to_timestamp(timestamp or datetime.now(UTC)),
    )


def user_key(key: ApiKey) -> pb.UserKeyInfo:
    """Return a key as a listing shows it; its scope is what comes nearest to its permissions."""
    everything = granted_to(key) >= PERMISSIONS
    return pb.UserKeyInfo(
        key_id=key.key_id,
        created_at=to_timestamp(key.created_at),
        scope=pb.CreateUserKeyRequest.ADMIN if everything else pb.CreateUserKeyRequest.API,
        alias=key.description,
    )


def environment(record: Environment) -> pb.EnvironmentInfo:
    """Return an environment."""
    return pb.EnvironmentInfo(
        name=record.name,
        description=record.description,
        is_default=record.is_default,
        created_at=to_timestamp(record.created_at),
    )


def secret(record: Secret) -> pb.Secret:
    """Return a secret, without its value."""
    return pb.Secret(
        name=record.name,
        created_time=to_timestamp(record.created_at),
        environment_name=record.environment_name,
        default_exposed=record.default_exposed,
    )


def alias(record: Alias, *, active_runners: int, is_rolling: bool) -> pb.AliasInfo:
    """Return a deployed app."""
    return pb.AliasInfo(
        alias=record.alias,
        revision=record.revision,
        auth_mode=pb.ApplicationAuthMode.Value(record.auth_mode.upper()),
        active_runners=active_runners,
        environment_name=record.environment_name,
        is_rolling=is_rolling,
        **_scaling(record.scaling),
    )


def application(revision: Revision, scaling: dict[str, Any], *, active_runners: int) -> pb.ApplicationInfo:
    """Return a revision with the scaling that it asked for."""
    return pb.ApplicationInfo(
        application_id=revision.application_id,
        created_at=to_timestamp(revision.created_at),
        active_runners=active_runners,
        environment_name=revision.environment_name,
        **_scaling(scaling),
    )


def _scaling(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return scale settings under their names on the wire, of which both messages have every one."""
    scale = {row.wire: values.get(row.result) for row in SCALE.values()}
    # A limit that was removed is none: 0 is what removes it.
    return {**scale, "request_start_timeout": scale["request_start_timeout"] or None}


def runner(record: RunnerRecord) -> pb.RunnerInfo:
    """Return a runner."""
    end = record.ended_at or datetime.now(UTC)
    uptime = 0.0 if record.started_at is None else (end - record.started_at).total_seconds()
    return pb.RunnerInfo(
        runner_id=record.runner_id,
        in_flight_requests=record.in_flight,
        expiration_countdown=record.expiration_countdown,
        uptime=max(0.0, uptime),
        external_metadata=to_struct(record.metadata) if record.metadata else None,
        revision=record.revision,
        alias=record.alias,
        state=pb.RunnerInfo.State.Value(record.state),
        replacement=pb.RunnerInfo.ReplaceState.Value(record.replacement),
        machine_type=record.machine_type,
    )
