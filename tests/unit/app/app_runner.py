"""Serve a bundle in a process of its own, as a runner does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgpack

from tests.support.ports import free_port
from tests.support.waiting import LIMIT, eventually

# What a runner does: plain pickle, then await or run. Nothing of the SDK is importable there.
MAIN = """
import asyncio, inspect, pickle, sys
app = pickle.loads(open(sys.argv[1], "rb").read())
async def main(port, metrics):
    result = app(exposed_port=port, exposed_metrics_port=metrics)
    assert inspect.isawaitable(result)
    await result
asyncio.run(main(int(sys.argv[2]), int(sys.argv[3])))
"""


class Runner:
    """A running app."""

    def __init__(self, process: subprocess.Popen[str], port: int, metrics_port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.ws = f"ws://127.0.0.1:{port}"
        self.metrics_url = f"http://127.0.0.1:{metrics_port}/metrics"
        self.http = httpx.Client(base_url=self.url, timeout=10, trust_env=False)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_until(self, text: str) -> None:
        """Wait until the process has printed a text."""

        def printed() -> bool:
            ended = self.process.poll() is not None
            assert text in self.output or not ended, f"it ended:\n{self.output}"
            return text in self.output

        eventually(printed)

    def wait(self, seconds: float = LIMIT) -> int:
        """Wait for the end and return the exit status."""
        status = self.process.wait(seconds)
        self._reader.join(seconds)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


def pack(value: Any) -> bytes:
    packb: Any = msgpack.packb
    return bytes(packb(value))


def unpack(message: str | bytes) -> Any:
    assert isinstance(message, bytes)
    unpackb: Any = msgpack.unpackb
    return unpackb(message)


@contextmanager
def serve(bundle: Path, python: str = sys.executable, *, ready: bool = True, **environ: str) -> Iterator[Runner]:
    """Run a bundle; wait until its port is open, and end it afterwards."""
    with _run([python, "-I", "-u", "-c", MAIN, str(bundle)], bundle.parent, ready, environ) as runner:
        yield runner


@contextmanager
def serve_script(script: Path, *, path: list[Path]) -> Iterator[Runner]:
    """Run a script that serves an app it imports, with this SDK installed, on the author's own machine."""
    environ = {"PYTHONPATH": os.pathsep.join(map(str, path)), "IS_ISOLATE_AGENT": "", "FAL_APP_BIND_HOST": ""}
    with _run([sys.executable, "-u", str(script)], script.parent, True, environ) as runner:
        yield runner


@contextmanager
def _run(command: list[str], folder: Path, ready: bool, environ: dict[str, str]) -> Iterator[Runner]:
    port, metrics_port = free_port(), free_port()
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    process = subprocess.Popen(
        [*command, str(port), str(metrics_port)],
        cwd=folder,
        env={**kept, "IS_ISOLATE_AGENT": "1", "FAL_APP_BIND_HOST": "127.0.0.1", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    runner = Runner(process, port, metrics_port)
    try:
        if ready:
            runner.wait_until("Uvicorn running")
        yield runner
    finally:
        runner.http.close()
        if process.poll() is None:
            process.kill()
        runner.wait()
