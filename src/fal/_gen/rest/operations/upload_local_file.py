# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /files/file/local/{target_path}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=1200.0,
    attempt_timeout=300.0,
    idempotent=False,
    retry_on=frozenset(["429", "503", "connect"]),
    max_attempts=3,
)


def upload_local_file(
    target_path: str,
    *,
    file_upload: bytes,
    unzip: bool | None = None,
) -> Operation[bool]:
    """Store a file in the data volume, sent as a whole.

    Args:
        target_path: Path that the file is to have, absolute, as in /data/models/base.bin.
        file_upload: The bytes of the file.
        unzip: Whether the file is an archive that is to be unpacked there.

    Returns:
        Whether it is stored.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="upload_local_file",
        method="POST",
        path=f"/files/file/local/{wire.segment('target_path', target_path, '/')}",
        policy=_POLICY,
        parse=_parse,
        params=wire.query(
            ("unzip", unzip),
        ),
        files=wire.files(
            ("file_upload", "file", file_upload, "application/octet-stream"),
        ),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> bool:
    value = wire.load(body)
    parsed: bool = wire.boolean(value, "upload_local_file")
    return parsed
