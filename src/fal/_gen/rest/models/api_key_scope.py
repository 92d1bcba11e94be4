# Generated from spec/; do not edit. Regenerate with: just generate
"""What an API key may do."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ApiKeyScope(str, OpenEnum):
    """What an API key may do."""

    API = "API"
