# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/files/list/{dir}"""

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


def serverless_list_directory(
    dir: str,
) -> Operation[list[ServerlessFile]]:
    """List the files in a folder.

    Takes any key.

    Args:
        dir: Path of the folder.

    Returns:
        The files and folders.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_list_directory",
        method="GET",
        path=f"/serverless/files/list/{wire.segment('dir', dir, '/')}",
        policy=_POLICY,
        parse=_parse,
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> list[ServerlessFile]:
    value = wire.load(body)
    parsed: list[ServerlessFile] = [
        ServerlessFile.from_dict(item) for item in wire.array(value, "serverless_list_directory")
    ]
    return parsed
