# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
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
