# Generated from spec/; do not edit. Regenerate with: just generate
"""DELETE /files/file/{file}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=120.0,
    attempt_timeout=60.0,
    idempotent=False,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def delete_file(
    file: str,
) -> Operation[bool]:
    """Remove a file from the data volume.

    Args:
        file: Path of the file, absolute, as in /data/models/base.bin.

    Returns:
        Whether it is gone.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="delete_file",
        method="DELETE",
        path=f"/files/file/{wire.segment('file', file, '/')}",
        policy=_POLICY,
        parse=_parse,
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    value = wire.load(body)
    parsed: bool = wire.boolean(value, "delete_file")
    return parsed
