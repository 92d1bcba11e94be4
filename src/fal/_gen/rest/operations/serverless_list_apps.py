# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/apps"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.serverless_apps_response import ServerlessAppsResponse

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_list_apps(
    *,
    environment: str | None = None,
    expand: Sequence[str] | str | None = None,
    search: str | None = None,
) -> Operation[ServerlessAppsResponse]:
    """List the deployed apps with their settings.

    Takes any key.

    Args:
        environment: Only apps of this environment.
        expand: What to add to the answer.
        search: Only what holds this text.

    Returns:
        The apps.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_list_apps",
        method="GET",
        path="/serverless/apps",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("environment", environment),
            ("expand", expand),
            ("search", search),
        ),
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> ServerlessAppsResponse:
    value = wire.load(body)
    parsed: ServerlessAppsResponse = ServerlessAppsResponse.from_dict(value)
    return parsed
