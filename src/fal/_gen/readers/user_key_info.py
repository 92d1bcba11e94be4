# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.UserKeyInfo` of the wire to UserKeyInfo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading, wellknown
from fal._gen.open_enum import Numbered

if TYPE_CHECKING:
    from fal._gen.models import UserKeyInfo
    from fal._gen.proto import controller_pb2

_KeyScope = Numbered(models.KeyScope)
_MODEL = models.UserKeyInfo


def user_key_info(m: controller_pb2.UserKeyInfo) -> UserKeyInfo:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.UserKeyInfo) -> dict[str, Any]:
    return {
        "key_id": m.key_id,
        "created_at": wellknown.moment(m.created_at),
        "scope": _KeyScope[m.scope],
        "alias": m.alias,
    }
