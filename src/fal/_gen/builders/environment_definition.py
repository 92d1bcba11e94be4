# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `EnvironmentDefinition` of the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fal._gen import wellknown
from fal._gen.proto import server_pb2


def environment_definition(
    *,
    kind: str,
    force: bool,
    configuration: Mapping[str, Any] | None = None,
) -> server_pb2.EnvironmentDefinition:
    return server_pb2.EnvironmentDefinition(
        kind=kind,
        force=force,
        configuration=None if configuration is None else wellknown.to_struct(configuration),
    )
