# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""What an API key may do."""

from __future__ import annotations

from fal._gen.rest import wire


class ApiKeyScope(wire.OpenStrEnum):
    """What an API key may do."""

    API = "API"
