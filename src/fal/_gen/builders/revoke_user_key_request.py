# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.RevokeUserKeyRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def revoke_user_key_request(
    *,
    key_id: str,
) -> controller_pb2.RevokeUserKeyRequest:
    return controller_pb2.RevokeUserKeyRequest(
        key_id=key_id,
    )
