# Generated from spec/; do not edit. Regenerate with: just generate
"""One step of an environment build. The step whose status is terminal ends the stream."""

from __future__ import annotations

from dataclasses import dataclass

from fal._gen import reading


@dataclass(frozen=True)
class BuildEnvironmentResult(reading.Model):
    """One step of an environment build. The step whose status is terminal ends the stream."""

    env_id: str
    """The id of the environment."""
    status: HostedRunStatus | None
    """Where the build stands."""
    logs: list[Log]
    """Lines that were written since the last step."""


# Last, since models may refer to each other in a circle.
from fal._gen.models.hosted_run_status import HostedRunStatus  # noqa: E402
from fal._gen.models.log import Log  # noqa: E402
