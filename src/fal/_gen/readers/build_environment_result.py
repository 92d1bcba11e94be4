# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.BuildEnvironmentResult` of the wire to BuildEnvironmentResult."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading

if TYPE_CHECKING:
    from fal._gen.models import BuildEnvironmentResult
    from fal._gen.proto import controller_pb2

_MODEL = models.BuildEnvironmentResult


def build_environment_result(m: controller_pb2.BuildEnvironmentResult) -> BuildEnvironmentResult:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.BuildEnvironmentResult) -> dict[str, Any]:
    return {
        "env_id": m.env_id,
        "status": hosted_run_status(m.status) if m.HasField("status") else None,
        "logs": [log(v) for v in m.logs],
    }


# Last, since messages may hold each other in a circle.
from fal._gen.readers.hosted_run_status import hosted_run_status  # noqa: E402
from fal._gen.readers.log import log  # noqa: E402
