# Generated from spec/; do not edit. Regenerate with: just generate
"""One step of a registration: logs, the addresses, or the result. Addresses may come in a step of their own."""

from __future__ import annotations

from dataclasses import dataclass

from fal._gen import reading


@dataclass(frozen=True)
class RegisterApplicationResult(reading.Model):
    """One step of a registration: logs, the addresses, or the result. Addresses may come in a step of their own."""

    result: RegisterApplicationResultType | None
    """The new revision, in the last step."""
    logs: list[Log]
    """Lines that were written since the last step."""
    service_urls: ServiceURLs | None = None
    """Where the application answers."""
    env_id: str | None = None
    """The id of the environment that it runs in."""


# Last, since models may refer to each other in a circle.
from fal._gen.models.log import Log  # noqa: E402
from fal._gen.models.register_application_result_type import RegisterApplicationResultType  # noqa: E402
from fal._gen.models.service_urls import ServiceURLs  # noqa: E402
