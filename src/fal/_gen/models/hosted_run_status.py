# Generated from spec/; do not edit. Regenerate with: just generate
"""Where a run or a build stands."""

from __future__ import annotations

from dataclasses import dataclass

from fal._gen import reading
from fal._gen.models.hosted_run_state import HostedRunState


@dataclass(frozen=True)
class HostedRunStatus(reading.Model):
    """Where a run or a build stands."""

    state: HostedRunState
    """How far it has come."""
