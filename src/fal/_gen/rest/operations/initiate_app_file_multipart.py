# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /files/app/multipart/{file_hash}/initiate"""

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


def initiate_app_file_multipart(
    file_hash: str,
    *,
    hash: str,
    mode: str,
    mtime: str,
    size: str,
) -> Operation[MultipartUpload]:
    """Begin to store an app file.

    Status 409 means that it is stored already.

    Args:
        file_hash: Hash of the file, as hexadecimal digits.
        hash: Hash of the file, as hexadecimal digits.
        mode: File mode (st_mode), as decimal digits.
        mtime: Time of the last change, in seconds since 1970.
        size: Bytes, as decimal digits.

    Returns:
        The upload has begun.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="initiate_app_file_multipart",
        method="POST",
        path=f"/files/app/multipart/{wire.segment('file_hash', file_hash)}/initiate",
        policy=_POLICY,
        parse=_parse,
        json=wire.body(("hash", hash), ("mode", mode), ("mtime", mtime), ("size", size)),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> MultipartUpload:
    value = wire.load(body)
    parsed: MultipartUpload = MultipartUpload.from_dict(value)
    return parsed
