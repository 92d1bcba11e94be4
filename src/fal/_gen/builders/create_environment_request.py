# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.CreateEnvironmentRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def create_environment_request(
    *,
    name: str,
    description: str | None = None,
) -> controller_pb2.CreateEnvironmentRequest:
    return controller_pb2.CreateEnvironmentRequest(
        name=name,
        description=description,
    )
