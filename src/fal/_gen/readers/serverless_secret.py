# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.Secret` of the wire to ServerlessSecret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading, wellknown

if TYPE_CHECKING:
    from fal._gen.models import ServerlessSecret
    from fal._gen.proto import controller_pb2

_MODEL = models.ServerlessSecret


def serverless_secret(m: controller_pb2.Secret) -> ServerlessSecret:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.Secret) -> dict[str, Any]:
    return {
        "name": m.name,
        "created_at": wellknown.moment(m.created_time),
        "environment_name": environment_name_
        if (environment_name_ := m.environment_name) or m.HasField("environment_name")
        else None,
        "default_exposed": default_exposed_
        if (default_exposed_ := m.default_exposed) or m.HasField("default_exposed")
        else None,
    }
