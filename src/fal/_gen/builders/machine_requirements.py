# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.MachineRequirements` of the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fal._gen import wellknown
from fal._gen.proto import controller_pb2


def machine_requirements(
    *,
    machine_type: str | None = None,
    keep_alive: int | None = None,
    base_image: str | None = None,
    exposed_port: int | None = None,
    scheduler: str | None = None,
    max_multiplexing: int | None = None,
    scheduler_options: Mapping[str, Any] | None = None,
    max_concurrency: int | None = None,
    min_concurrency: int | None = None,
    machine_types: Iterable[str] | None = None,
    num_gpus: int | None = None,
    request_timeout: int | None = None,
    startup_timeout: int | None = None,
    concurrency_buffer: int | None = None,
    concurrency_buffer_perc: int | None = None,
    scaling_delay_seconds: int | None = None,
    valid_regions: Iterable[str] | None = None,
    metrics_port: int | None = None,
    request_start_timeout: int | None = None,
) -> controller_pb2.MachineRequirements:
    return controller_pb2.MachineRequirements(
        machine_type=machine_type,
        keep_alive=keep_alive,
        base_image=base_image,
        exposed_port=exposed_port,
        scheduler=scheduler,
        max_multiplexing=max_multiplexing,
        scheduler_options=None if scheduler_options is None else wellknown.to_struct(scheduler_options),
        max_concurrency=max_concurrency,
        min_concurrency=min_concurrency,
        machine_types=machine_types,
        num_gpus=num_gpus,
        request_timeout=request_timeout,
        startup_timeout=startup_timeout,
        concurrency_buffer=concurrency_buffer,
        concurrency_buffer_perc=concurrency_buffer_perc,
        scaling_delay_seconds=scaling_delay_seconds,
        valid_regions=valid_regions,
        metrics_port=metrics_port,
        request_start_timeout=request_start_timeout,
    )
