# Generated from spec/; do not edit. Regenerate with: just generate
"""The kind of an event."""

from __future__ import annotations

from fal._gen.open_enum import OpenEnum


class ServerlessAppEventCategory(str, OpenEnum):
    """The kind of an event."""

    CONFIG_CHANGED = "config_changed"
    DEPLOYMENT_ENDED = "deployment_ended"
    DEPLOYMENT_FAILED = "deployment_failed"
    DEPLOYMENT_RECREATE_APPLIED = "deployment_recreate_applied"
    DEPLOYMENT_ROLLING_ENDED = "deployment_rolling_ended"
    DEPLOYMENT_ROLLING_FAILED = "deployment_rolling_failed"
    DEPLOYMENT_ROLLING_STARTED = "deployment_rolling_started"
    DEPLOYMENT_STARTED = "deployment_started"
    RUNNER_DOCKER_PULL = "runner_docker_pull"
    RUNNER_DRAINING = "runner_draining"
    RUNNER_FAILED = "runner_failed"
    RUNNER_FINISHED = "runner_finished"
    RUNNER_PENDING = "runner_pending"
    RUNNER_SETUP = "runner_setup"
    RUNNER_STARTED = "runner_started"
    RUNNER_STARTUP_FAILURE = "runner_startup_failure"
    RUNNER_STOPPING = "runner_stopping"
