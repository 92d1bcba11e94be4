# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.SecretsConfig` of the wire."""

from __future__ import annotations

from collections.abc import Iterable

from fal._gen.proto import controller_pb2


def secrets_config(
    *,
    names: Iterable[str] | None = None,
) -> controller_pb2.SecretsConfig:
    return controller_pb2.SecretsConfig(
        names=names,
    )
