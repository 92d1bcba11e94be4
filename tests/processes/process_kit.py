"""A platform in this process, and programs in processes of their own that call it."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import grpc

from fal._gen.proto import controller_pb2 as pb
from tests.support import servers
from tests.support.servers import Handler

ROOT = Path(__file__).parents[2]
LIMIT = 60.0  # seconds: the bound of what must happen, not of how fast
A_LEAK = 100  # bytes of each call: what one small object takes
CLIENT = 2000  # bytes of each client: what holds one takes many times as much
AT_ONCE = 12.0  # seconds: far more than leaving takes, and less than what is left of the calls and pauses


class Platform(servers.Platform):
    """Both wires. An answer names what was asked for; "slow" is held, "busy" is told to come back in 20 seconds.

    `started` tells what is held and what was told to come back, `ended` what was held and given up by the client.
    """

    def __init__(self) -> None:
        super().__init__()
        self.started: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.ended: queue.SimpleQueue[str] = queue.SimpleQueue()

    def ListAliases(self, request: pb.ListAliasesRequest, context: grpc.ServicerContext) -> pb.ListAliasesResult:
        name = request.environment_name
        if name == "slow":
            self._hold("ListAliases", context)
        if name == "busy":
            self.started.put("ListAliases")
            context.set_trailing_metadata((("grpc-retry-pushback-ms", "20000"),))
            context.abort(grpc.StatusCode.UNAVAILABLE, "busy")
        result = [f"app-{name}"] if name else ["endless", "short"]
        return pb.ListAliasesResult(aliases=[pb.AliasInfo(alias=each) for each in result])

    def DeleteAlias(self, request: pb.DeleteAliasRequest, context: grpc.ServicerContext) -> pb.DeleteAliasResult:
        context.abort(grpc.StatusCode.NOT_FOUND, "no such app")
        raise AssertionError

    def BuildEnvironment(
        self, request: pb.BuildEnvironmentRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.BuildEnvironmentResult]:
        yield pb.BuildEnvironmentResult(env_id="env")
        if request.application_name != "short":
            self._hold("BuildEnvironment", context)

    def _hold(self, name: str, context: grpc.ServicerContext) -> None:
        over = threading.Event()
        if context.add_callback(over.set):
            self.started.put(name)
            assert over.wait(LIMIT), f"{name} was not given up"
        self.ended.put(name)

    def rest(self, handler: Handler) -> None:
        app = handler.asked.query.get("app_id", [""])[0]
        line = {"timestamp": "2026-01-01T00:00:00+00:00", "level": "info", "message": app, "app": app}
        if handler.asked.path.endswith("/stream"):
            handler.begin(Content_Type="text/event-stream")
            handler.wfile.write(b"data: " + json.dumps(line).encode() + b"\n\n")
            if app != "short":
                self._hold_connection("stream", handler)
        elif app == "slow":
            self._hold_connection("history", handler)
        elif app == "missing":
            handler.reply_json({"detail": "no such app"}, 404)
        elif app == "busy":
            self.started.put("history")
            handler.reply_json({"detail": "busy"}, 503, Retry_After="20")
        else:
            handler.reply_json({"items": [line], "next_until": None})

    def _hold_connection(self, name: str, handler: Handler) -> None:
        handler.close_connection = True
        handler.connection.settimeout(LIMIT)
        self.started.put(name)
        with suppress(ConnectionError):
            assert handler.connection.recv(1) == b""
        self.ended.put(name)


@contextmanager
def platform() -> Iterator[Platform]:
    result = Platform()
    with result.serving(threads=80):
        yield result


class Ended(NamedTuple):
    """How a program ended; `told` is what it wrote, line by line."""

    status: int
    told: list[str]
    noise: str


class Program:
    """A module of tests.processes.programs that runs in a process, and in a process group, of its own."""

    def __init__(self, name: str, *arguments: str, environ: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-u", *WARNINGS, "-m", f"tests.processes.programs.{name}", *arguments],
            cwd=ROOT,
            env={**_bare(), "FAL_CONFIG_PATH": os.devnull, "PYTHONFAULTHANDLER": "1", **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def go_on(self) -> None:
        """Write a line to it."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def line(self) -> str:
        """Return the next line that it writes."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip()

    def end(self, limit: float = LIMIT) -> Ended:
        """Wait for its end; one that does not come in time is an error that shows where each of its threads is."""
        try:
            told, noise = self._process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGABRT)
            told, noise = self._process.communicate(timeout=LIMIT)
            raise AssertionError(f"it did not end in {limit} s\n{told}\n{noise}") from None
        return Ended(self._process.returncode, told.splitlines(), noise)


# A fork of a process with threads is what is tested, and Python 3.12 warns of it; so is the end of one with an open client.
WARNINGS = ["-W", "error", "-W", "ignore:This process:DeprecationWarning", "-W", "ignore::ResourceWarning"]


def _bare() -> dict[str, str]:
    """Return the environment without what would lead a client elsewhere."""
    names = ("FAL_", "ISOLATE_", "GRPC_")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(names) and not name.casefold().endswith("_proxy")
    }


def run(name: str, *arguments: str, environ: Mapping[str, str], limit: float = LIMIT) -> Ended:
    return Program(name, *arguments, environ=environ).end(limit)


def soon(told: queue.SimpleQueue[str]) -> str:
    """Return what the platform tells next."""
    return told.get(timeout=LIMIT)


def seconds_since(started: float) -> float:
    return time.monotonic() - started
