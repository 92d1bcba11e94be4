# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.UpdateApplicationRequest` of the wire."""

from __future__ import annotations

from collections.abc import Iterable

from fal._gen.proto import controller_pb2


def update_application_request(
    *,
    application_name: str,
    keep_alive: int | None = None,
    max_multiplexing: int | None = None,
    max_concurrency: int | None = None,
    min_concurrency: int | None = None,
    valid_regions: Iterable[str] | None = None,
    machine_types: Iterable[str] | None = None,
    request_timeout: int | None = None,
    startup_timeout: int | None = None,
    concurrency_buffer: int | None = None,
    concurrency_buffer_perc: int | None = None,
    scaling_delay_seconds: int | None = None,
    environment_name: str | None = None,
    request_start_timeout: int | None = None,
) -> controller_pb2.UpdateApplicationRequest:
    return controller_pb2.UpdateApplicationRequest(
        application_name=application_name,
        keep_alive=keep_alive,
        max_multiplexing=max_multiplexing,
        max_concurrency=max_concurrency,
        min_concurrency=min_concurrency,
        valid_regions=valid_regions,
        machine_types=machine_types,
        request_timeout=request_timeout,
        startup_timeout=startup_timeout,
        concurrency_buffer=concurrency_buffer,
        concurrency_buffer_perc=concurrency_buffer_perc,
        scaling_delay_seconds=scaling_delay_seconds,
        environment_name=environment_name,
        request_start_timeout=request_start_timeout,
    )
