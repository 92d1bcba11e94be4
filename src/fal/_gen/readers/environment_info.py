# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.EnvironmentInfo` of the wire to EnvironmentInfo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading, wellknown

if TYPE_CHECKING:
    from fal._gen.models import EnvironmentInfo
    from fal._gen.proto import controller_pb2

_MODEL = models.EnvironmentInfo


def environment_info(m: controller_pb2.EnvironmentInfo) -> EnvironmentInfo:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.EnvironmentInfo) -> dict[str, Any]:
    return {
        "name": m.name,
        "description": description_ if (description_ := m.description) or m.HasField("description") else None,
        "is_default": m.is_default,
        "created_at": wellknown.moment(m.created_at),
    }
