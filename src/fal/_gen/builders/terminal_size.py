# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.TerminalSize` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def terminal_size(
    *,
    height: int,
    width: int,
) -> controller_pb2.TerminalSize:
    return controller_pb2.TerminalSize(
        height=height,
        width=width,
    )
