# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.Secret` of the wire to ServerlessSecret."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models, wellknown

if TYPE_CHECKING:
    from datetime import datetime

    from fal._gen.models import ServerlessSecret
    from fal._gen.proto import controller_pb2

_MODEL = models.ServerlessSecret


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def serverless_secret(m: controller_pb2.Secret) -> ServerlessSecret:
    return _made(
        m.name,
        wellknown.moment(m.created_time),
        environment_name_ if (environment_name_ := m.environment_name) or m.HasField("environment_name") else None,
        default_exposed_ if (default_exposed_ := m.default_exposed) or m.HasField("default_exposed") else None,
    )


def _made(
    name: str,
    created_at: datetime | None,
    environment_name: str | None,
    default_exposed: bool | None,
) -> ServerlessSecret:
    _draft = _new()
    _draft.name = name
    _draft.created_at = created_at
    _draft.environment_name = environment_name
    _draft.default_exposed = default_exposed
    _draft.__class__ = _MODEL
    _result: ServerlessSecret = _draft
    return _result
