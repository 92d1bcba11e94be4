# Generated from spec/; do not edit. Regenerate with: just generate
"""The life of a runner. FAILURE_DELAY: it crashed and waits before it is started again."""

from __future__ import annotations

from fal._gen.open_enum import NumberedEnum


class RunnerState(NumberedEnum):
    """The life of a runner. FAILURE_DELAY: it crashed and waits before it is started again."""

    RUNNING = ("RUNNING", 0)
    PENDING = ("PENDING", 1)
    SETUP = ("SETUP", 2)
    DEAD = ("DEAD", 3)
    DOCKER_PULL = ("DOCKER_PULL", 4)
    DRAINING = ("DRAINING", 5)
    TERMINATING = ("TERMINATING", 6)
    TERMINATED = ("TERMINATED", 7)
    IDLE = ("IDLE", 8)
    CRASH_BACKOFF = ("CRASH_BACKOFF", 9, "FAILURE_DELAY")
