"""The runner: a process that loads one app and serves it, or calls one function once.

It is executed by file path with the interpreter of the app's environment, where this package is not installed: it
imports the standard library alone, and cloudpickle only to give back a result. Annotations are never evaluated, so
that it also runs on a Python older than the control plane's. Its orders are one line of JSON on
standard input, so that neither secrets nor code show on a command line. Standard input then stays open for as long as
the control plane lives: when it ends, the runner and everything that it started end too. Each further line on it is
echoed on both outputs, which tells the plane that it has read all that was said before.

What is said while a request is worked on travels in frames that name the request; `output.py` reads them.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import importlib
import importlib.machinery
import inspect
import io
import json
import logging
import os
import pickle
import select
import signal
import socket
import sys
import threading
import traceback
import warnings
from contextvars import ContextVar
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
        return 0  # a warm process that is no longer needed
    orders = json.loads(line)
    os.environ.update(orders["env"])
    if orders["folder"] is not None:  # a container has a folder of its own, and the volume
        _show_volume(orders["folder"], tell=orders.get("tell_volume", False))  # before there is a second thread
        os.chdir(orders["folder"])
    _follow_the_plane(orders["frame"].encode())
    sys.path.insert(0, os.getcwd())
    if "own_server" in orders:
        _frame_output(orders["frame"].encode(), orders["checker"].encode())
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


# The frames around an app: this file, the bundle's loader and runtime, and the server.
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


DATA = "/data"
_VOLUME = "FAL_LOCAL_VOLUME"
# Of <sched.h> and <sys/mount.h>.
_NEW_MOUNTS, _NEW_USER = 0x0002_0000, 0x1000_0000
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 0x4_0000


def _show_volume(folder: str, *, tell: bool) -> None:
    """Show the data volume at /data, where this machine allows it; else only its variable names it."""
    volume = os.environ.get(_VOLUME)
    if volume is None:
        return
    try:
        _mount(volume, os.path.join(folder, "root"))
    except (OSError, AttributeError) as error:  # there are no mount namespaces on other systems
        if tell:
            print(f"The data volume cannot be mounted at {DATA} here ({error}): {_VOLUME} names its folder", flush=True)
        return
    for name, value in os.environ.items():
        if name in (_VOLUME, "HF_HOME") and (value + "/").startswith(volume + "/"):
            os.environ[name] = DATA + value[len(volume) :]


def _mount(volume: str, root: str) -> None:
    """Mount a folder at /data for this process and its children alone, without making /data on this machine."""
    os.makedirs(volume, 0o700, exist_ok=True)
    user, group = os.getuid(), os.getgid()
    try:
        _system("unshare", _NEW_MOUNTS)
    except OSError:  # only root may, outside of a user namespace
        _system("unshare", _NEW_MOUNTS | _NEW_USER)
        for file, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{file}", "w") as own:
                own.write(text)
    _system("mount", None, b"/", None, _RECURSIVE | _PRIVATE, None)
    if os.path.isdir(DATA):
        _bind(volume, DATA)
        return
    os.mkdir(root, 0o700)
    _system("mount", b"tmpfs", root.encode(), b"tmpfs", 0, b"mode=755")
    for name in os.listdir("/"):
        source, target = f"/{name}", f"{root}/{name}"
        if os.path.islink(source):
            os.symlink(os.readlink(source), target)
            continue
        if os.path.isdir(source):
            os.mkdir(target)
        else:
            os.close(os.open(target, os.O_CREAT, 0o600))
        _bind(source, target)
    os.mkdir(root + DATA)
    _bind(volume, root + DATA)
    os.chroot(root)


def _bind(source: str, target: str) -> None:
    _system("mount", os.fsencode(source), os.fsencode(target), None, _BIND | _RECURSIVE, None)


def _system(name: str, *arguments: Any) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _follow_the_plane(start: bytes) -> None:
    """Reserve the pipe to the control plane for a watcher, and give the app an empty standard input."""
    pipe = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    outputs = [os.dup(1), os.dup(2)]  # which stay what they are whatever the app does with its own

    def watch() -> None:
        with contextlib.suppress(OSError), open(pipe, "rb") as asked:
            for line in asked:
                for output in outputs:
                    os.write(output, _frame(start, line.strip(), b""))
        _end_strays()
        os.killpg(os.getpgrp(), signal.SIGKILL)
        os._exit(1)  # the first process of a container, which no signal of its own ends

    threading.Thread(target=watch, name="plane-watcher", daemon=True).start()


# The id of the request that is being worked on.
_request: ContextVar[bytes] = ContextVar("request", default=b"")
_LONGEST_ID = 64
_is_check: ContextVar[bool] = ContextVar("is_check", default=False)
# A pipe takes so much in one piece: nothing that another thread or process says gets in between.
_AT_ONCE = select.PIPE_BUF - 128


def _frame(start: bytes, name: bytes, content: Any) -> bytes:
    return b"%b%d %b\n%b" % (start, len(content), name, content)


class _Framed(io.FileIO):
    """An output that tells which request its bytes are about."""

    def __init__(self, descriptor: int, start: bytes) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._start = start
        self._pipe = self._where()

    def write(self, data: Any) -> int:
        request = _request.get()
        # An app may have redirected its output.
        if not request or self._where() != self._pipe:
            return super().write(data)
        content = memoryview(data).cast("B")
        for at in range(0, len(content), _AT_ONCE):
            os.write(self.fileno(), _frame(self._start, request, content[at : at + _AT_ONCE]))
        return len(content)

    def _where(self) -> tuple[int, int]:
        stat = os.fstat(self.fileno())
        return stat.st_dev, stat.st_ino


def _frame_output(start: bytes, checker: bytes) -> None:
    """Mark the output of Python with the request that it belongs to, in apps that uvicorn serves.

    Args:
        start: What a frame begins with.
        checker: The user agent of health checks.
    """
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        before = getattr(sys, name)
        raw: Any = _Framed(descriptor, start)
        raw.name = before.name
        text: Any = io.TextIOWrapper(raw, before.encoding, before.errors, newline="\n", write_through=True)
        text.mode = before.mode
        setattr(sys, name, text)
    if "uvicorn.config" in sys.modules:
        _track_requests(sys.modules["uvicorn.config"], checker)
    else:
        sys.meta_path.insert(0, _OnImport(checker))


class _OnImport:
    """Waits for the app to load uvicorn, which no app has to."""

    def __init__(self, checker: bytes) -> None:
        self._checker = checker

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != "uvicorn.config":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        loader: Any = None if spec is None else spec.loader
        if loader is not None:
            execute = loader.exec_module

            def execute_and_patch(module: Any) -> None:
                execute(module)
                _track_requests(module, self._checker)

            loader.exec_module = execute_and_patch
        return spec


def _track_requests(uvicorn_config: Any, checker: bytes) -> None:
    """Track the id of the request that an app works on, in apps that uvicorn serves, and log no health check that succeeds."""
    load = uvicorn_config.Config.load

    def load_and_wrap(self: Any) -> None:
        load(self)
        served = self.loaded_app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            headers = dict(scope.get("headers") or ())
            request = headers.get(b"x-fal-request-id", b"")
            token = _request.set(b"" if b" " in request or len(request) > _LONGEST_ID else request)
            _is_check.set(headers.get(b"user-agent") == checker)
            try:
                await served(scope, receive, send)
            finally:
                _request.reset(token)

        self.loaded_app = app
        logging.getLogger("uvicorn.access").addFilter(_is_worth_logging)

    uvicorn_config.Config.load = load_and_wrap


def _is_worth_logging(record: logging.LogRecord) -> bool:
    """Return whether an access is not a health check that succeeds."""
    status = record.args[-1] if isinstance(record.args, tuple) and record.args else None
    return not (_is_check.get() and isinstance(status, int) and status < 400)


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
    if orders.get("input"):
        arguments.append(_load(orders["input"]))
    function: Callable[..., Any] = (
        _resolve(orders["entrypoint"]) if orders.get("entrypoint") else _load(orders["function"])
    )
    given = orders.get("arguments") or {}
    taken = _accepted(function, given)
    if "own_server" in orders and "exposed_port" not in taken:
        _stand_alone(orders["own_server"], orders["declared_port"], given["exposed_port"])
    return _finish(function(*arguments, **taken))


def _stand_alone(mark: str, declared: int | None, port: int) -> None:
    """Report that the app has its own server, if any, and give each runner a port of its own for the port that all name.

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


def _load(path: str) -> Any:
    with open(path, "rb") as file:
        return pickle.load(file)


def _resolve(entrypoint: str) -> Callable[..., Any]:
    """Import `package.module:Symbol.attribute`."""
    module, _, path = entrypoint.partition(":")
    if not module or not path:
        raise ValueError(f"entry point {entrypoint!r} is not of the form 'package.module:Symbol'")
    target: Any = importlib.import_module(module)
    for name in path.split("."):
        owner, target = target, getattr(target, name)
        # `run_local` and `build_metadata` are methods of the app: an instance is what they are called on.
        if inspect.isclass(owner) and inspect.isfunction(target) and _wants_instance(owner, name):
            target = getattr(owner(), name)
    return target  # type: ignore[no-any-return]


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
