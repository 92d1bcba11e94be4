# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.ListUserKeysRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def list_user_keys_request() -> controller_pb2.ListUserKeysRequest:
    return controller_pb2.ListUserKeysRequest()
