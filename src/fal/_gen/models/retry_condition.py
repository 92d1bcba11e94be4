# Generated from spec/; do not edit. Regenerate with: just generate
"""The reasons for which the gateway would send a request again."""

from __future__ import annotations

from fal._gen.open_enum import NumberedEnum


class RetryCondition(NumberedEnum):
    """The reasons for which the gateway would send a request again."""

    TIMEOUT = ("timeout", 0)
    CLIENT_ERROR = ("client_error", 1)
    SERVER_ERROR = ("server_error", 2)
    CONNECTION_ERROR = ("connection_error", 3)
