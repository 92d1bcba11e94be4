# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /runners/{runner_id}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.runner_lifetime import RunnerLifetime

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def get_runner(
    runner_id: str,
) -> Operation[RunnerLifetime]:
    """Return when a runner started and ended.

    Args:
        runner_id: The id of the runner, which may have ended.

    Returns:
        The runner.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="get_runner",
        method="GET",
        path=f"/runners/{wire.segment('runner_id', runner_id)}",
        policy=_POLICY,
        parse=_parse,
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> RunnerLifetime:
    value = wire.load(body)
    parsed: RunnerLifetime = RunnerLifetime.from_dict(value)
    return parsed
