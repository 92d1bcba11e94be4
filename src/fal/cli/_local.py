"""The local control plane as a process of its own, which this package starts and never imports."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fal._core.auth import login_file
from fal._installation import install_command
from fal.exceptions import (
    ConfigurationError,
    DeadlineExceeded,
    FailedPrecondition,
    FalServerlessError,
    MissingExtra,
    NotFound,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

POINT = '`eval "$(fal local status --env)"`'
_START = 60.0  # seconds that it may take until it answers
_STOP = 30.0  # seconds that it may take to end its runners
_PAUSE = 0.05


class LocalPlane:
    """A control plane whose state, addresses and log are in one folder.

    Args:
        folder: The folder; None takes `local` beside the stored login.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or login_file(os.environ).with_name("local")
        self.log = self.folder / "log.txt"
        self._ready = self.folder / "ready.json"

    def running(self) -> dict[str, Any] | None:
        """Return what it says of itself; None when it does not run."""
        try:
            ready: dict[str, Any] = json.loads(self._ready.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return ready if _has_state(ready["pid"], Path(ready["state"])) else None

    def start(self, options: Sequence[str]) -> dict[str, Any]:
        """Start it, and return what it says of itself.

        Raises:
            FailedPrecondition: It runs already.
            MissingExtra: What it needs is not installed.
            FalServerlessError: It ended at once; the error holds the end of its log.
        """
        if self.running() is not None:
            raise FailedPrecondition(
                "the local control plane is already running",
                hint=f"Point a terminal at it with {POINT}, or end it with `fal local down`.",
            )
        _check_installed()
        self._make_folder()
        self._ready.unlink(missing_ok=True)
        line = [sys.executable, "-m", "fal_emulator", "--ready-file", str(self._ready)]
        line += ["--state", str(self.folder / "state"), *options]
        apart: dict[str, Any] = {}
        if os.name == "posix":  # as the local control plane needs; elsewhere it says so itself
            # In a session of its own, so that it outlives this terminal and gets none of its Ctrl-C.
            apart = {"start_new_session": True}
        with open(self.log, "ab") as log:
            process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **apart)
        end = time.monotonic() + _START
        while (ready := self.running()) is None:
            if process.poll() is not None:
                raise FalServerlessError(f"the local control plane exited immediately: {self._tail()}")
            if time.monotonic() > end:
                process.kill()
                raise DeadlineExceeded(f"the local control plane does not answer: {self._tail()}")
            time.sleep(_PAUSE)
        process.returncode = 0  # it goes on without this object, which would warn about that
        return ready

    def stop(self) -> bool:
        """Stop it with its runners; return whether it ran.

        Raises:
            DeadlineExceeded: It does not end.
        """
        ready = self.running()
        if ready is None:
            return False
        os.kill(ready["pid"], signal.SIGTERM)
        end = time.monotonic() + _STOP
        while _is_alive(ready["pid"]):
            if time.monotonic() > end:
                raise DeadlineExceeded(f"the local control plane, process {ready['pid']}, does not stop")
            time.sleep(_PAUSE)
        self._ready.unlink(missing_ok=True)
        return True

    def ready(self) -> dict[str, Any]:
        """Return what it says of itself.

        Raises:
            FailedPrecondition: It does not run.
        """
        ready = self.running()
        if ready is None:
            raise FailedPrecondition("the local control plane is not running", hint="Start it with `fal local up`.")
        return ready

    def page_link(self) -> str:
        """Return a link that opens its web page once, within ten minutes.

        Raises:
            FailedPrecondition: It does not run.
            FalServerlessError: It gives none.
        """
        from urllib.request import ProxyHandler, Request, build_opener

        ready = self.ready()
        ask = Request(f"{ready['host']}/-/link", method="POST", headers={"Authorization": f"Key {ready['key']}"})
        try:
            with build_opener(ProxyHandler({})).open(ask, timeout=_STOP) as answer:
                return str(json.load(answer)["link"])
        except OSError as error:
            raise FalServerlessError(f"the local control plane gives no link to its page: {error}") from None

    def forget(self) -> None:
        """Remove all that it remembers."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def export(self, file: str) -> None:
        """Write all that it remembers, but for logs and queued calls, to a file; it may run meanwhile.

        Raises:
            FalServerlessError: It remembers nothing, or the file cannot be written.
        """
        self._transfer("--export", file)

    def take_over(self, file: str) -> None:
        """Begin with what a file holds that `export` wrote.

        Raises:
            FailedPrecondition: It runs.
            FalServerlessError: It remembers something already, or the file is not what `export` wrote.
        """
        if self.running() is not None:
            raise FailedPrecondition("the local control plane is running", hint="Stop it with `fal local down`.")
        self._make_folder()
        self._transfer("--import", file)

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"the folder {self.folder} cannot be created: {error.strerror}", hint="Set FAL_HOME_DIR to another one."
            ) from None

    def _transfer(self, option: str, file: str) -> None:
        _check_installed()
        line = [sys.executable, "-m", "fal_emulator", "--state", str(self.folder / "state"), option, file]
        ran = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if ran.returncode:
            raise FalServerlessError(ran.stderr.strip().removeprefix("fal_emulator: "))

    def lines(self, *, follow: bool) -> Iterator[str]:
        """Yield the lines of its log; with `follow`, new ones as long as it runs.

        Raises:
            NotFound: It has never run.
        """
        try:
            file = open(self.log, encoding="utf-8", errors="replace")  # noqa: SIM115 - the block below closes it
        except FileNotFoundError:
            raise NotFound("the local control plane has no log", hint="Start it with `fal local up`.") from None
        with file:
            while True:
                line = file.readline()
                if line:
                    yield line.rstrip("\n")
                elif follow and self.running() is not None:
                    time.sleep(_PAUSE)
                else:
                    return

    def _tail(self) -> str:
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return " ".join(text.split()[-60:])


def _check_installed() -> None:
    if find_spec("uvicorn") is None or find_spec("fal_emulator") is None:
        raise MissingExtra(
            "the local control plane needs packages that are not installed",
            hint=f"Install them with: {install_command('emulator')}",
        )


@contextmanager
def temporary(options: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Run a control plane for a block, and yield the variables that point at it."""
    with tempfile.TemporaryDirectory(prefix="fal-local-") as folder:
        plane = LocalPlane(Path(folder))
        try:
            yield plane.start(options)["env"]
        finally:
            plane.stop()


def _has_state(pid: int, state: Path) -> bool:
    """Return whether a process has the state of a control plane; after a crash, its number may be another program's."""
    if sys.platform != "win32":
        import fcntl

        try:
            folder = os.open(state, os.O_RDONLY)
        except OSError:
            return False
        try:
            # A control plane locks its folder for as long as it lives, and notes its number there.
            fcntl.flock(folder, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return (state / "lock").read_text() == str(pid)
        finally:
            os.close(folder)
    return False


def _is_alive(pid: int) -> bool:
    if sys.platform != "win32":
        with suppress(ChildProcessError):
            # One that this process started stays in the table of processes until it is waited for.
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True
    return False  # it does not run there, where the signal that only asks is Ctrl-C
