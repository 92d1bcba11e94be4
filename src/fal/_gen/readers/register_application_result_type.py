# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.RegisterApplicationResultType` of the wire to RegisterApplicationResultType."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models

if TYPE_CHECKING:
    from fal._gen.models import RegisterApplicationResultType
    from fal._gen.proto import controller_pb2

_MODEL = models.RegisterApplicationResultType


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def register_application_result_type(m: controller_pb2.RegisterApplicationResultType) -> RegisterApplicationResultType:
    return _made(
        m.application_id,
    )


def _made(
    application_id: str,
) -> RegisterApplicationResultType:
    _draft = _new()
    _draft.application_id = application_id
    _draft.__class__ = _MODEL
    _result: RegisterApplicationResultType = _draft
    return _result
