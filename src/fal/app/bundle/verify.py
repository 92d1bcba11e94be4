"""Load a bundle once, where nothing of the author's is at hand, before anything is sent."""

from __future__ import annotations

import os
import pickletools
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from ..errors import AppDefinitionError

_LOAD = """
import pickle, sys
sys.path[:] = {path!r}
print("started", flush=True)
sys.stdout = sys.stderr
pickle.loads(sys.stdin.buffer.read())
"""
SECONDS = 300


def verify(name: str, bundle: bytes, away: Iterable[Path]) -> None:
    """Load a bundle in a process of its own.

    Args:
        name: The app, for the error.
        bundle: What `pack.dump` made.
        away: Folders that do not exist on a runner.

    Raises:
        AppDefinitionError: It cannot be loaded there.
    """
    if not sys.executable:
        return  # this Python is part of another program, and cannot be started once more; nor can one that is not ours
    hidden = {os.path.realpath(folder) for folder in away}
    path = [entry for entry in sys.path if entry and os.path.realpath(entry) not in hidden]
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _LOAD.format(path=path)],
            input=bundle,
            capture_output=True,
            env={**os.environ, "IS_ISOLATE_AGENT": "1"},
            cwd=os.path.dirname(os.path.realpath(sys.executable)),
            timeout=SECONDS,
            check=False,
        )
    except OSError:
        return
    except subprocess.TimeoutExpired:
        raise AppDefinitionError(f"{name} does not load within {SECONDS} s, and would not on a runner") from None
    if done.returncode and done.stdout:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        fault = said[-1] if said else f"the process ended with {done.returncode}"
        raise AppDefinitionError(f"{name} cannot be loaded on a runner: {fault}; create such objects in setup()")


def by_name(payload: bytes, module: str) -> list[str]:
    """Return the names in `module` that a pickle only refers to: there is no such module on a runner."""
    found: dict[str, None] = {}
    memo: list[str | None] = []
    before, last = None, None  # what was pushed last
    for opcode, argument, _ in pickletools.genops(payload):
        if opcode.name == "MEMOIZE":
            memo.append(last)
            continue
        if opcode.name == "STACK_GLOBAL" and before == module and last is not None:
            found[last] = None
        before = last
        if opcode.name in ("BINGET", "LONG_BINGET"):
            last = memo[int(argument or 0)]
        else:
            last = argument if isinstance(argument, str) else None
    return list(found)
