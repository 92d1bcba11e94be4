# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /serverless/files/file/{file}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=1200.0,
    attempt_timeout=600.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def serverless_download_file(
    file: str,
) -> Operation[bytes]:
    """Download a file.

    Takes any key.

    Args:
        file: Path of the file.

    Returns:
        Its content.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_download_file",
        method="GET",
        path=f"/serverless/files/file/{wire.segment('file', file, '/')}",
        policy=_POLICY,
        parse=_parse,
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    return body
