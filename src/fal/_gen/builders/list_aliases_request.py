# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.ListAliasesRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def list_aliases_request(
    *,
    environment_name: str | None = None,
) -> controller_pb2.ListAliasesRequest:
    return controller_pb2.ListAliasesRequest(
        environment_name=environment_name,
    )
