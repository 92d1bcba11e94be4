# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `Log` of the wire to Log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models, wellknown
from fal._gen.bases import LogLine
from fal._gen.open_enum import Numbered

if TYPE_CHECKING:
    from datetime import datetime

    from fal._gen.models import Log, LogLevel, LogSource
    from fal._gen.proto import common_pb2

_LogLevel = Numbered(models.LogLevel)
_LogSource = Numbered(models.LogSource)
_MODEL = models.Log


class _Draft(LogLine):
    pass


_new: Callable[[], Any] = _Draft


def log(m: common_pb2.Log) -> Log:
    return _made(
        m.message,
        _LogLevel[m.level],
        _LogSource[m.source],
        wellknown.moment(m.timestamp),
    )


def _made(
    message: str,
    level: LogLevel,
    source: LogSource,
    timestamp: datetime | None,
) -> Log:
    _draft = _new()
    _draft.message = message
    _draft.level = level
    _draft.source = source
    _draft.timestamp = timestamp
    _draft.__class__ = _MODEL
    _result: Log = _draft
    return _result
