"""Load a bundle once, where nothing of the author's is at hand, before anything is sent."""

from __future__ import annotations

import json
import os
import pickletools
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ..errors import AppDefinitionError

_LOAD = """
import json, os, pickle, sys
sys.path[:] = {path!r}
answers, sys.stdout = sys.stdout, sys.stderr
if {early!r}:
    try:
        import fastapi.middleware.cors, fastapi.openapi.utils
    except Exception:
        pass  # describing the endpoints says what is missing
environment, describe = json.loads(sys.stdin.buffer.readline())
print("started", file=answers, flush=True)
os.environ.clear()
os.environ.update(environment)
app = pickle.loads(sys.stdin.buffer.read())
print("loaded", file=answers, flush=True)
if describe and hasattr(app, "openapi"):
    print(json.dumps(app.openapi()), file=answers, flush=True)
"""
SECONDS = 300


class Rehearsal:
    """A process that loads a bundle as a runner does, and says what its endpoints take and answer.

    Args:
        away: Folders that do not exist on a runner.
        early: Whether to load what serves apps while the bundle is still being made.
    """

    def __init__(self, away: Iterable[Path], *, early: bool = False) -> None:
        self._away = {os.path.realpath(folder) for folder in away}
        self._path = self._path_there()
        self._process = _started(self._path, early=early)
        self._output: tuple[list[str], list[str]] | None = None

    def load(self, bundle: bytes, *, describe: bool = False) -> None:
        """Begin to load what `pack.dump` made, and then to describe its endpoints, if asked to."""
        if self._path != self._path_there():  # the author's file has modules looked for elsewhere
            self.close()
            self._process = _started(self._path_there(), early=False)
        if self._process is not None:
            pipe, self._process.stdin = self._process.stdin, None
            orders = {**os.environ, "IS_ISOLATE_AGENT": "1"}, describe
            content = json.dumps(orders).encode() + b"\n" + bundle
            threading.Thread(target=_feed, args=(pipe, content), daemon=True).start()  # it has to start before it reads

    def openapi(self, name: str) -> dict[str, Any] | None:
        """Return the description of the endpoints, or None where the process does not get to tell it; `name` is the app's."""
        output, _ = self._wait(name)
        try:
            openapi = json.loads(output[-1]) if output else None
        except ValueError:
            return None
        return openapi if isinstance(openapi, dict) else None

    def check(self, name: str) -> None:
        """Make sure that the bundle was loaded; `name` is the app's, for the error.

        Raises:
            AppDefinitionError: It cannot be loaded there.
        """
        output, errors = self._wait(name)
        if "started" in output and "loaded" not in output:
            fault = errors[-1] if errors else "the process ended"
            raise AppDefinitionError(f"{name} cannot be loaded on a runner: {fault}; create such objects in setup()")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            with self._process:
                self._process.kill()  # which does nothing to one that has ended

    def _wait(self, name: str) -> tuple[list[str], list[str]]:
        if self._output is None and self._process is not None:
            try:
                out, errors = self._process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                raise AppDefinitionError(
                    f"{name} does not load within {SECONDS} s, so it would not load on a runner either"
                ) from None
            self._output = (
                out.decode("utf-8", "replace").splitlines(),
                errors.decode("utf-8", "replace").strip().splitlines(),
            )
        return self._output or ([], [])

    def _path_there(self) -> list[str]:
        return [entry for entry in sys.path if entry and os.path.realpath(entry) not in self._away]


@contextmanager
def rehearsal(away: Iterable[Path], *, early: bool = False) -> Iterator[Rehearsal]:
    """Start the process that will load a bundle; it ends with the block. The arguments are those of `Rehearsal`."""
    process = Rehearsal(away, early=early)
    try:
        yield process
    finally:
        process.close()


def _started(path: list[str], *, early: bool) -> subprocess.Popen[bytes] | None:
    """Start the process; None when this Python cannot be started once more."""
    if not sys.executable:
        return None  # it is part of another program
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-c", _LOAD.format(path=path, early=early)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=os.path.dirname(os.path.realpath(sys.executable)),
        )
    except OSError:
        return None


def _feed(pipe: IO[bytes], content: bytes) -> None:
    with suppress(OSError), pipe:  # when it ends before it has read all
        pipe.write(content)


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
