"""Programs on runners: a part of `client.runners`."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fal._core.outbox import Outbox
from fal._gen import convert
from fal._sentences import shown
from fal.exceptions import FailedPrecondition, InvalidInput, InvalidType

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from typing import Self

    from fal._gen.proto import controller_pb2 as pb

_STDERR = 2
_LARGEST = 65_535  # columns or rows of a terminal


@dataclass(frozen=True)
class ShellOutput:
    """A piece of what a program on a runner wrote.

    Attributes:
        data: The bytes, as they came: a piece may end in the middle of a line or of a character.
        stream: Where the program wrote them. A terminal has one stream only, "stdout".
    """

    data: bytes
    stream: Literal["stdout", "stderr"] = "stdout"


@dataclass(frozen=True)
class ExecResult:
    """How a command on a runner ended.

    Attributes:
        exit_code: Its exit code.
        stdout: What it wrote to standard output.
        stderr: What it wrote to standard error.
    """

    exit_code: int
    stdout: bytes
    stderr: bytes


class RunnerShell:
    """A program on a runner; made by `client.runners.shell`. The connection is made when its output is first asked for.

    Attributes:
        exit_code: The exit code of the program; None until it has ended.
    """

    def __init__(
        self,
        outbox: Outbox[pb.ShellRunnerInput],
        answers: Generator[pb.ShellRunnerOutput, None, None],
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

    def output(self) -> Generator[ShellOutput, None, None]:
        """Yield what the program writes, as it comes, until it has ended.

        Yields:
            Pieces of output.

        Raises:
            NotFound: There is no such runner.
            FalServerlessException: The platform refused the call or could not be reached.
        """
        body = closing(self._answers)
        try:
            with body as arriving:
                for answer in arriving:
                    if answer.data:
                        yield ShellOutput(answer.data, "stderr" if answer.stream == _STDERR else "stdout")
                    if answer.HasField("exit_code"):
                        self.exit_code = answer.exit_code
        finally:
            self._shut()

    def close(self) -> None:
        """Close the connection; a program that is still running is ended."""
        self._shut()
        self._answers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _put(self, message: pb.ShellRunnerInput) -> None:
        if not self._open:
            raise FailedPrecondition("the input of the program has ended")
        self._outbox.put(message)

    def _shut(self) -> None:
        if self._open:
            self._open = False
            self._outbox.close()  # the sender waits no longer


def first_messages(
    runner_id: str, command: Sequence[str] | None, *, tty: bool, columns: int | None, rows: int | None
) -> list[pb.ShellRunnerInput]:
    """Return what a shell begins with.

    Raises:
        InvalidInput: An argument is malformed.
    """
    if (columns is None) != (rows is None):
        raise InvalidInput("columns and rows belong together; pass both or neither")
    messages = [
        convert.shell_runner_input(
            runner_id=runner_id, data=b"", close=False, command=None if command is None else words(command), tty=tty
        )
    ]
    if columns is not None:
        if not tty:
            raise InvalidInput(
                "columns and rows are the size of a terminal, and tty=False asks for none; leave them out"
            )
        size = convert.terminal_size(height=side("rows", rows), width=side("columns", columns))
        messages.append(convert.shell_runner_input(runner_id="", data=b"", close=False, tty_size=size))
    return messages


def words(command: object) -> list[str]:
    """Return a command as its words.

    Raises:
        InvalidInput: It is empty, or one of its words cannot be passed to a program.
    """
    if isinstance(command, str | bytes) or not isinstance(command, list | tuple):
        raise InvalidType('command must be a list of words, e.g. ["ls", "-la"]; for a line, ["sh", "-c", LINE]')
    if not command:
        raise InvalidInput('command is empty; pass a list of words, e.g. ["ls", "-la"]')
    for word in command:
        if not isinstance(word, str):
            raise InvalidType(f"each word of command must be a str, not {type(word).__name__}")
        if "\0" in word or (not word.isprintable() and any(0xD800 <= ord(each) < 0xE000 for each in word)):
            raise InvalidInput(
                "a word of command contains a NUL character or a surrogate, which cannot be passed to a program"
            )
    return list(command)


def side(argument: str, value: object) -> int:
    """Return the width or height of a terminal.

    Raises:
        InvalidInput: It is not from 1 to 65535.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidType(f"{argument} must be an int, not {type(value).__name__}")
    if not 1 <= value <= _LARGEST:
        raise InvalidInput(f"{argument}={shown(value)} is not from 1 to {_LARGEST}")
    return value
