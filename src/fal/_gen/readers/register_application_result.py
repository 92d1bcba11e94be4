# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.RegisterApplicationResult` of the wire to RegisterApplicationResult."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models

if TYPE_CHECKING:
    from fal._gen.models import Log, RegisterApplicationResult, RegisterApplicationResultType, ServiceURLs
    from fal._gen.proto import controller_pb2

_MODEL = models.RegisterApplicationResult


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def register_application_result(m: controller_pb2.RegisterApplicationResult) -> RegisterApplicationResult:
    return _made(
        register_application_result_type(m.result) if m.HasField("result") else None,
        [log(v) for v in m.logs],
        service_urls(m.service_urls) if m.HasField("service_urls") else None,
        env_id_ if (env_id_ := m.env_id) or m.HasField("env_id") else None,
    )


def _made(
    result: RegisterApplicationResultType | None,
    logs: list[Log],
    service_urls: ServiceURLs | None,
    env_id: str | None,
) -> RegisterApplicationResult:
    _draft = _new()
    _draft.result = result
    _draft.logs = logs
    _draft.service_urls = service_urls
    _draft.env_id = env_id
    _draft.__class__ = _MODEL
    _result: RegisterApplicationResult = _draft
    return _result


# Last, since messages may hold each other in a circle.
from fal._gen.readers.log import log  # noqa: E402
from fal._gen.readers.register_application_result_type import register_application_result_type  # noqa: E402
from fal._gen.readers.service_urls import service_urls  # noqa: E402
