# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.VolumeMount` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def volume_mount(
    *,
    volume_name: str,
    mount_path: str,
) -> controller_pb2.VolumeMount:
    return controller_pb2.VolumeMount(
        volume_name=volume_name,
        mount_path=mount_path,
    )
