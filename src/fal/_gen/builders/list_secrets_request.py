# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.ListSecretsRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def list_secrets_request(
    *,
    environment_name: str | None = None,
) -> controller_pb2.ListSecretsRequest:
    return controller_pb2.ListSecretsRequest(
        environment_name=environment_name,
    )
