# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.RegisterApplicationResultType` of the wire to RegisterApplicationResultType."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading

if TYPE_CHECKING:
    from fal._gen.models import RegisterApplicationResultType
    from fal._gen.proto import controller_pb2

_MODEL = models.RegisterApplicationResultType


def register_application_result_type(m: controller_pb2.RegisterApplicationResultType) -> RegisterApplicationResultType:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.RegisterApplicationResultType) -> dict[str, Any]:
    return {
        "application_id": m.application_id,
    }
