# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.ListAliasRunnersRequest` of the wire."""

from __future__ import annotations

from datetime import datetime

from fal._gen import wellknown
from fal._gen.proto import controller_pb2


def list_alias_runners_request(
    *,
    alias: str,
    list_pending: bool | None = None,
    start_time: datetime | None = None,
    environment_name: str | None = None,
) -> controller_pb2.ListAliasRunnersRequest:
    return controller_pb2.ListAliasRunnersRequest(
        alias=alias,
        list_pending=list_pending,
        start_time=None if start_time is None else wellknown.to_timestamp(start_time),
        environment_name=environment_name,
    )
