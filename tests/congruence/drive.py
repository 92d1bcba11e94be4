"""Runs cases with one client and says what came of each. Runs under the interpreter of the peer, too.

    python -m tests.congruence.drive {peer,sync,async} HOME [fresh]

Each line of the standard input is the name of a case; the answer is one line of JSON. Whoever reads it starts the next case
only then, so that what a server received meanwhile belongs to the case. `fresh` runs each case in a process of its
own, forked from one that has everything loaded.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import io
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

BUILTIN = (
    ValueError,
    TypeError,
    LookupError,
    ConnectionError,
    TimeoutError,
    AttributeError,
    ImportError,
    OSError,
    RuntimeError,
)


def encode(value: Any) -> Any:
    """Return a result as JSON that tells apart what a user could tell apart."""
    if isinstance(value, Enum):
        return {"enum": type(value).__name__, "name": value.name, "value": value.value}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"type": type(value).__name__, **fields}
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"a result of type {type(value).__name__} is not expected")


def describe(error: BaseException) -> dict[str, Any]:
    """Return what a script can tell about an error: its status or built-in kind, and whose error it is."""
    code = getattr(error, "code", None)
    status = code() if callable(code) else code
    status = getattr(status, "name", status)
    kind = None if status else next((kind.__name__ for kind in BUILTIN if isinstance(error, kind)), None)
    owner = type(error).__module__.partition(".")[0]
    return {"status": status, "kind": kind, "owner": owner, "class": type(error).__name__, "message": str(error)}


@contextlib.contextmanager
def surroundings(home: Path, files: dict[str, str], environ: dict[str, str]) -> Iterator[None]:
    """Put files into the home and variables into the environment for one case."""
    before = {name: os.environ.get(name) for name in environ}
    os.environ.update(environ)
    for name, text in files.items():
        (home / name).write_text(text)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        for name in files:
            (home / name).unlink(missing_ok=True)


def run(make: Callable[..., Any], case: Any, home: Path) -> dict[str, Any]:
    """Run one case with a client of its own."""
    printed = io.StringIO()
    outcome: dict[str, Any] = {}
    with surroundings(home, case.files, case.environ), contextlib.redirect_stdout(printed):
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                client = make(**case.client)
                try:
                    outcome["returned"] = encode(case.call(client))
                finally:
                    getattr(client, "close", lambda: None)()
            except Exception as error:
                outcome["raised"] = describe(error)
    outcome["printed"] = printed.getvalue()
    outcome["warned"] = sorted({f"{each.category.__name__}: {each.message}" for each in warned})
    return outcome


@functools.cache
def factory(kind: str) -> Callable[..., Any]:
    if kind == "async":
        from tests.support.facade import Loop, async_client

        loop = Loop()
        return lambda **options: async_client(loop, **options)
    from fal.api import SyncServerlessClient

    return SyncServerlessClient


def main(kind: str, home: str, *, fresh: bool) -> None:
    # What anybody prints goes to stderr: stdout is for the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    from tests.congruence.cases import CASES

    def answer(name: str) -> None:
        print(json.dumps(run(factory(kind), CASES[name], Path(home))), file=answers, flush=True)

    if fresh:
        for name in ("cloudpickle", "fastapi", "grpc"):
            importlib.import_module(name)  # here once, rather than in each process

    for line in sys.stdin:
        if not fresh:
            answer(json.loads(line))
        elif child := os.fork():
            os.waitpid(child, 0)
        else:
            answer(json.loads(line))
            os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], fresh=sys.argv[3:] == ["fresh"])
