# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.ApplicationInfo` of the wire to ApplicationInfo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading, wellknown

if TYPE_CHECKING:
    from fal._gen.models import ApplicationInfo
    from fal._gen.proto import controller_pb2

_MODEL = models.ApplicationInfo


def application_info(m: controller_pb2.ApplicationInfo) -> ApplicationInfo:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.ApplicationInfo) -> dict[str, Any]:
    return {
        "application_id": m.application_id,
        "keep_alive": m.keep_alive,
        "max_concurrency": m.max_concurrency,
        "max_multiplexing": m.max_multiplexing,
        "active_runners": m.active_runners,
        "min_concurrency": m.min_concurrency,
        "concurrency_buffer": concurrency_buffer_
        if (concurrency_buffer_ := m.concurrency_buffer) or m.HasField("concurrency_buffer")
        else None,
        "concurrency_buffer_perc": concurrency_buffer_perc_
        if (concurrency_buffer_perc_ := m.concurrency_buffer_perc) or m.HasField("concurrency_buffer_perc")
        else None,
        "scaling_delay": scaling_delay_seconds_
        if (scaling_delay_seconds_ := m.scaling_delay_seconds) or m.HasField("scaling_delay_seconds")
        else None,
        "machine_types": list(m.machine_types),
        "request_timeout": request_timeout_
        if (request_timeout_ := m.request_timeout) or m.HasField("request_timeout")
        else None,
        "startup_timeout": startup_timeout_
        if (startup_timeout_ := m.startup_timeout) or m.HasField("startup_timeout")
        else None,
        "valid_regions": list(m.valid_regions),
        "created_at": wellknown.moment(m.created_at),
        "environment_name": environment_name_
        if (environment_name_ := m.environment_name) or m.HasField("environment_name")
        else None,
        "request_start_timeout": request_start_timeout_
        if (request_start_timeout_ := m.request_start_timeout) or m.HasField("request_start_timeout")
        else None,
    }
