# Generated from spec/; do not edit. Regenerate with: just generate
"""The HTTP method of the health check."""

from __future__ import annotations

from fal._gen.open_enum import NumberedEnum


class HealthCheckMethod(NumberedEnum):
    """The HTTP method of the health check."""

    GET = ("GET", 0)
    POST = ("POST", 1)
