# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.SetSecretRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def set_secret_request(
    *,
    name: str,
    value: str | None = None,
    environment_name: str | None = None,
    default_exposed: bool | None = None,
) -> controller_pb2.SetSecretRequest:
    return controller_pb2.SetSecretRequest(
        name=name,
        value=value,
        environment_name=environment_name,
        default_exposed=default_exposed,
    )
