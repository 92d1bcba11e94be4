# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /storage/upload/initiate"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.presigned_upload import PresignedUpload

_POLICY = Policy(
    deadline=60.0,
    attempt_timeout=10.0,
    idempotent=True,
    retry_on=frozenset(["408", "429", "500", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def initiate_upload(
    *,
    content_type: str,
    file_name: str,
    storage_type: str | None = None,
    x_fal_object_lifecycle: str | None = None,
    x_fal_object_lifecycle_preference: str | None = None,
) -> Operation[PresignedUpload]:
    """Ask for an address that one file can be put to.

    Args:
        content_type: Media type of the file.
        file_name: Name of the file; the end of its address.
        storage_type: Which store takes the file; gcs and fal-cdn-v3 are known.
        x_fal_object_lifecycle: How long the file is kept, as JSON: {"expiration_duration_seconds": 3600}.
        x_fal_object_lifecycle_preference: The same JSON; newer servers read this one.

    Returns:
        Where to put the file, and where it can be read afterwards.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="initiate_upload",
        method="POST",
        path="/storage/upload/initiate",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("storage_type", storage_type),
        ),
        headers=wire.headers(
            ("X-Fal-Object-Lifecycle", x_fal_object_lifecycle),
            ("X-Fal-Object-Lifecycle-Preference", x_fal_object_lifecycle_preference),
        ),
        json=wire.body(("content_type", content_type), ("file_name", file_name)),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> PresignedUpload:
    value = wire.load(body)
    parsed: PresignedUpload = PresignedUpload.from_dict(value)
    return parsed
