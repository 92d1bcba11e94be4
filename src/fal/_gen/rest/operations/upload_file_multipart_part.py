# Generated from spec/; do not edit. Regenerate with: just generate
"""PUT /files/file/multipart/{target_path}/{upload_id}/{part_number}"""

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


def upload_file_multipart_part(
    target_path: str,
    upload_id: str,
    part_number: int,
    *,
    file_upload: bytes,
) -> Operation[MultipartPart]:
    """Store one part of a file of the data volume.

    Args:
        target_path: Path that the file is to have, absolute, as in /data/models/base.bin.
        upload_id: What the upload's beginning returned.
        part_number: Number of the part; the first is 1.
        file_upload: The bytes of the part.

    Returns:
        The part is stored.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="upload_file_multipart_part",
        method="PUT",
        path=f"/files/file/multipart/{wire.segment('target_path', target_path, '/')}/{wire.segment('upload_id', upload_id)}/{wire.segment('part_number', part_number)}",
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
