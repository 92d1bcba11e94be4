"""A control plane in a process of its own that notes what it writes and unpickles.

Run as a program: `watched_plane.py RECORD UMASK ARGUMENTS...`; each line of the record is a JSON list of what happened
(`write`, `pickle` or `run`), the process, and the path or the command.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_WRITES = {
    "os.mkdir": (0,), "os.rename": (0, 1), "os.remove": (0,), "os.rmdir": (0,), "os.link": (0, 1), "os.symlink": (1,),
    "os.truncate": (0,), "os.chmod": (0,), "os.chown": (0,), "os.utime": (0,), "os.setxattr": (0,),
    "sqlite3.connect": (0,),
}  # fmt: skip
_FOLDER_AT = {"os.mkdir": 2, "os.remove": 1, "os.rmdir": 1, "os.symlink": 2, "os.chmod": 2}


def watch(record: int) -> None:
    """Note from now on what this process does."""

    def note(*happened: Any) -> None:
        os.write(record, (json.dumps(happened) + "\n").encode())

    def place(path: Any, folder: int = -1) -> str:
        if isinstance(path, int):
            return os.readlink(f"/proc/self/fd/{path}")
        text = os.fsdecode(path)
        base = os.readlink(f"/proc/self/fd/{folder}") if folder >= 0 else os.getcwd()
        # Links in the folders above count; one in the last place is what is written.
        above, last = os.path.split(os.path.join(base, text))
        return os.path.join(os.path.realpath(above), last)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC) and not isinstance(path, int):
                note("write", os.getpid(), place(path))
        elif event in _WRITES:
            folder = arguments[_FOLDER_AT[event]] if event in _FOLDER_AT else -1
            for index in _WRITES[event]:
                note("write", os.getpid(), place(arguments[index], folder if isinstance(folder, int) else -1))
        elif event == "pickle.find_class":
            note("pickle", os.getpid(), ".".join(map(str, arguments)))
        elif event == "subprocess.Popen":
            note("run", os.getpid(), " ".join(map(os.fsdecode, arguments[1])))

    sys.addaudithook(hook)


@dataclass
class Watched:
    """A control plane that is watched."""

    state: Path
    record: Path
    ready: dict[str, Any]
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return str(self.ready["host"])

    @property
    def key(self) -> str:
        return str(self.ready["key"])

    @property
    def port(self) -> int:
        return int(self.host.rpartition(":")[2])

    def happened(self, kind: str) -> list[tuple[int, str]]:
        """Return process and path (or command) of everything of a kind so far."""
        lines = self.record.read_text().splitlines()
        return [(pid, what) for item, pid, what in map(json.loads, lines) if item == kind]


@contextmanager
def watched(folder: Path, *arguments: str, umask: int = 0o022, **variables: str) -> Iterator[Watched]:
    """Start a control plane whose state is `state` in a folder, and stop it at the end."""
    state, record, ready = folder / "state", folder.with_name(f"{folder.name}.record"), folder / "ready.json"
    command = [sys.executable, __file__, str(record), str(umask), "--state", str(state), "--ready-file", str(ready)]
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("FAL_", "PYTEST"))} | variables
    with subprocess.Popen(
        [*command, "--isolation", "inline", *arguments],
        cwd=folder, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said = [process.stdout.readline()]
        reader = threading.Thread(target=lambda: said.extend(process.stdout or ()), daemon=True)
        reader.start()
        try:
            assert ready.exists(), "".join(said)
            yield Watched(state, record, json.loads(ready.read_text()), process, said)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            finally:
                process.kill()
            reader.join(5)


if __name__ == "__main__":
    watch(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    os.umask(int(sys.argv[2]))
    from fal_emulator.__main__ import main

    sys.exit(main(sys.argv[3:]))
