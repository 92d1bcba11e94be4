# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.RunnerInfo` of the wire to RunnerInfo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading, wellknown
from fal._gen.open_enum import Numbered
from fal._gen.proto import controller_pb2

if TYPE_CHECKING:
    from fal._gen.models import RunnerInfo

_ReplaceState = Numbered(models.ReplaceState)
_RunnerState = Numbered(models.RunnerState)
_MODEL = models.RunnerInfo


def runner_info(m: controller_pb2.RunnerInfo) -> RunnerInfo:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.RunnerInfo) -> dict[str, Any]:
    return {
        "runner_id": m.runner_id,
        "in_flight_requests": m.in_flight_requests,
        "expiration_countdown": expiration_countdown_
        if (expiration_countdown_ := m.expiration_countdown) or m.HasField("expiration_countdown")
        else None,
        "uptime": wellknown.span(m.uptime),
        "external_metadata": wellknown.to_dict(m.external_metadata) if m.HasField("external_metadata") else {},
        "revision": m.revision,
        "alias": m.alias,
        "state": _RunnerState[state_] if (state_ := m.state) or m.HasField("state") else None,
        "machine_type": m.machine_type,
        "replacement": _ReplaceState[m.replacement],
    }


_rows = reading.Rows(_MODEL, lambda content: _values(controller_pb2.RunnerInfo.FromString(content)))


def runner_info_rows(field: int, answer: bytes) -> list[RunnerInfo]:
    return _rows(field, answer)
