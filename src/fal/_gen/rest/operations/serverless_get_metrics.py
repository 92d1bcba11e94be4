# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/metrics"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_get_metrics() -> Operation[str]:
    """Return the current metrics of the apps.

    Takes any key.

    Returns:
        Text in the exposition format of Prometheus.
    """
    return Operation(
        name="serverless_get_metrics",
        method="GET",
        path="/serverless/metrics",
        policy=_POLICY,
        parse=_parse,
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> str:
    return wire.decode(body, "serverless_get_metrics", headers)
