# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /files/file/url/{file}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=900.0,
    attempt_timeout=600.0,
    idempotent=False,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def upload_from_url(
    file: str,
    *,
    url: str,
) -> Operation[bool]:
    """Have the platform fetch a file into the data volume.

    Args:
        file: Path of the file, absolute, as in /data/models/base.bin.
        url: Where the file is now. It may be a permission, and is left out of repr().

    Returns:
        Whether it is stored.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="upload_from_url",
        method="POST",
        path=f"/files/file/url/{wire.segment('file', file, '/')}",
        policy=_POLICY,
        parse=_parse,
        json=wire.body(("url", url)),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    value = wire.load(body)
    parsed: bool = wire.boolean(value, "upload_from_url")
    return parsed
