"""Load a bundle once, where nothing of the author's is at hand, before anything is sent."""

from __future__ import annotations

import os
import pickletools
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ..errors import AppDefinitionError

_LOAD = """
import pickle, sys
sys.path[:] = {path!r}
print("started", flush=True)
answer, sys.stdout = sys.stdout, sys.stderr
try:
    pickle.loads(sys.stdin.buffer.read())
except Exception as error:
    print(type(error).__name__, error, sep=": ", file=answer)
    raise
"""
SECONDS = 300


@contextmanager
def verified(name: str, bundle: bytes, away: Iterable[Path]) -> Iterator[None]:
    """Load a bundle in a process of its own while the block runs.

    Args:
        name: The app, for the error.
        bundle: What `pack.dump` made.
        away: Folders that do not exist on a runner.

    Raises:
        AppDefinitionError: It cannot be loaded there.
    """
    process = _loading(bundle, away)
    if process is None:
        yield
        return
    try:
        yield
        out, errors = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise AppDefinitionError(
            f"{name} does not load within {SECONDS} s, so it would not load on a runner either"
        ) from None
    finally:
        with process:
            process.kill()  # which does nothing to one that has ended
    if process.returncode and out:
        _, _, raised = out.decode("utf-8", "replace").partition("\n")
        output = errors.decode("utf-8", "replace").strip().splitlines()
        fault = raised.strip() or (output[-1] if output else f"the process ended with {process.returncode}")
        raise AppDefinitionError(f"{name} cannot be loaded on a runner: {fault}; create such objects in setup()")


def _loading(bundle: bytes, away: Iterable[Path]) -> subprocess.Popen[bytes] | None:
    """Start the process that loads a bundle; None when this Python cannot be started once more."""
    if not sys.executable:
        return None  # it is part of another program
    hidden = {os.path.realpath(folder) for folder in away}
    path = [entry for entry in sys.path if entry and os.path.realpath(entry) not in hidden]
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _LOAD.format(path=path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "IS_ISOLATE_AGENT": "1"},
            cwd=os.path.dirname(os.path.realpath(sys.executable)),
        )
    except OSError:
        return None
    pipe, process.stdin = process.stdin, None
    threading.Thread(target=_feed, args=(pipe, bundle), daemon=True).start()  # it has to start before it reads
    return process


def _feed(pipe: IO[bytes], bundle: bytes) -> None:
    with suppress(OSError), pipe:  # when it ends before it has read all
        pipe.write(bundle)


def by_name(payload: bytes, module: str) -> list[str]:
    """Return the names in `module` that a pickle only refers to: there is no such module on a runner."""
    names: dict[str, None] = {}
    memo: list[str | None] = []
    before, last = None, None  # what was pushed last
    for opcode, argument, _ in pickletools.genops(payload):
        if opcode.name == "MEMOIZE":
            memo.append(last)
            continue
        if opcode.name == "STACK_GLOBAL" and before == module and last is not None:
            names[last] = None
        before = last
        if opcode.name in ("BINGET", "LONG_BINGET"):
            last = memo[int(argument or 0)]
        else:
            last = argument if isinstance(argument, str) else None
    return list(names)
