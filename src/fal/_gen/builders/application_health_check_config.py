# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.ApplicationHealthCheckConfig` of the wire."""

from __future__ import annotations

from fal._gen import models
from fal._gen.proto import controller_pb2


def application_health_check_config(
    *,
    path: str,
    start_period_seconds: int | None = None,
    timeout_seconds: int | None = None,
    failure_threshold: int | None = None,
    call_regularly: bool | None = None,
    allow_on_busy: bool | None = None,
    method: models.HealthCheckMethod | None = None,
) -> controller_pb2.ApplicationHealthCheckConfig:
    return controller_pb2.ApplicationHealthCheckConfig(
        path=path,
        start_period_seconds=start_period_seconds,
        timeout_seconds=timeout_seconds,
        failure_threshold=failure_threshold,
        call_regularly=call_regularly,
        allow_on_busy=allow_on_busy,
        method=None if method is None else method.number,
    )
