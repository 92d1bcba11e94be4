# Generated from spec/; do not edit. Regenerate with: just generate
"""GET /files/list/{dir}"""

from __future__ import annotations

from collections.abc import Mapping

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire
from fal._gen.rest.models.file_spec import FileSpec

_POLICY = Policy(
    deadline=120.0,
    attempt_timeout=60.0,
    idempotent=True,
    retry_on=frozenset(["429", "502", "503", "504", "connect"]),
    max_attempts=5,
)


def list_directory(
    dir: str,
) -> Operation[list[FileSpec]]:
    """List a folder of the data volume.

    Args:
        dir: Path of the folder, absolute, as in /data/models.

    Returns:
        The files and folders in it.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="list_directory",
        method="GET",
        path=f"/files/list/{wire.segment('dir', dir, '/')}",
        policy=_POLICY,
        parse=_parse,
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> list[FileSpec]:
    value = wire.load(body)
    parsed: list[FileSpec] = [FileSpec.from_dict(item) for item in wire.array(value, "list_directory")]
    return parsed
