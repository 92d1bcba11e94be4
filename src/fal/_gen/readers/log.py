# Generated from spec/; do not edit. Regenerate with: just generate
"""From `Log` of the wire to Log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading, wellknown
from fal._gen.open_enum import Numbered

if TYPE_CHECKING:
    from fal._gen.models import Log
    from fal._gen.proto import common_pb2

_LogLevel = Numbered(models.LogLevel)
_LogSource = Numbered(models.LogSource)
_MODEL = models.Log


def log(m: common_pb2.Log) -> Log:
    return reading.made(_MODEL, _values(m))


def _values(m: common_pb2.Log) -> dict[str, Any]:
    return {
        "message": m.message,
        "level": _LogLevel[m.level],
        "source": _LogSource[m.source],
        "timestamp": wellknown.moment(m.timestamp),
    }
