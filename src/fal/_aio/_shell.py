# Generated from fal.api._shell; do not edit. Regenerate with: just generate
"""Programs on runners: a part of `client.runners`."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from fal._core.outbox_async import AsyncOutbox
from fal._gen import convert
from fal.api._shell import _STDERR, ShellOutput, side
from fal.exceptions import FailedPrecondition, InvalidInput, InvalidType

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from typing import Self

    from fal._gen.proto import controller_pb2 as pb


class AsyncRunnerShell:
    """A program on a runner; made by `client.runners.shell`. The connection is made when its output is first asked for.

    Attributes:
        exit_code: The exit code of the program; None until it has ended.
    """

    def __init__(
        self,
        outbox: AsyncOutbox[pb.ShellRunnerInput],
        answers: AsyncGenerator[pb.ShellRunnerOutput, None],
        *,
        tty: bool,
    ) -> None:
        self.exit_code: int | None = None
        self._tty = tty
        self._outbox = outbox
        self._open = True
        self._answers = answers

    def __repr__(self) -> str:
        # A half-made copy has no attributes yet, but error reporters may still show it.
        return f"{type(self).__name__}(tty={vars(self).get('_tty')}, exit_code={vars(self).get('exit_code')})"

    def send(self, data: bytes) -> None:
        r"""Send bytes to the program's input without waiting for them to be read.

        Args:
            data: The bytes. In a terminal, b"\r" is the Enter key and b"\x03" is Ctrl-C.

        Raises:
            InvalidType: `data` is not bytes. A TypeError.
            FailedPrecondition: The input or the program has ended.
        """
        if not isinstance(data, bytes):
            raise InvalidType(f"data must be bytes, not {type(data).__name__}; encode the text first")
        self._put(convert.shell_runner_input(runner_id="", data=data, close=False))

    def resize(self, columns: int, rows: int) -> None:
        """Resize the program's terminal.

        Args:
            columns: Its width, in characters.
            rows: Its height, in lines.

        Raises:
            InvalidInput: A number is not from 1 to 65535, or the program has no terminal. A ValueError.
            FailedPrecondition: The input or the program has ended.
        """
        if not self._tty:
            raise InvalidInput("a program that was started with tty=False has no terminal to resize")
        size = convert.terminal_size(height=side("rows", rows), width=side("columns", columns))
        self._put(convert.shell_runner_input(runner_id="", data=b"", close=False, tty_size=size))

    def end_input(self) -> None:
        """Close the program's input. Closing it twice is harmless."""
        if self._open:
            if not self._tty:
                self._put(convert.shell_runner_input(runner_id="", data=b"", close=True))
            self._open = False
            self._outbox.close()

    async def output(self) -> AsyncGenerator[ShellOutput, None]:
        """Yield what the program writes, as it comes, until it has ended.

        Yields:
            Pieces of output.

        Raises:
            NotFound: There is no such runner.
            FalServerlessException: The platform refused the call or could not be reached.
        """
        body = aclosing(self._answers)
        try:
            async with body as arriving:
                async for answer in arriving:
                    if answer.data:
                        yield ShellOutput(answer.data, "stderr" if answer.stream == _STDERR else "stdout")
                    if answer.HasField("exit_code"):
                        self.exit_code = answer.exit_code
        finally:
            self._shut()

    async def close(self) -> None:
        """Close the connection; a program that is still running is ended."""
        self._shut()
        await self._answers.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    def _put(self, message: pb.ShellRunnerInput) -> None:
        if not self._open:
            raise FailedPrecondition("the input of the program has ended")
        self._outbox.put(message)

    def _shut(self) -> None:
        if self._open:
            self._open = False
            self._outbox.close()  # the sender waits no longer
