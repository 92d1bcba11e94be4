# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.StopRunnerRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def stop_runner_request(
    *,
    runner_id: str,
    replace_first: bool,
) -> controller_pb2.StopRunnerRequest:
    return controller_pb2.StopRunnerRequest(
        runner_id=runner_id,
        replace_first=replace_first,
    )
