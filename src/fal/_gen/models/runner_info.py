# Generated from spec/; do not edit. Regenerate with: just generate
"""One runner: a machine that runs one revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fal._gen import reading
from fal._gen.models.replace_state import ReplaceState
from fal._gen.models.runner_state import RunnerState


@dataclass(frozen=True)
class RunnerInfo(reading.Model):
    """One runner: a machine that runs one revision."""

    runner_id: str
    """The id of the runner."""
    in_flight_requests: int
    """Requests that it works on now."""
    expiration_countdown: int | None
    """Seconds until an idle runner is stopped."""
    uptime: timedelta
    """How long ago the runner started."""
    external_metadata: dict[str, Any]
    """What the machine provider says about the runner."""
    revision: str
    """The application id of the revision that it runs."""
    alias: str
    """The name of the application, with `--environment` behind it outside of the main environment."""
    state: RunnerState | None
    """Where it is in its life."""
    machine_type: str
    """The type of its machine."""
    replacement: ReplaceState = ReplaceState.from_number(0)
    """Whether another runner takes over before this one stops."""
