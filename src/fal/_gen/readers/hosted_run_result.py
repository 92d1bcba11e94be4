# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.HostedRunResult` of the wire to HostedRunResult."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models

if TYPE_CHECKING:
    from fal._gen.models import HostedRunResult, HostedRunStatus, Log, ServiceURLs
    from fal._gen.proto import controller_pb2

_MODEL = models.HostedRunResult


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def hosted_run_result(m: controller_pb2.HostedRunResult) -> HostedRunResult:
    return _made(
        m.run_id,
        hosted_run_status(m.status) if m.HasField("status") else None,
        [log(v) for v in m.logs],
        service_urls(m.service_urls) if m.HasField("service_urls") else None,
        env_id_ if (env_id_ := m.env_id) or m.HasField("env_id") else None,
    )


def _made(
    run_id: str,
    status: HostedRunStatus | None,
    logs: list[Log],
    service_urls: ServiceURLs | None,
    env_id: str | None,
) -> HostedRunResult:
    _draft = _new()
    _draft.run_id = run_id
    _draft.status = status
    _draft.logs = logs
    _draft.service_urls = service_urls
    _draft.env_id = env_id
    _draft.__class__ = _MODEL
    _result: HostedRunResult = _draft
    return _result


# Last, since messages may hold each other in a circle.
from fal._gen.readers.hosted_run_status import hosted_run_status  # noqa: E402
from fal._gen.readers.log import log  # noqa: E402
from fal._gen.readers.service_urls import service_urls  # noqa: E402
