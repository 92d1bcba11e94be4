# Generated from spec/; do not edit. Regenerate with: just generate
"""How far a deployment has come."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ServerlessAppRevisionStatus(str, OpenEnum):
    """How far a deployment has come."""

    DEPLOYED = "deployed"
    DEPLOYING = "deploying"
    FAILED = "failed"
