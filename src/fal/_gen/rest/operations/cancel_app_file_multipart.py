# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /files/app/multipart/{file_hash}/{upload_id}/cancel"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=15.0,
    attempt_timeout=15.0,
    idempotent=True,
    retry_on=frozenset(["connect"]),
    max_attempts=2,
)


def cancel_app_file_multipart(
    file_hash: str,
    upload_id: str,
) -> Operation[None]:
    """Give up an upload and drop the parts that are stored.

    Args:
        file_hash: Hash of the file, as hexadecimal digits.
        upload_id: What the upload's beginning returned.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="cancel_app_file_multipart",
        method="POST",
        path=f"/files/app/multipart/{wire.segment('file_hash', file_hash)}/{wire.segment('upload_id', upload_id)}/cancel",
        policy=_POLICY,
        parse=_parse,
        success=frozenset([200, 204]),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> None:
    return None
