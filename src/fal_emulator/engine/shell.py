"""An interactive program beside an app, behind a terminal or pipes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..model.faults import invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MAIN = Path(__file__).parent / "shell_main.py"
_TERM = "xterm-256color"
_END_OF_INPUT = b"\x04"  # what a terminal takes for it
_AT_ONCE = 64 * 1024
_STDOUT, _STDERR = 1, 2
_AGAIN = 0.2  # seconds
_LAST_WORDS = 1.0  # seconds; as long as something that it started holds its output
_GRACE = 2.0  # seconds that it has to end when nobody listens any more


class Size(NamedTuple):
    """The size of a terminal, in characters."""

    rows: int
    columns: int


_USUAL_SIZE = Size(24, 80)


class Shell:
    """A program from its start to its end. Its methods may be called from any thread; one reads `output`.

    Args:
        command: The program and its arguments; none is a shell.
        folder: Where it starts.
        variables: Its environment variables.
        size: The size of its terminal.
        terminal: Whether it has one.

    Raises:
        Fault: The command cannot be passed to a program.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        variables: Mapping[str, str],
        size: Size | None,
        *,
        terminal: bool,
    ) -> None:
        self.exit_code = 0
        self._terminal = terminal
        self._is_over = False  # the input of the terminal
        self._lock = threading.Lock()  # around the input
        self._ended, when_it_ends = os.pipe()
        if terminal:
            self._input, end = pty.openpty()
            stdin = stdout = stderr = end
            self._outputs = {self._input: _STDOUT}  # descriptor -> which stream it is
            self.resize(size or _USUAL_SIZE)
        else:
            stdin, self._input = os.pipe()
            (out, stdout), (err, stderr) = os.pipe(), os.pipe()
            self._outputs = {out: _STDOUT, err: _STDERR}
        os.set_blocking(self._input, False)  # a program that does not read must not block the writer
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-IS", str(_MAIN), *(command or _shell())],
                cwd=folder,
                env={**variables, "TERM": _TERM} if terminal else variables,
                start_new_session=True,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
            )
        except (OSError, ValueError) as error:
            os.close(when_it_ends)
            self._close()
            raise invalid("command", f"cannot be passed to a program: {error}") from None
        finally:
            for end in {stdin, stdout, stderr}:
                os.close(end)
        threading.Thread(target=self._wait, args=[when_it_ends], name="shell", daemon=True).start()

    def write(self, data: bytes) -> None:
        """Write to the input of the program. It blocks while the program does not read; input after its end is dropped."""
        with self._lock, contextlib.suppress(OSError), selectors.DefaultSelector() as ready:
            if self._input < 0:
                return
            ready.register(self._input, selectors.EVENT_WRITE)
            ready.register(self._ended, selectors.EVENT_READ)
            while data and all(key.fd != self._ended for key, _ in ready.select()):
                with contextlib.suppress(BlockingIOError):
                    data = data[os.write(self._input, data) :]

    def resize(self, size: Size) -> None:
        """Resize the terminal; the program gets a signal."""
        with contextlib.suppress(OSError):
            fcntl.ioctl(self._input, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.columns, 0, 0))

    def end_input(self) -> None:
        """End the input of the program."""
        if not self._terminal:
            with self._lock:
                self._drop_input()
        elif not self._is_over:
            self._is_over = True
            threading.Thread(target=self._end_input, name="shell input", daemon=True).start()

    def output(self) -> Iterator[tuple[int, bytes]]:
        """Yield what the program writes with its stream, 1 or 2, until it has ended; `exit_code` is known then."""
        try:
            with selectors.DefaultSelector() as ready:
                for descriptor in (*self._outputs, self._ended):
                    ready.register(descriptor, selectors.EVENT_READ)
                yield from self._read(ready)
            self._process.wait()
            status = self._process.returncode
            # As shells say it of what a signal ended.
            self.exit_code = status if status >= 0 else 128 - status
        finally:
            self.hang_up()
            self._close()

    def hang_up(self) -> None:
        """End the program, as the end of a connection does."""
        if self._process.poll() is not None:
            return
        self._signal(signal.SIGHUP)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _read(self, ready: selectors.BaseSelector) -> Iterator[tuple[int, bytes]]:
        left = dict(self._outputs)
        limit: float | None = None
        while left:
            events = ready.select(None if limit is None else max(0.0, limit - time.monotonic()))
            if not events and limit is not None:
                return
            for key, _ in events:
                if key.fd == self._ended:
                    ready.unregister(key.fd)
                    limit = time.monotonic() + _LAST_WORDS
                    continue
                try:
                    data = os.read(key.fd, _AT_ONCE)
                except BlockingIOError:
                    continue
                except OSError:
                    data = b""  # a terminal that no program holds any more
                if data:
                    yield left[key.fd], data
                else:
                    ready.unregister(key.fd)
                    del left[key.fd]

    def _end_input(self) -> None:
        # Sent once, it would be lost on a program that is just starting, and end only one of several that read in turn.
        while self._process.poll() is None:
            self.write(_END_OF_INPUT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_AGAIN)

    def _wait(self, when_it_ends: int) -> None:
        self._process.wait()
        os.close(when_it_ends)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _drop_input(self) -> None:
        if self._input >= 0 and self._input not in self._outputs:
            os.close(self._input)
        self._input = -1

    def _close(self) -> None:
        with self._lock:
            self._drop_input()
            for descriptor in (*self._outputs, self._ended):
                os.close(descriptor)
            self._outputs = {}


def _shell() -> list[str]:
    return [shutil.which("bash") or "/bin/sh"]
