# Generated from spec/; do not edit. Regenerate with: just generate
"""How a run was started."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ServerlessRunSource(str, OpenEnum):
    """How a run was started."""

    CRON = "cron"
    GATEWAY = "gateway"
    GRPC_REGISTER = "grpc-register"
    GRPC_RUN = "grpc-run"
