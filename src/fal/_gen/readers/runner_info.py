# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.RunnerInfo` of the wire to RunnerInfo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models, wellknown
from fal._gen.open_enum import Numbered

if TYPE_CHECKING:
    from datetime import timedelta

    from fal._gen.models import ReplaceState, RunnerInfo, RunnerState
    from fal._gen.proto import controller_pb2

_ReplaceState = Numbered(models.ReplaceState)
_RunnerState = Numbered(models.RunnerState)
_MODEL = models.RunnerInfo


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def runner_info(m: controller_pb2.RunnerInfo) -> RunnerInfo:
    return _made(
        m.runner_id,
        m.in_flight_requests,
        expiration_countdown_
        if (expiration_countdown_ := m.expiration_countdown) or m.HasField("expiration_countdown")
        else None,
        wellknown.span(m.uptime),
        wellknown.to_dict(m.external_metadata) if m.HasField("external_metadata") else {},
        m.revision,
        m.alias,
        _RunnerState[state_] if (state_ := m.state) or m.HasField("state") else None,
        m.machine_type,
        _ReplaceState[m.replacement],
    )


def _made(
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
    _draft = _new()
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
    _draft.__class__ = _MODEL
    _result: RunnerInfo = _draft
    return _result
