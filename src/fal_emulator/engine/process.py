"""One runner process: how it starts, what it says, how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..model.private_files import FOLDER_MODE, private_folder, write_private
from .containers import RUNNER
from .output import Echo, Output

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .containers import Container
    from .output import Line

RUNNER_MAIN = Path(__file__).parent / "runner_main.py"
_TAIL_LINES = 20
_REAPED_SOON = 0.005  # seconds
# Tells of every process that a runner starts whose it is. It never changes: a fork shows what its parent began with.
_MARK = "FAL_LOCAL_RUNNER"
_CHUNK = 64 * 1024
_ECHO_WITHIN = 1.0  # seconds: a process that lives echoes at once, unless it lets no other thread run
# How long output may still come after the runner itself has ended (something that it started may hold the pipe).
_LAST_WORDS = 1.0
# What of this machine's environment an app sees. The rest is the developer's own: an app that needs a variable must
# get it as a secret, here as on the platform.
_PASSED_ON = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG", "LANGUAGE", "LD_LIBRARY_PATH"}
    | {"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "CUDA_VISIBLE_DEVICES", "CUDA_HOME"}
    | {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy"}
)
_EVERYWHERE = {"IS_ISOLATE_AGENT": "1", "PYTHONUNBUFFERED": "1"}


class Spawned(NamedTuple):
    """A process that waits for orders.

    Args:
        process: The process.
        mark: What it and all that it starts are known by: a path of its own below the folder of all runners.
    """

    process: asyncio.subprocess.Process
    mark: Path


class RunnerProcess:
    """A process that runs `runner_main.py` in a folder and a process group of its own.

    Args:
        folder: The runner's own folder.
        python: The interpreter of the app's environment.
        on_line: Called with each line of output, its level (STDOUT, STDERR or ERROR), and the id of the request that it is
            about, where the process tells.
        take: Returns a process of that interpreter that waits for orders, when there is one.
        container: What runs instead, where the app is one.
    """

    def __init__(
        self,
        folder: Path,
        python: str,
        on_line: Callable[[str, str, str | None], None],
        take: Callable[[str], Spawned | None] = lambda _: None,
        container: Container | None = None,
    ) -> None:
        self.folder = folder
        self.python = python
        self.tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._on_line = on_line
        self._take = take
        self.container = container
        self._process: asyncio.subprocess.Process | None = None
        self._mark = folder
        self._pumps: dict[str, asyncio.Task[None]] = {}  # by the level of what they read
        self._frame = f"\x1e{secrets.token_hex(8)} "
        self._asked = 0
        self._echoes: dict[int, dict[str, asyncio.Future[None]]] = {}
        self._doomed = False  # asked to end, maybe before it began
        self._reaped = False

    async def start(
        self, orders: Mapping[str, Any], variables: Mapping[str, str], files: Sequence[tuple[Path, str]] = ()
    ) -> None:
        """Put the app's files in place and start the process.

        Args:
            orders: What to load and call; see `runner_main.py`.
            variables: Environment variables of the app, secrets included: they go through the pipe, never to disk.
            files: Stored files, each with its path below the app's folder.
        """
        await asyncio.to_thread(place_files, self.folder / "app", files)
        additions = {"frame": self._frame, "folder": None if self.container else str(self.folder / "app")}
        self._process, self._mark = await self._begin(variables)
        line = json.dumps({**orders, **additions, "env": {**variables, _MARK: str(self._mark)}}) + "\n"
        write_private(self.folder / "pid", str(self._process.pid).encode())
        assert self._process.stdin is not None
        # The pipe stays open: its end is how the runner learns that the plane has died.
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(line.encode())
            await self._process.stdin.drain()
        for stream, level in ((self._process.stdout, "STDOUT"), (self._process.stderr, "STDERR")):
            assert stream is not None
            self._pumps[level] = asyncio.create_task(self._pump(stream, level))
        if self._doomed:
            self.kill()

    async def _begin(self, variables: Mapping[str, str]) -> Spawned:
        if self.container is None:
            return self._take(self.python) or await spawn(self.python, self.folder, mark=self.folder)
        if self.container.itself is None:
            shutil.copy(RUNNER_MAIN, self.folder / RUNNER)
            variables = _EVERYWHERE  # those of the app come with its orders
        return Spawned(await self.container.spawn({**variables, _MARK: str(self.folder)}), self.folder)

    def surroundings(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the environment variables of what runs beside the app and ends with it."""
        return {**base_variables(self.python), **variables, _MARK: str(self._mark)}

    @property
    def pid(self) -> int | None:
        """The process id, once started."""
        return None if self._process is None else self._process.pid

    async def wait(self) -> int:
        """Wait for the end of the process and of its output; return the exit status."""
        assert self._process is not None
        status = await _exit_status(self._process)
        self.kill()  # what it started and left behind
        self._reaped = True
        await asyncio.to_thread(end_strays, self._mark)
        _, late = await asyncio.wait(self._pumps.values(), timeout=_LAST_WORDS)
        for pump in late:
            pump.cancel()
        return status

    def terminate(self) -> None:
        """Ask the runner itself to end."""
        self._doomed = True
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    def kill(self) -> None:
        """End the runner and everything that it started, at once."""
        self._doomed = True
        if self._process is not None and not self._reaped:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            if self.container is not None:
                self.container.kill()

    async def drain_output(self) -> None:
        """Wait until all output of the process up to now has been read."""
        reading = [level for level, pump in self._pumps.items() if not pump.done()]
        if self._process is None or self._process.stdin is None or not reading:
            return
        loop = asyncio.get_running_loop()
        self._asked = number = self._asked + 1
        echoes = self._echoes[number] = {level: loop.create_future() for level in reading}
        try:
            self._process.stdin.write(b"%d\n" % number)
            await asyncio.wait(echoes.values(), timeout=_ECHO_WITHIN)
        finally:
            del self._echoes[number]

    async def _pump(self, stream: asyncio.StreamReader, level: str) -> None:
        output = Output(self._frame)
        try:
            while chunk := await stream.read(_CHUNK):
                for item in output.feed(chunk):
                    if isinstance(item, Echo):
                        self._echoed(level, item.number)
                    else:
                        self._note(item, level)
            for line in output.end():
                self._note(line, level)
        finally:
            for number in self._echoes:
                self._echoed(level, number)

    def _note(self, line: Line, level: str) -> None:
        self.tail.append(line.text)
        self._on_line(line.text, "ERROR" if line.traceback else level, line.request)

    def _echoed(self, level: str, number: int) -> None:
        echo = self._echoes.get(number, {}).get(level)
        if echo is not None and not echo.done():
            echo.set_result(None)


