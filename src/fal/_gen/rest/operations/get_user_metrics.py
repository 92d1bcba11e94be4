# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /applications/metrics"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.user_metrics import UserMetrics

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def get_user_metrics() -> Operation[UserMetrics]:
    """Return how many runners, accelerators and queued requests each application has.

    Returns:
        The counts, per application and in all.
    """
    return Operation(
        name="get_user_metrics",
        method="GET",
        path="/applications/metrics",
        policy=_POLICY,
        parse=_parse,
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> UserMetrics:
    value = wire.load(body)
    parsed: UserMetrics = UserMetrics.from_dict(value)
    return parsed
