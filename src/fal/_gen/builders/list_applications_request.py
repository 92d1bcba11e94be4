# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.ListApplicationsRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def list_applications_request(
    *,
    application_name: str | None = None,
    environment_name: str | None = None,
) -> controller_pb2.ListApplicationsRequest:
    return controller_pb2.ListApplicationsRequest(
        application_name=application_name,
        environment_name=environment_name,
    )
