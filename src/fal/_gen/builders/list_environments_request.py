# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.ListEnvironmentsRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def list_environments_request() -> controller_pb2.ListEnvironmentsRequest:
    return controller_pb2.ListEnvironmentsRequest()
