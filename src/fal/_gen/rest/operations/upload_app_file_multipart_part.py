# Generated from spec/; do not edit. Regenerate with: just generate
"""PUT /files/app/multipart/{file_hash}/{upload_id}/{part_number}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.multipart_part import MultipartPart

_POLICY = Policy(
    deadline=1200.0,
    attempt_timeout=300.0,
    idempotent=True,
    retry_on=frozenset(["429", "500", "502", "503", "504", "connect"]),
    max_attempts=3,
)


def upload_app_file_multipart_part(
    file_hash: str,
    upload_id: str,
    part_number: int,
    *,
    file_upload: bytes,
) -> Operation[MultipartPart]:
    """Store one part of an app file.

    An empty file is one empty part.

    Args:
        file_hash: Hash of the file, as hexadecimal digits.
        upload_id: What the upload's beginning returned.
        part_number: Number of the part; the first is 1.
        file_upload: The bytes of the part.

    Returns:
        The part is stored.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="upload_app_file_multipart_part",
        method="PUT",
        path=f"/files/app/multipart/{wire.segment('file_hash', file_hash)}/{wire.segment('upload_id', upload_id)}/{wire.segment('part_number', part_number)}",
        policy=_POLICY,
        parse=_parse,
        files=wire.files(
            ("file_upload", "chunk", file_upload, "application/octet-stream"),
        ),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> MultipartPart:
    value = wire.load(body)
    parsed: MultipartPart = MultipartPart.from_dict(value)
    return parsed
