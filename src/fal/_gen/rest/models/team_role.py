# Generated from spec/; do not edit. Regenerate with: just generate
"""What a member of a team may do."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class TeamRole(str, OpenEnum):
    """What a member of a team may do."""

    ADMIN = "Admin"
    BILLING = "Billing"
    DEVELOPER = "Developer"
