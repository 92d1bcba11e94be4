# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.RegisterApplicationResult` of the wire to RegisterApplicationResult."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading

if TYPE_CHECKING:
    from fal._gen.models import RegisterApplicationResult
    from fal._gen.proto import controller_pb2

_MODEL = models.RegisterApplicationResult


def register_application_result(m: controller_pb2.RegisterApplicationResult) -> RegisterApplicationResult:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.RegisterApplicationResult) -> dict[str, Any]:
    return {
        "result": register_application_result_type(m.result) if m.HasField("result") else None,
        "logs": [log(v) for v in m.logs],
        "service_urls": service_urls(m.service_urls) if m.HasField("service_urls") else None,
        "env_id": env_id_ if (env_id_ := m.env_id) or m.HasField("env_id") else None,
    }


# Last, since messages may hold each other in a circle.
from fal._gen.readers.log import log  # noqa: E402
from fal._gen.readers.register_application_result_type import register_application_result_type  # noqa: E402
from fal._gen.readers.service_urls import service_urls  # noqa: E402
