# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.HostedRunStatus` of the wire to HostedRunStatus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models
from fal._gen.open_enum import Numbered

if TYPE_CHECKING:
    from fal._gen.models import HostedRunState, HostedRunStatus
    from fal._gen.proto import controller_pb2

_HostedRunState = Numbered(models.HostedRunState)
_MODEL = models.HostedRunStatus


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def hosted_run_status(m: controller_pb2.HostedRunStatus) -> HostedRunStatus:
    return _made(
        _HostedRunState[m.state],
    )


def _made(
    state: HostedRunState,
) -> HostedRunStatus:
    _draft = _new()
    _draft.state = state
    _draft.__class__ = _MODEL
    _result: HostedRunStatus = _draft
    return _result
