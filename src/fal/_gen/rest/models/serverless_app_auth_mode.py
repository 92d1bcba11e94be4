# Generated from spec/; do not edit. Regenerate with: just generate
"""Who may call an app."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ServerlessAppAuthMode(str, OpenEnum):
    """Who may call an app."""

    PRIVATE = "private"
    PUBLIC = "public"
    SHARED = "shared"
