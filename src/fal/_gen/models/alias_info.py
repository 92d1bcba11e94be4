# Generated from spec/; do not edit. Regenerate with: just generate
"""A deployed application as its users know it: a name, the revision behind it, and its scaling. Durations are in
seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from fal._gen import reading
from fal._gen.models.auth_mode import AuthMode


@dataclass(frozen=True)
class AliasInfo(reading.Model):
    """A deployed application as its users know it: a name, the revision behind it, and its scaling. Durations are in
    seconds.
    """

    alias: str
    """The name, with `--environment` behind it outside of the main environment."""
    revision: str
    """The application id that the alias points at."""
    auth_mode: AuthMode
    """Who may call the application."""
    keep_alive: int
    """How long an idle runner is kept, in seconds."""
    max_concurrency: int
    """Maximum number of runners."""
    max_multiplexing: int
    """Requests that one runner takes at a time."""
    active_runners: int
    """Runners that exist now, whatever their state."""
    min_concurrency: int
    """Minimum number of runners."""
    concurrency_buffer: int | None
    """Runners kept ready beyond those that are needed."""
    concurrency_buffer_perc: int | None
    """The buffer as a percentage of the runners that are needed. The larger of the two applies."""
    scaling_delay: int | None
    """How long a request waits before a runner is added for it, in seconds."""
    machine_types: list[str]
    """Machine types, in order of preference."""
    request_timeout: int | None
    """How long a request may take, in seconds."""
    startup_timeout: int | None
    """How long a runner may take to start, in seconds."""
    valid_regions: list[str]
    """Regions that runners may be in. Empty: any."""
    environment_name: str | None = None
    """The environment. Absent: the main one."""
    is_rolling: bool = False
    """A rollout is under way."""
    request_start_timeout: int | None = None
    """How long a request may wait for a runner, in seconds."""
