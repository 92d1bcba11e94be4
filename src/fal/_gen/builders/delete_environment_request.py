# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.DeleteEnvironmentRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def delete_environment_request(
    *,
    name: str,
) -> controller_pb2.DeleteEnvironmentRequest:
    return controller_pb2.DeleteEnvironmentRequest(
        name=name,
    )
