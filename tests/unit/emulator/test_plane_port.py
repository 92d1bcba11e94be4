"""The port that the control plane takes, and the link that it tells."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from fal_emulator.__main__ import _PORTS
from tests.support.waiting import LIMIT

if TYPE_CHECKING:
    from pathlib import Path


def test_the_next_port_is_taken_and_the_link_is_reported(tmp_path: Path) -> None:
    held: dict[int, socket.socket] = {}
    for port in list(_PORTS)[:2]:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except OSError:  # another program has it, and may let it go
            listener.close()
        else:
            held[port] = listener
    command = [sys.executable, "-m", "fal_emulator", "--isolation", "inline", "--ready-file", str(tmp_path / "ready")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said, link = process.stdout.readline(), process.stdout.readline()
        process.terminate()
        assert process.wait(LIMIT) == 0
    for listener in held.values():
        listener.close()
    port = int(said.partition("127.0.0.1:")[2].partition(";")[0])
    assert port not in held
    assert f"http://127.0.0.1:{port}/?token=" in link


def test_a_port_that_was_asked_for_is_not_replaced() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        command = [sys.executable, "-m", "fal_emulator", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 1
    assert str(port) in done.stderr
