# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.CreateUserKeyRequest` of the wire."""

from __future__ import annotations

from fal._gen import models
from fal._gen.proto import controller_pb2


def create_user_key_request(
    *,
    scope: models.KeyScope | None = None,
    alias: str | None = None,
    policy_preset: str | None = None,
    policy: controller_pb2.KeyPolicy | None = None,
) -> controller_pb2.CreateUserKeyRequest:
    return controller_pb2.CreateUserKeyRequest(
        scope=None if scope is None else scope.number,
        alias=alias,
        policy_preset=policy_preset,
        policy=policy,
    )
