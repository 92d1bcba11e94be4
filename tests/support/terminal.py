"""Programs in a terminal of their own, started without a fork of this process, in which gRPC may run."""

from __future__ import annotations

import os
import pty
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pexpect import EOF
from pexpect.fdpexpect import fdspawn

from tests.support.waiting import LIMIT

if TYPE_CHECKING:
    _Expecting = fdspawn[str]
else:
    _Expecting = fdspawn

# The first terminal that the leader of a session opens becomes that session's.
_OPEN = 'terminal=$1; shift; exec "$@" <"$terminal" >"$terminal" 2>&1'


class Terminal(_Expecting):
    """A program, and what it shows: `expect`, `send` and `sendline` are pexpect's.

    Args:
        command: The program and its arguments.
        env: Its environment.
        width: The columns of the terminal, which has 40 lines.
        cwd: Where it runs.
    """

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], *, width: int = 80, cwd: Path | None = None
    ) -> None:
        here, there = pty.openpty()
        try:
            termios.tcsetwinsize(here, (40, width))
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", _OPEN, "sh", os.ttyname(there), *command],
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[there],  # so that the terminal lives until the program has opened it
                start_new_session=True,
            )
        finally:
            os.close(there)
        super().__init__(here, encoding="utf-8", timeout=LIMIT)

    def interrupt(self) -> None:
        """Type Ctrl-C."""
        self.send("\x03")

    def resize(self, lines: int, columns: int) -> None:
        termios.tcsetwinsize(self.child_fd, (lines, columns))

    def said(self) -> str:
        """Wait until the program has ended; return all that it showed since the last `expect`."""
        self.expect(EOF)
        return str(self.before)

    def exit_code(self) -> int:
        """Wait until the program has ended; return its exit code, negative that of the signal that ended it."""
        return self.process.wait(LIMIT)

    def end(self) -> None:
        """End the program if it runs, and the terminal."""
        self.process.kill()
        self.process.wait()
        self.close()