async def _exit_status(process: asyncio.subprocess.Process) -> int:
    """Wait for the end of a process, and not for those that it started and that hold its pipes."""
    if not hasattr(os, "pidfd_open"):
        return await process.wait()
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    with contextlib.suppress(ProcessLookupError):  # it has ended
        descriptor = os.pidfd_open(process.pid)
        loop.add_reader(descriptor, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)
    while process.returncode is None:
        await asyncio.sleep(_REAPED_SOON)
    return process.returncode


async def spawn(python: str, folder: Path, *, mark: Path, ahead: bool = False) -> Spawned:
    """Start a process that waits for the orders of a runner.

    Args:
        python: The interpreter.
        folder: Where it starts; its path on the command line is what identifies the process later.
        mark: What it and all that it starts are known by.
        ahead: Whether it loads what most apps need while it waits.
    """
    process = await asyncio.create_subprocess_exec(
        python,
        str(RUNNER_MAIN),
        str(folder),
        *(["ahead"] if ahead else []),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=base_variables(python) | {_MARK: str(mark)},
        start_new_session=True,
    )
    return Spawned(process, mark)


def place_files(folder: Path, files: Sequence[tuple[Path, str]]) -> None:
    """Copy stored files below an app's folder.

    Raises:
        ValueError: A path points outside of the folder.
    """
    private_folder(folder)
    root = folder.resolve()
    for stored, relative in files:
        target = (root / relative).resolve()
        if not target.is_relative_to(root) or target == root:
            raise ValueError(f"app file {relative!r} is not a path below the app's folder")
        for above in reversed(target.relative_to(root).parents):
            (root / above).mkdir(mode=FOLDER_MODE, exist_ok=True)
        shutil.copy(stored, target)


def base_variables(python: str) -> dict[str, str]:
    """Return the environment variables that every runner gets."""
    variables = {k: v for k, v in os.environ.items() if k in _PASSED_ON or k.startswith(("LC_", "NVIDIA_"))}
    scripts = Path(python).parent
    variables["PATH"] = os.pathsep.join([str(scripts), variables.get("PATH", os.defpath)])
    if (scripts.parent / "pyvenv.cfg").exists():
        variables["VIRTUAL_ENV"] = str(scripts.parent)
    return variables | _EVERYWHERE


def end_leftovers(folder: Path) -> None:
    """End the runners that a plane which died left below a folder, and remove their folders.

    Only a process whose command line holds this folder is ended.
    """
    for runner in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(OSError, ValueError):
            pid = int((runner / "pid").read_text())
            if str(folder) in _command_line(pid):
                os.killpg(pid, signal.SIGKILL)
        shutil.rmtree(runner, ignore_errors=True)
    end_strays(folder)


def end_strays(path: Path) -> None:
    """End the processes that runners whose marks are a path, or below it, have started in sessions of their own.

    They are known by a variable that they have inherited; where `/proc` is not there, none is found.
    """
    mark = f"{_MARK}={path}".encode()
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            variables = environ.read_bytes().split(b"\0")
            if any(each == mark or each.startswith(mark + b"/") for each in variables):
                os.kill(int(environ.parent.name), signal.SIGKILL)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return ""
        answer = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True)
        return answer.stdout
