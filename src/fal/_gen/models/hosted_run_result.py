# Generated from spec/; do not edit. Regenerate with: just generate
"""One step of an ephemeral run: logs, the addresses, or the returned value."""

from __future__ import annotations

from dataclasses import dataclass

from fal._gen import reading


@dataclass(frozen=True)
class HostedRunResult(reading.Model):
    """One step of an ephemeral run: logs, the addresses, or the returned value."""

    run_id: str
    """The id of the run."""
    status: HostedRunStatus | None
    """Where the run stands."""
    logs: list[Log]
    """Lines that were written since the last step."""
    service_urls: ServiceURLs | None = None
    """Where the application answers."""
    env_id: str | None = None
    """The id of the environment that it runs in."""


# Last, since models may refer to each other in a circle.
from fal._gen.models.hosted_run_status import HostedRunStatus  # noqa: E402
from fal._gen.models.log import Log  # noqa: E402
from fal._gen.models.service_urls import ServiceURLs  # noqa: E402
