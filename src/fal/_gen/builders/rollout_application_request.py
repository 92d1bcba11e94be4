# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.RolloutApplicationRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def rollout_application_request(
    *,
    application_name: str,
    force: bool | None = None,
    environment_name: str | None = None,
) -> controller_pb2.RolloutApplicationRequest:
    return controller_pb2.RolloutApplicationRequest(
        application_name=application_name,
        force=force,
        environment_name=environment_name,
    )
