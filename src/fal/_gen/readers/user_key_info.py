# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.UserKeyInfo` of the wire to UserKeyInfo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models, wellknown
from fal._gen.open_enum import Numbered

if TYPE_CHECKING:
    from datetime import datetime

    from fal._gen.models import KeyScope, UserKeyInfo
    from fal._gen.proto import controller_pb2

_KeyScope = Numbered(models.KeyScope)
_MODEL = models.UserKeyInfo


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def user_key_info(m: controller_pb2.UserKeyInfo) -> UserKeyInfo:
    return _made(
        m.key_id,
        wellknown.moment(m.created_at),
        _KeyScope[m.scope],
        m.alias,
    )


def _made(
    key_id: str,
    created_at: datetime | None,
    scope: KeyScope,
    alias: str,
) -> UserKeyInfo:
    _draft = _new()
    _draft.key_id = key_id
    _draft.created_at = created_at
    _draft.scope = scope
    _draft.alias = alias
    _draft.__class__ = _MODEL
    _result: UserKeyInfo = _draft
    return _result
