# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.File` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def file(
    *,
    hash: str,
    relative_path: str,
) -> controller_pb2.File:
    return controller_pb2.File(
        hash=hash,
        relative_path=relative_path,
    )
