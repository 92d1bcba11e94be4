# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.EnvironmentInfo` of the wire to EnvironmentInfo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models, wellknown

if TYPE_CHECKING:
    from datetime import datetime

    from fal._gen.models import EnvironmentInfo
    from fal._gen.proto import controller_pb2

_MODEL = models.EnvironmentInfo


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def environment_info(m: controller_pb2.EnvironmentInfo) -> EnvironmentInfo:
    return _made(
        m.name,
        description_ if (description_ := m.description) or m.HasField("description") else None,
        m.is_default,
        wellknown.moment(m.created_at),
    )


def _made(
    name: str,
    description: str | None,
    is_default: bool,
    created_at: datetime | None,
) -> EnvironmentInfo:
    _draft = _new()
    _draft.name = name
    _draft.description = description
    _draft.is_default = is_default
    _draft.created_at = created_at
    _draft.__class__ = _MODEL
    _result: EnvironmentInfo = _draft
    return _result
