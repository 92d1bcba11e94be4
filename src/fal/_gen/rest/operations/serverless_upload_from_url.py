# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /serverless/files/file/url/{file}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=600.0,
    attempt_timeout=300.0,
    idempotent=False,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def serverless_upload_from_url(
    file: str,
    *,
    url: str,
) -> Operation[bool]:
    """Store a file that the server fetches from a URL.

    Takes any key.

    Args:
        file: Path of the file.
        url: Where it is fetched.

    Returns:
        Whether it is stored.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_upload_from_url",
        method="POST",
        path=f"/serverless/files/file/url/{wire.segment('file', file, '/')}",
        policy=_POLICY,
        parse=_parse,
        json=wire.body(("url", url)),
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    value = wire.load(body)
    parsed: bool = wire.boolean(value, "serverless_upload_from_url")
    return parsed
