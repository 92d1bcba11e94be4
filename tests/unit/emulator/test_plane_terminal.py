"""The log on the terminal: deploys, calls, crashes and what apps say."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from fal_emulator.terminal import show_log
from tests.support.engine import pickled
from tests.support.plane import Wire
from tests.support.waiting import LIMIT, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APP = """
import http.server, os, sys

def serve(exposed_port, exposed_metrics_port):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/crash":
                os._exit(3)
            print("said \\x1b[2J", flush=True)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", exposed_port), Handler).serve_forever()
"""


def lines_of(folder: Path, *options: str) -> list[str]:
    """Start a control plane as its users do, deploy, call and crash an app; return what stood on the terminal."""
    ready, log = folder / "ready.json", folder / "log"
    command = [sys.executable, "-m", "fal_emulator", "--isolation", "inline", "--ready-file", str(ready), *options]
    with log.open("wb") as stream, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stream) as process:
        eventually(ready.exists)
        body = json.loads(ready.read_text())
        wire = Wire(body["host"].removeprefix("http://"), body["key"])
        wire.deploy("talk", pickled(APP, "serve"), machine={"keep_alive": 60})
        with httpx.Client(base_url=body["host"], timeout=LIMIT, trust_env=False) as http:
            assert http.get(f"/{OWNER}/talk/words").status_code == 200
            assert http.get(f"/{OWNER}/talk/crash").status_code == 503
        eventually(lambda: "died" in log.read_text())
        wire.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 0
    return log.read_text().splitlines()


OWNER = "local"


def test_the_terminal_shows_what_happens(tmp_path: Path) -> None:
    text = "\n".join(lines_of(tmp_path))
    assert "deploys  [talk] deployment started" in text and "deployment ended" in text
    assert "runners  [talk] runner started" in text
    assert "calls    GET /local/talk/words 200 in " in text
    assert "apps     [talk] said \\x1b[2J" in text, "an app cannot clear the screen"
    assert "\x1b" not in text, "a file gets no colours"
    assert "runner failed" in text and "it ended with status 3" in text


def test_the_log_as_json(tmp_path: Path) -> None:
    result = [json.loads(line) for line in lines_of(tmp_path, "--log-format", "json", "--log-level", "info")]
    assert {line["area"] for line in result} == {"deploys", "calls", "runners", "apps"}
    (call,) = [line for line in result if line.get("path") == "/local/talk/words"]
    assert (call["method"], call["status"], call["level"]) == ("GET", 200, "info")
    (said,) = [line for line in result if line["message"].startswith("said")]
    assert (said["app"], said["request_id"], said["source"]) == ("talk", call["request_id"], "USER")
    assert any(line["level"] == "error" and line["area"] == "runners" for line in result)


def test_only_the_levels_that_are_asked_for(tmp_path: Path) -> None:
    text = "\n".join(lines_of(tmp_path, "--log-level", "error"))
    assert "runner failed" in text and "calls" not in text and "deployment ended" not in text


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def quiet() -> Iterator[logging.Logger]:
    log = logging.getLogger("fal_emulator")
    before = (list(log.handlers), log.level, log.propagate)
    yield log
    log.handlers, log.propagate = before[0], before[2]
    log.setLevel(before[1])


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours_on_a_terminal(
    quiet: logging.Logger, monkeypatch: pytest.MonkeyPatch, variables: dict[str, Any], coloured: bool
) -> None:
    for name, value in {"TERM": "xterm", **variables}.items():
        monkeypatch.setenv(name, value)
    stream = _Terminal()
    show_log("info", "text", stream)
    logging.getLogger("fal_emulator.deploys").error("failed", extra={"app": "talk"})
    assert ("\x1b[31mfailed\x1b[0m" in stream.getvalue()) is coloured


def test_a_core_installation_names_the_extra_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError(\"No module named 'uvicorn'\", name='uvicorn')")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for command in (["-m", "fal_emulator"], ["-c", "import fal_emulator; fal_emulator.start()"]):
        done = subprocess.run(
            [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=LIMIT
        )
        assert done.returncode == 1
        last = done.stderr.strip().splitlines()[-1]
        assert "'uvicorn' is not installed" in last and "[emulator]" in last


def test_a_taken_port_is_reported_on_the_command_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "fal_emulator", "--port", port], capture_output=True, text=True, timeout=LIMIT
        )
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert f"port {port} of 127.0.0.1 cannot be used" in done.stderr
