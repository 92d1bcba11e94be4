# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /files/file/multipart/{target_path}/initiate"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.multipart_upload import MultipartUpload

_POLICY = Policy(
    deadline=180.0,
    attempt_timeout=60.0,
    idempotent=True,
    retry_on=frozenset(["429", "500", "502", "503", "504", "connect"]),
    max_attempts=3,
)


def initiate_file_multipart(
    target_path: str,
) -> Operation[MultipartUpload]:
    """Begin to store a file of the data volume that is sent in parts.

    Args:
        target_path: Path that the file is to have, absolute, as in /data/models/base.bin.

    Returns:
        The upload has begun.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="initiate_file_multipart",
        method="POST",
        path=f"/files/file/multipart/{wire.segment('target_path', target_path, '/')}/initiate",
        policy=_POLICY,
        parse=_parse,
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> MultipartUpload:
    value = wire.load(body)
    parsed: MultipartUpload = MultipartUpload.from_dict(value)
    return parsed
