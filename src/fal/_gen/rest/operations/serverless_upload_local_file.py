# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /serverless/files/file/local/{target_path}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=1200.0,
    attempt_timeout=600.0,
    idempotent=False,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def serverless_upload_local_file(
    target_path: str,
    *,
    file_upload: bytes | None = None,
    unzip: bool | None = None,
) -> Operation[bool]:
    """Upload a file.

    Takes any key.

    Args:
        target_path: Where the file goes, with its folders.
        file_upload: `file_upload` of the wire.
        unzip: Whether an archive is unpacked there.

    Returns:
        Whether it is stored.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="serverless_upload_local_file",
        method="POST",
        path=f"/serverless/files/file/local/{wire.segment('target_path', target_path, '/')}",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("unzip", unzip),
        ),
        files=wire.files(
            ("file_upload", "file_upload", file_upload, "application/octet-stream"),
        ),
        host="platform",
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    value = wire.load(body)
    parsed: bool = wire.boolean(value, "serverless_upload_local_file")
    return parsed
