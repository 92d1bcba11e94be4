# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /files/file/multipart/{target_path}/{upload_id}/cancel"""

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


def cancel_file_multipart(
    target_path: str,
    upload_id: str,
) -> Operation[None]:
    """Give up an upload and drop the parts that are stored.

    Args:
        target_path: Path that the file is to have, absolute, as in /data/models/base.bin.
        upload_id: What the upload's beginning returned.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="cancel_file_multipart",
        method="POST",
        path=f"/files/file/multipart/{wire.segment('target_path', target_path, '/')}/{wire.segment('upload_id', upload_id)}/cancel",
        policy=_POLICY,
        parse=_parse,
        success=frozenset([200, 204]),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> None:
    return None
