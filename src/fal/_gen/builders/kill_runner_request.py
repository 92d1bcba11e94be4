# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.KillRunnerRequest` of the wire."""

from __future__ import annotations

from fal._gen.proto import controller_pb2


def kill_runner_request(
    *,
    runner_id: str,
) -> controller_pb2.KillRunnerRequest:
    return controller_pb2.KillRunnerRequest(
        runner_id=runner_id,
    )
