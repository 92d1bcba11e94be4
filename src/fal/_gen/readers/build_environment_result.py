# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.BuildEnvironmentResult` of the wire to BuildEnvironmentResult."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models

if TYPE_CHECKING:
    from fal._gen.models import BuildEnvironmentResult, HostedRunStatus, Log
    from fal._gen.proto import controller_pb2

_MODEL = models.BuildEnvironmentResult


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def build_environment_result(m: controller_pb2.BuildEnvironmentResult) -> BuildEnvironmentResult:
    return _made(
        m.env_id,
        hosted_run_status(m.status) if m.HasField("status") else None,
        [log(v) for v in m.logs],
    )


def _made(
    env_id: str,
    status: HostedRunStatus | None,
    logs: list[Log],
) -> BuildEnvironmentResult:
    _draft = _new()
    _draft.env_id = env_id
    _draft.status = status
    _draft.logs = logs
    _draft.__class__ = _MODEL
    _result: BuildEnvironmentResult = _draft
    return _result


# Last, since messages may hold each other in a circle.
from fal._gen.readers.hosted_run_status import hosted_run_status  # noqa: E402
from fal._gen.readers.log import log  # noqa: E402
