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
from concurrent import futures
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import grpc

from fal._gen import servicer
from fal._gen.proto import controller_pb2 as pb

ROOT = Path(__file__).parents[2]
LIMIT = 60.0  # seconds: the bound of what must happen, not of how fast
A_LEAK = 100  # bytes of each call: what one small object takes
CLIENT = 2000  # bytes of each client: what holds one takes many times as much
AT_ONCE = 12.0  # seconds: far more than leaving takes, and less than what is left of the calls and pauses


class Platform(servicer.IsolateControllerServicer):
    """Both wires. An answer names what was asked for; "slow" is held, "busy" is told to come back in 20 seconds.

    `started` tells what is held and what was told to come back, `ended` what was held and given up by the client.
    """

    def __init__(self) -> None:
        self.started: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.ended: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.grpc_port = self.rest_port = 0

    def environ(self) -> dict[str, str]:
        return {
            "FAL_GRPC_HOST": f"http://127.0.0.1:{self.grpc_port}",
            "FAL_REST_HOST": f"http://127.0.0.1:{self.rest_port}",
            "FAL_KEY": "id:secret",
        }

    def ListAliases(self, request: pb.ListAliasesRequest, context: grpc.ServicerContext) -> pb.ListAliasesResult:
        name = request.environment_name
        if name == "slow":
            self._hold("ListAliases", context)
        if name == "busy":
            self.started.put("ListAliases")
            context.set_trailing_metadata((("grpc-retry-pushback-ms", "20000"),))
            context.abort(grpc.StatusCode.UNAVAILABLE, "busy")
        return pb.ListAliasesResult(aliases=[pb.AliasInfo(alias=f"app-{name}")])

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

    def rest(self, handler: BaseHTTPRequestHandler) -> None:
        path, _, query = handler.path.partition("?")
        app = parse_qs(query).get("app_id", [""])[0]
        line = {"timestamp": "2026-01-01T00:00:00+00:00", "level": "info", "message": app, "app": app}
        if path.endswith("/stream"):
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream")
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.wfile.write(b"data: " + json.dumps(line).encode() + b"\n\n")
            handler.wfile.flush()
            if app != "short":
                self._hold_connection("stream", handler)
            return
        if app == "slow":
            self._hold_connection("history", handler)
            return
        status, body, headers = 200, json.dumps({"items": [line], "next_until": None}).encode(), {}
        if app == "missing":
            status, body = 404, b'{"detail": "no such app"}'
        if app == "busy":
            self.started.put("history")
            status, body, headers = 503, b'{"detail": "busy"}', {"Retry-After": "20"}
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def _hold_connection(self, name: str, handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.connection.settimeout(LIMIT)
        self.started.put(name)
        with suppress(ConnectionError):
            assert handler.connection.recv(1) == b""
        self.ended.put(name)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many of these tests are about."""


@contextmanager
def platform() -> Iterator[Platform]:
    found = Platform()
    pool = futures.ThreadPoolExecutor(80)
    server = grpc.server(pool, options=[("grpc.so_reuseport", 0)])
    servicer.add_to_server(found, server)
    found.grpc_port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found.rest(self)

        do_GET = do_POST = _answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    http = _Http(("127.0.0.1", 0), Handler)
    found.rest_port = http.server_port
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.stop(None).wait(LIMIT)
        http.shutdown()
        http.server_close()
        thread.join(LIMIT)
        pool.shutdown()


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
