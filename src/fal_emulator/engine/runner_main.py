"""The runner: a process that loads one app and serves it, or calls one function once.

It is executed by file path with the interpreter of the app's environment, where this package is not installed: it
imports the standard library alone, and cloudpickle only to give back a result. Annotations are never evaluated, so
that it also runs on a Python older than the control plane's. Its orders are one line of JSON on
standard input, so that neither secrets nor code show on a command line. Standard input then stays open for as long as
the control plane lives: when it ends, the runner and everything that it started end too.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import json
import os
import pickle
import signal
import socket
import sys
import threading
import traceback
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> int:
    """Read the orders, obey them, and return the exit status."""
    # The folder of this file would make the control plane's modules importable.
    del sys.path[0]
    if sys.argv[2:] == ["ahead"]:
        del sys.argv[2:]
        _load_ahead()
    line = sys.stdin.buffer.readline()
    if not line:
        return 0  # a spare process that nobody needs any more
    orders = json.loads(line)
    _die_with_the_plane()
    os.environ.update(orders["env"])
    os.chdir(orders["folder"])
    sys.path.insert(0, orders["folder"])
    result: str | None = orders.get("result")
    try:
        value = _call(orders)
    except Exception as error:
        _print_exception(error)
        if result is None:
            return 1
        _give_back(result, error, raised=True)
        return 0
    if result is not None:
        _give_back(result, value, raised=False)
    return 0


# What is around an app: this file, the bundle's loader and runtime, and the server.
_AROUND = (__file__, "<fal>/", "<string>", "/uvicorn/", "/asyncio/", "/concurrent/futures/", "/contextlib.py")


def _print_exception(error: BaseException) -> None:
    """Write a traceback that begins with the author's code, where that is in it."""
    frames = error.__traceback__
    own = frames
    while own is not None and any(part in own.tb_frame.f_code.co_filename for part in _AROUND):
        own = own.tb_next
    traceback.print_exception(type(error), error, own or frames)


def _load_ahead() -> None:
    """Load what serves most apps, where it is there, down to what their first route loads."""
    for name in ("cloudpickle", "fastapi", "pydantic.v1", "uvicorn.protocols.http.auto", "uvicorn.lifespan.on"):
        with contextlib.suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the app's own code did not ask for them
            importlib.import_module(name)


def _die_with_the_plane() -> None:
    """Keep the pipe to the plane for a watcher, and leave the app an empty standard input."""
    pipe = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)

    def watch() -> None:
        while os.read(pipe, 1024):
            pass
        _end_strays()
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, name="plane-watcher", daemon=True).start()


def _end_strays() -> None:
    """End what this runner has started in sessions of their own; the variable tells whose they are."""
    mark = b"FAL_LOCAL_RUNNER=" + os.fsencode(os.environ.get("FAL_LOCAL_RUNNER", ""))
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit() and int(name) != os.getpid():
            with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
                if mark in file.read().split(b"\0"):
                    os.kill(int(name), signal.SIGKILL)


def _call(orders: dict[str, Any]) -> Any:
    arguments: list[Any] = []
    if orders.get("setup_function"):
        arguments.append(_finish(_load(orders["setup_function"])()))
    if orders.get("entrypoint"):
        function = _resolve(orders["entrypoint"])
    else:
        function = _load(orders["function"])
    given = orders.get("arguments") or {}
    taken = _accepted(function, given)
    if "own_server" in orders and "exposed_port" not in taken:
        _stand_alone(orders["own_server"], orders["declared_port"], given["exposed_port"])
    return _finish(function(*arguments, **taken))


def _stand_alone(mark: str, declared: int | None, port: int) -> None:
    """Say that the app serves by itself, if at all, and let runners that all name one port have one each.

    A server that listens from outside of Python keeps the port that it names.
    """
    bind = socket.socket.bind

    def bind_elsewhere(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_INET and address[1] == declared:
            address = ("127.0.0.1", port)
        bind(self, address)

    if declared is not None:
        socket.socket.bind = bind_elsewhere  # type: ignore[assignment,method-assign]
    open(mark, "wb").close()


def _load(path: str) -> Callable[..., Any]:
    with open(path, "rb") as file:
        function: Callable[..., Any] = pickle.load(file)
    return function


def _resolve(entrypoint: str) -> Callable[..., Any]:
    """Import `package.module:Symbol.attribute`."""
    module, _, path = entrypoint.partition(":")
    if not module or not path:
        raise ValueError(f"entry point {entrypoint!r} is not of the form 'package.module:Symbol'")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        owner, found = found, getattr(found, name)
        # `run_local` and `build_metadata` are methods of the app: an instance is what they are called on.
        if inspect.isclass(owner) and inspect.isfunction(found) and _wants_instance(owner, name):
            found = getattr(owner(), name)
    return found  # type: ignore[no-any-return]


def _wants_instance(owner: type, name: str) -> bool:
    return not isinstance(inspect.getattr_static(owner, name), (staticmethod, classmethod))


def _accepted(function: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """Leave out the arguments that the function does not take."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return arguments
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()):
        return arguments
    return {name: value for name, value in arguments.items() if name in parameters}


def _finish(value: Any) -> Any:
    if not inspect.isawaitable(value):
        return value

    async def wait() -> Any:
        return await value

    return asyncio.run(wait())


def _give_back(path: str, value: Any, *, raised: bool) -> None:
    """Write the result: a line of JSON that says what it is, then its pickle."""
    import cloudpickle  # type: ignore[import-not-found,import-untyped,unused-ignore]

    text: dict[str, Any] = {"raised": raised}
    try:
        if raised:
            _keep_cause(value, cloudpickle.dumps)
        content = cloudpickle.dumps(value)
        if raised:
            # An exception with a constructor of its own may pickle and still not load.
            pickle.loads(content)
    except Exception as error:
        if not raised:
            value = TypeError(f"the function returned a {type(value).__name__}, which cannot be pickled: {error}")
        else:
            value = RuntimeError(f"{type(value).__name__}: {value}").with_traceback(value.__traceback__)
        raised = text["raised"] = True
        content = cloudpickle.dumps(value)
    if raised:
        text["type"] = type(value).__name__
        text["message"] = str(value)
        text["traceback"] = "".join(traceback.format_exception(type(value), value, value.__traceback__))
    with open(path + ".part", "wb") as file:
        file.write(json.dumps(text).encode() + b"\n" + content)
    os.replace(path + ".part", path)


def _keep_cause(error: BaseException, dumps: Callable[[Any], bytes]) -> None:
    """Let an exception be pickled with what caused it, as far as that can be pickled: pickle alone leaves it out."""
    cause = error.__cause__
    if cause is None:
        return
    _keep_cause(cause, dumps)
    try:
        pickle.loads(dumps(cause))
    except Exception:
        return
    # Whoever unpickles the exception sets each item of its state as an attribute.
    vars(error)["__cause__"] = cause


if __name__ == "__main__":
    sys.exit(main())
