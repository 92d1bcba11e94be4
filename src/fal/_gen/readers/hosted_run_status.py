# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.HostedRunStatus` of the wire to HostedRunStatus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading
from fal._gen.open_enum import Numbered

if TYPE_CHECKING:
    from fal._gen.models import HostedRunStatus
    from fal._gen.proto import controller_pb2

_HostedRunState = Numbered(models.HostedRunState)
_MODEL = models.HostedRunStatus


def hosted_run_status(m: controller_pb2.HostedRunStatus) -> HostedRunStatus:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.HostedRunStatus) -> dict[str, Any]:
    return {
        "state": _HostedRunState[m.state],
    }
