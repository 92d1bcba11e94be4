# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.DeleteAliasRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def delete_alias_request(
    *,
    alias: str,
    environment_name: str | None = None,
) -> controller_pb2.DeleteAliasRequest:
    return controller_pb2.DeleteAliasRequest(
        alias=alias,
        environment_name=environment_name,
    )
