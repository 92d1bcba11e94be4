# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /files/file/{file}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=3600.0,
    attempt_timeout=3600.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def download_file(
    file: str,
) -> Operation[bytes]:
    """Return the content of a file of the data volume.

    Args:
        file: Path of the file, absolute, as in /data/models/base.bin.

    Returns:
        Its bytes.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="download_file",
        method="GET",
        path=f"/files/file/{wire.segment('file', file, '/')}",
        policy=_POLICY,
        parse=_parse,
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    return body
