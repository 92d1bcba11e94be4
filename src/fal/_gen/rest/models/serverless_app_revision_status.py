# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""How far a deployment has come."""

from __future__ import annotations

from fal._gen.rest import wire


class ServerlessAppRevisionStatus(wire.OpenStrEnum):
    """How far a deployment has come."""

    DEPLOYED = "deployed"
    DEPLOYING = "deploying"
    FAILED = "failed"
