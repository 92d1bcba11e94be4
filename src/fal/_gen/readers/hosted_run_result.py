# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.HostedRunResult` of the wire to HostedRunResult."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading

if TYPE_CHECKING:
    from fal._gen.models import HostedRunResult
    from fal._gen.proto import controller_pb2

_MODEL = models.HostedRunResult


def hosted_run_result(m: controller_pb2.HostedRunResult) -> HostedRunResult:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.HostedRunResult) -> dict[str, Any]:
    return {
        "run_id": m.run_id,
        "status": hosted_run_status(m.status) if m.HasField("status") else None,
        "logs": [log(v) for v in m.logs],
        "service_urls": service_urls(m.service_urls) if m.HasField("service_urls") else None,
        "env_id": env_id_ if (env_id_ := m.env_id) or m.HasField("env_id") else None,
    }


# Last, since messages may hold each other in a circle.
from fal._gen.readers.hosted_run_status import hosted_run_status  # noqa: E402
from fal._gen.readers.log import log  # noqa: E402
from fal._gen.readers.service_urls import service_urls  # noqa: E402
