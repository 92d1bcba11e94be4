"""The peer, the PyPI package `fal`, in a process of its own, pointed at a local control plane and at nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.support.peer_venv import end_peer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from fal_emulator import Plane

SAMPLES = Path(__file__).parent / "samples"
# Commands of the CLI that have commands of their own.
GROUPS = frozenset(
    {"apps", "auth", "environments", "files", "keys", "profile", "queue", "runners", "secrets", "account"}
)
_LONGEST = 100  # seconds; the longest one builds an environment
_DRIVER = Path(__file__).parent / "peer_driver.py"
_COMMAND = Path(__file__).parent / "peer_command.py"

Note = "Callable[..., None]"


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed as JSON; before it, there may be lines about how it goes on."""
        return json.loads(self.out.splitlines()[-1])

    @property
    def rows(self) -> list[list[str]]:
        """The rows of the table that it printed, without the head."""
        lines = [line for line in self.out.splitlines() if line.startswith("│")]
        return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]

    def __str__(self) -> str:
        return f"status {self.status}\n{self.out}\n{self.err}"


@dataclass(frozen=True)
class Peer:
    """The peer's CLI.

    Args:
        python: The interpreter that has the peer.
        plane: The control plane that it talks to.
        folder: Its home.
        nowhere: An address on this machine that refuses: what would go anywhere else goes there.
        note: Takes down what was driven.
    """

    python: Path
    plane: Plane
    folder: Path
    nowhere: str
    note: Callable[..., None] = field(repr=False)

    def environment(self, **more: str | None) -> dict[str, str]:
        """Return the variables of its processes: nothing of the developer's own, and no way off this machine."""
        result: dict[str, str | None] = {
            "PATH": f"{self.python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONUTF8": "1",
            "COLUMNS": "400",  # tables keep their cells on one line
            "NO_COLOR": "1",
            "no_proxy": "127.0.0.1",
            **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), self.nowhere),
            **self.plane.env(),
            **more,
        }
        return {name: value for name, value in result.items() if value is not None}

    def __call__(
        self,
        *arguments: str,
        status: int = 0,
        cwd: Path | None = None,
        stdin: str = "",
        env: dict[str, str | None] | None = None,
    ) -> Ran:
        """Run a command to its end, which has to be of this status."""
        ran = self.attempt(*arguments, cwd=cwd, stdin=stdin, env=env)
        assert ran.status == status, ran
        self.note("command", name=command(arguments), json="--json" in arguments or "--output" in arguments)
        return ran

    def attempt(
        self, *arguments: str, cwd: Path | None = None, stdin: str = "", env: dict[str, str | None] | None = None
    ) -> Ran:
        """Run a command to its end, whatever that is."""
        done = subprocess.run(
            [str(self.python), str(_COMMAND), *arguments],
            env=self.environment(**(env or {})),
            cwd=cwd or self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, cwd: Path | None = None) -> Going:
        """Start a command that goes on until it is ended."""
        self.note("command", name=command(arguments), json="--json" in arguments)
        process = subprocess.Popen(
            [str(self.python), "-m", "fal", *arguments],
            env=self.environment(PYTHONUNBUFFERED="1"),
            cwd=cwd or self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Going(process)

    def deploy(self, sample: str, *arguments: str, **more: Any) -> Ran:
        """Deploy an app of the samples, and return what was said; as JSON."""
        return self("deploy", str(SAMPLES / sample), "--json", *arguments, **more)

    def call(self, app: str, path: str = "/", *, key: bool = True, **body: Any) -> httpx.Response:
        """Send a request to an app, as a caller of it does."""
        headers = {"authorization": f"Key {self.plane.key}"} if key else {}
        url = f"{self.plane.host}/local/{app}{path}"
        return httpx.post(url, json=body, headers=headers, timeout=60, trust_env=False)


class Going:
    """A command under way; its lines are read as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.lines: list[str] = []
        # A hang becomes an end, and an end a failed assertion.
        self._alarm = threading.Timer(_LONGEST, process.kill)
        self._alarm.start()

    def until(self, text: str) -> str:
        """Read up to a line with a text in it, and return that line."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))
            if text in line:
                return self.lines[-1]
        raise AssertionError(f"no line with {text!r}; there were:\n" + "\n".join(self.lines))

    def end(self) -> int:
        """Wait for the end, and return the status."""
        assert self._process.stdout is not None
        self.lines += [line.rstrip("\n") for line in self._process.stdout]
        return self._process.wait()

    def interrupt(self) -> int:
        """End it as Ctrl-C does, and return the status."""
        self._process.send_signal(2)
        return self.end()

    def __enter__(self) -> Going:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._alarm.cancel()
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


class PeerError(Exception):
    """What the peer raised.

    Attributes:
        kind: The name of the class.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


class PeerPython:
    """A Python process in which the peer is imported, and does what it is told.

    Args:
        peer: Whose interpreter and control plane.
    """

    def __init__(self, peer: Peer) -> None:
        self._note = peer.note
        self._process = subprocess.Popen(
            [str(peer.python), str(_DRIVER)],
            env=peer.environment(PYTHONPATH=str(SAMPLES)),
            cwd=peer.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def call(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        """Call something of the peer by its dotted name; a method of its client is `client.…`."""
        value = self._ask(call=name, arguments=arguments, keywords=keywords)
        self._note("python", name=name)
        return value

    def run(self, code: str, *names: str) -> Any:
        """Execute code, and return the value of its last line, which is an expression.

        Args:
            code: What to execute.
            names: What of the peer it drives.
        """
        value = self._ask(code=code)
        for name in names:
            self._note("python", name=name)
        return value

    def _ask(self, **order: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise PeerError(answer["error"], answer["text"])
        return answer["value"]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        end_peer(self._process)


def command(arguments: Sequence[str]) -> str:
    """Return the name of the command in a command line."""
    return " ".join(arguments[:2]) if arguments[0] in GROUPS else arguments[0]
