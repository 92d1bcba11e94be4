# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.KeyPolicy` of the wire."""

from __future__ import annotations

from collections.abc import Iterable

from fal._gen.proto import controller_pb2


def key_policy(
    *,
    permissions: Iterable[str] | None = None,
) -> controller_pb2.KeyPolicy:
    return controller_pb2.KeyPolicy(
        permissions=permissions,
    )
