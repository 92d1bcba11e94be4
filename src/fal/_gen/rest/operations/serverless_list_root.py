# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/files/list"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.serverless_file import ServerlessFile

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=30.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_list_root() -> Operation[list[ServerlessFile]]:
    """List the files at the top.

    Takes any key.

    Returns:
        The files and folders.
    """
    return Operation(
        name="serverless_list_root",
        method="GET",
        path="/serverless/files/list",
        policy=_POLICY,
        parse=_parse,
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> list[ServerlessFile]:
    value = wire.load(body)
    parsed: list[ServerlessFile] = [
        ServerlessFile.from_dict(item) for item in wire.array(value, "serverless_list_root")
    ]
    return parsed
