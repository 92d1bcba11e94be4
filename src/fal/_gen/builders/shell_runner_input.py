# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.ShellRunnerInput` of the wire."""

from __future__ import annotations

from collections.abc import Iterable

from fal._gen.proto import controller_pb2


def shell_runner_input(
    *,
    runner_id: str,
    data: bytes,
    close: bool,
    tty_size: controller_pb2.TerminalSize | None = None,
    command: Iterable[str] | None = None,
    tty: bool | None = None,
) -> controller_pb2.ShellRunnerInput:
    return controller_pb2.ShellRunnerInput(
        runner_id=runner_id,
        data=data,
        close=close,
        tty_size=tty_size,
        command=command,
        tty=tty,
    )
