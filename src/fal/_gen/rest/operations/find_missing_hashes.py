# Generated from spec/; do not edit. Regenerate with: just generate
"""POST /files/missing_hashes"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fal._gen.method import Operation, Policy
from fal._gen.rest import wire

_POLICY = Policy(
    deadline=300.0,
    attempt_timeout=120.0,
    idempotent=True,
    retry_on=frozenset(["429", "500", "502", "503", "504", "connect"]),
    max_attempts=3,
)


def find_missing_hashes(
    *,
    hashes: Sequence[str],
) -> Operation[list[str]]:
    """Return which of some app files are not stored yet.

    Args:
        hashes: Hashes of the files, each once.

    Returns:
        The hashes that are not stored, a part of the hashes asked about.

    Raises:
        ValueError, TypeError: A value does not fit into the request.
    """
    return Operation(
        name="find_missing_hashes",
        method="POST",
        path="/files/missing_hashes",
        policy=_POLICY,
        parse=_parse,
        json=wire.body(("hashes", wire.items("hashes", hashes))),
    )


def _parse(status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
    value = wire.load(body)
    parsed: list[str] = [wire.text(item, "find_missing_hashes") for item in wire.array(value, "find_missing_hashes")]
    return parsed
