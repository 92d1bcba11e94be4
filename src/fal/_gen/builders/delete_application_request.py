# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.DeleteApplicationRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def delete_application_request(
    *,
    application_id: str,
) -> controller_pb2.DeleteApplicationRequest:
    return controller_pb2.DeleteApplicationRequest(
        application_id=application_id,
    )
