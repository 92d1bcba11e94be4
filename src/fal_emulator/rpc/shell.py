"""The RPC that talks to a program on a runner: `ShellRunner`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._gen.proto import controller_pb2 as pb

from ..engine.shell import Size
from ..model import checks
from ..model.faults import Fault, invalid
from .threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import grpc

    from ..engine.engine import Engine
    from ..engine.shell import Shell

_LARGEST = 65_535


def shell_runner(
    engine: Engine, owner: str, given: Iterator[pb.ShellRunnerInput], context: grpc.ServicerContext
) -> Iterator[pb.ShellRunnerOutput]:
    """Start a program as the first message says, hand it what follows, and stream what it writes."""
    first = next(given, None)
    if first is None:
        raise invalid("runner_id", "is empty: the call ended without a message")
    runner_id = checks.identifier("runner_id", first.runner_id)
    # Who does not say so wants what a person needs.
    terminal = first.tty if first.HasField("tty") else True
    shell = engine.shell(owner, runner_id, first.command, _size(first), terminal=terminal)
    refused: list[Fault] = []

    def hang_up() -> None:
        in_thread(shell.hang_up)  # the caller closed the connection, and gRPC waits for this function

    try:
        if not context.add_callback(hang_up):
            return
        in_thread(lambda: _type(shell, first, given, refused.append))
        for stream, data in shell.output():
            yield pb.ShellRunnerOutput(data=data, stream=None if terminal else stream)
    finally:
        shell.hang_up()
    if refused:
        raise refused[0]
    yield pb.ShellRunnerOutput(close=True, exit_code=shell.exit_code)


def _type(
    shell: Shell,
    first: pb.ShellRunnerInput,
    messages: Iterator[pb.ShellRunnerInput],
    refuse: Callable[[Fault], None],
) -> None:
    """Forward all that the caller sends; what cannot be forwarded ends the program."""
    try:
        _hand_on(shell, first)
        for message in messages:
            if message.runner_id not in ("", first.runner_id) or message.command:
                raise invalid("runner_id", "only the first message says what runs where")
            _hand_on(shell, message)
        shell.end_input()
    except Fault as fault:
        refuse(fault)
        shell.hang_up()


def _hand_on(shell: Shell, message: pb.ShellRunnerInput) -> None:
    size = _size(message)
    if size is not None:
        shell.resize(size)
    if message.data:
        shell.write(message.data)
    if message.close:
        shell.end_input()


def _size(message: pb.ShellRunnerInput) -> Size | None:
    if not message.HasField("tty_size"):
        return None
    size = Size(message.tty_size.height, message.tty_size.width)
    if not all(0 < side <= _LARGEST for side in size):
        raise invalid("tty_size", f"{size.columns} by {size.rows} is not the size of a terminal")
    return size
