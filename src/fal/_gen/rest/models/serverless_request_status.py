# Generated from spec/; do not edit. Regenerate with: just generate
"""How a request ended."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ServerlessRequestStatus(str, OpenEnum):
    """How a request ended."""

    ERROR = "error"
    SUCCESS = "success"
    USER_ERROR = "user_error"
