# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.ApplicationInfo` of the wire to ApplicationInfo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models, wellknown

if TYPE_CHECKING:
    from datetime import datetime

    from fal._gen.models import ApplicationInfo
    from fal._gen.proto import controller_pb2

_MODEL = models.ApplicationInfo


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def application_info(m: controller_pb2.ApplicationInfo) -> ApplicationInfo:
    return _made(
        m.application_id,
        m.keep_alive,
        m.max_concurrency,
        m.max_multiplexing,
        m.active_runners,
        m.min_concurrency,
        concurrency_buffer_
        if (concurrency_buffer_ := m.concurrency_buffer) or m.HasField("concurrency_buffer")
        else None,
        concurrency_buffer_perc_
        if (concurrency_buffer_perc_ := m.concurrency_buffer_perc) or m.HasField("concurrency_buffer_perc")
        else None,
        scaling_delay_seconds_
        if (scaling_delay_seconds_ := m.scaling_delay_seconds) or m.HasField("scaling_delay_seconds")
        else None,
        list(m.machine_types),
        request_timeout_ if (request_timeout_ := m.request_timeout) or m.HasField("request_timeout") else None,
        startup_timeout_ if (startup_timeout_ := m.startup_timeout) or m.HasField("startup_timeout") else None,
        list(m.valid_regions),
        wellknown.moment(m.created_at),
        environment_name_ if (environment_name_ := m.environment_name) or m.HasField("environment_name") else None,
        request_start_timeout_
        if (request_start_timeout_ := m.request_start_timeout) or m.HasField("request_start_timeout")
        else None,
    )


def _made(
    application_id: str,
    keep_alive: int,
    max_concurrency: int,
    max_multiplexing: int,
    active_runners: int,
    min_concurrency: int,
    concurrency_buffer: int | None,
    concurrency_buffer_perc: int | None,
    scaling_delay: int | None,
    machine_types: list[str],
    request_timeout: int | None,
    startup_timeout: int | None,
    valid_regions: list[str],
    created_at: datetime | None,
    environment_name: str | None,
    request_start_timeout: int | None,
) -> ApplicationInfo:
    _draft = _new()
    _draft.application_id = application_id
    _draft.keep_alive = keep_alive
    _draft.max_concurrency = max_concurrency
    _draft.max_multiplexing = max_multiplexing
    _draft.active_runners = active_runners
    _draft.min_concurrency = min_concurrency
    _draft.concurrency_buffer = concurrency_buffer
    _draft.concurrency_buffer_perc = concurrency_buffer_perc
    _draft.scaling_delay = scaling_delay
    _draft.machine_types = machine_types
    _draft.request_timeout = request_timeout
    _draft.startup_timeout = startup_timeout
    _draft.valid_regions = valid_regions
    _draft.created_at = created_at
    _draft.environment_name = environment_name
    _draft.request_start_timeout = request_start_timeout
    _draft.__class__ = _MODEL
    _result: ApplicationInfo = _draft
    return _result
