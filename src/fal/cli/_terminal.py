"""This terminal, connected to a program on a runner: keys go there as they are typed, what it draws comes back."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from fal.exceptions import FailedPrecondition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fal.api import RunnerShell
    from fal.cli._screen import Screen

_AT_ONCE = 4096  # bytes
_CTRL_C = b"\x03"


def attach(shell: RunnerShell, screen: Screen) -> None:
    """Work with a program until it ends."""
    with _keys_for(shell) if sys.stdin.isatty() else ExitStack():
        threading.Thread(target=_type, args=[shell], name="keyboard", daemon=True).start()
        show(shell, screen)


def show(shell: RunnerShell, screen: Screen) -> None:
    """Write what a program writes until it ends, each stream to its own."""
    for piece in shell.output():
        stream: Any = screen.err if piece.stream == "stderr" else screen.out
        if hasattr(stream, "buffer"):
            stream.buffer.write(piece.data)
        elif stream is not None:
            stream.write(piece.data.decode(errors="replace"))
        if stream is not None:
            stream.flush()


def size() -> tuple[int, int] | tuple[None, None]:
    """Return columns and rows of this terminal, None for both when there is none."""
    return tuple(shutil.get_terminal_size()) if sys.stdin.isatty() else (None, None)  # type: ignore[return-value] # two


def _type(shell: RunnerShell) -> None:
    """Send what comes from standard input, until it or the program ends."""
    keyboard = cast("Any", sys.stdin.buffer).raw  # unlike the buffer, it locks nothing while it waits
    with suppress(FailedPrecondition):  # the program has ended
        while data := keyboard.read(_AT_ONCE):
            # Windows ends a line with two characters, which a terminal takes for two lines.
            shell.send(data.replace(b"\r\n", b"\n") if sys.platform == "win32" else data)
        shell.end_input()


@contextmanager
def _keys_for(shell: RunnerShell) -> Iterator[None]:
    """Hand keys on as they are typed, Ctrl-C included, and the size whenever it changes; put everything back at the end."""
    if sys.platform == "win32":
        # Lines are handed on there, and Ctrl-C, which comes as a signal.
        with _when(signal.SIGINT, lambda: shell.send(_CTRL_C)):
            yield
    else:
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)

        def take() -> None:
            tty.setraw(descriptor, termios.TCSADRAIN)
            columns, rows = size()
            if columns and rows:
                shell.resize(columns, rows)

        with ExitStack() as stack:
            stack.callback(termios.tcsetattr, descriptor, termios.TCSADRAIN, before)
            for number in (signal.SIGWINCH, signal.SIGCONT):
                stack.enter_context(_when(number, take))
            for number in (signal.SIGTERM, signal.SIGHUP):
                # The terminal must be put back first, which Python's own answer to them would leave out.
                stack.enter_context(_when(number, partial(sys.exit, 128 + number)))
            tty.setraw(descriptor, termios.TCSADRAIN)
            yield


@contextmanager
def _when(number: signal.Signals, do: Callable[[], None]) -> Iterator[None]:
    """Do something when a signal comes; after the program has ended, nothing."""

    def handle(*_: object) -> None:
        with suppress(FailedPrecondition):
            do()

    before = signal.signal(number, handle)
    try:
        yield
    finally:
        signal.signal(number, before)
