# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /files/rename/{path}"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=120.0,
    attempt_timeout=60.0,
    idempotent=False,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def rename_file(
    path: str,
    *,
    destination: str,
) -> Operation[Any]:
    """Give a file of the data volume another path.

    Args:
        path: Path of the file, absolute, as in /data/models/base.bin.
        destination: The other path, absolute.

    Returns:
        Anything but false, when it is there now.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="rename_file",
        method="POST",
        path=f"/files/rename/{wire.segment('path', path, '/')}",
        policy=_POLICY,
        parse=_parse,
        json=wire.body(("destination", destination)),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> Any:
    return wire.load(body) if body else None
