# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""How a run was started."""

from __future__ import annotations

from fal._gen.rest import wire


class LogRunSource(wire.OpenStrEnum):
    """How a run was started."""

    GRPC_RUN = "grpc-run"
    GRPC_REGISTER = "grpc-register"
    GATEWAY = "gateway"
    CRON = "cron"
