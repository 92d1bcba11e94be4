# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /files/app/multipart/{file_hash}/{upload_id}/complete"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.app_file_metadata import AppFileMetadata
from fal._gen.rest.models.multipart_part import MultipartPart
from fal._gen.rest.models.stored_file import StoredFile

_POLICY = Policy(
    deadline=900.0,
    attempt_timeout=240.0,
    idempotent=True,
    retry_on=frozenset(["429", "500", "502", "503", "504", "connect"]),
    max_attempts=3,
)


def complete_app_file_multipart(
    file_hash: str,
    upload_id: str,
    *,
    metadata: AppFileMetadata | Mapping[str, Any],
    parts: Sequence[MultipartPart | Mapping[str, Any]],
) -> Operation[StoredFile]:
    """Join the parts of an app file.

    Args:
        file_hash: Hash of the file, as hexadecimal digits.
        upload_id: What the upload's beginning returned.
        metadata: What is known about an app file. Every value is text.
        parts: Every part, as its upload returned it.

    Returns:
        The file is stored.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="complete_app_file_multipart",
        method="POST",
        path=f"/files/app/multipart/{wire.segment('file_hash', file_hash)}/{wire.segment('upload_id', upload_id)}/complete",
        policy=_POLICY,
        parse=_parse,
        json=wire.body(("metadata", metadata), ("parts", wire.items("parts", parts))),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> StoredFile:
    value = wire.load(body)
    parsed: StoredFile = StoredFile.from_dict(value)
    return parsed
