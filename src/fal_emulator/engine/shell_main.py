"""Becomes an interactive program: `python shell_main.py PROGRAM [ARGUMENT ...]`."""

import os
import sys

_NOT_EXECUTABLE, _NOT_FOUND = 126, 127  # what shells say


def main(words: list[str]) -> int:
    """Take the terminal, if there is one, and become the program; return only when it cannot be run."""
    if os.isatty(0):
        import fcntl
        import termios

        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    try:
        os.execvp(words[0], words)
    except OSError as error:
        sys.stderr.write(f"{words[0]}: {error.strerror}\n")
        return _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
