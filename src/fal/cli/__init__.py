"""The `fal` command: it parses, calls the SDK and shows the answer.

It must start fast, so every module here imports what it needs when it needs it: `fal --version` loads nothing else.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code.

    Args:
        arguments: What follows the command's name; None takes those of this process.

    Returns:
        0 on success; docs/cli/README.md lists the other codes.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given == ["--version"] and sys.stdout is not None:
        from fal._version import __version__

        try:
            print(__version__, flush=True)
        except OSError as error:
            from fal.cli._run import lost

            return lost(error)
        return 0
    from fal.cli._run import run

    return run(given)
