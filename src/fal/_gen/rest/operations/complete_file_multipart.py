# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /files/file/multipart/{target_path}/{upload_id}/complete"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.multipart_part import MultipartPart
from fal._gen.rest.models.stored_file import StoredFile

_POLICY = Policy(
    deadline=900.0,
    attempt_timeout=240.0,
    idempotent=False,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def complete_file_multipart(
    target_path: str,
    upload_id: str,
    *,
    parts: Sequence[MultipartPart | Mapping[str, Any]],
) -> Operation[StoredFile]:
    """Join the parts of a file of the data volume.

    Args:
        target_path: Path that the file is to have, absolute, as in /data/models/base.bin.
        upload_id: What the upload's beginning returned.
        parts: Every part, as its upload returned it.

    Returns:
        The file is stored.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="complete_file_multipart",
        method="POST",
        path=f"/files/file/multipart/{wire.segment('target_path', target_path, '/')}/{wire.segment('upload_id', upload_id)}/complete",
        policy=_POLICY,
        parse=_parse,
        json=wire.body(("parts", wire.items("parts", parts))),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> StoredFile:
    value = wire.load(body)
    parsed: StoredFile = StoredFile.from_dict(value)
    return parsed
