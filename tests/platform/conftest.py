"""Prism, from npm, which answers as a document says, and checks what passes through it against that document."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from generator.spec.load import read_document
from tests.support.ports import free_port
from tests.support.waiting import eventually
from tests.unit.generator.node_tools import node_tool

PRISM = ("@stoplight/prism-cli", "5.16.0", "prism")
ROOT = Path(__file__).resolve().parents[2]

Prism = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Prism:
    """Return what serves the REST documents of spec/, corrected: made-up answers, or those of a server behind it."""
    command = node_tool(PRISM)
    document = tmp_path_factory.mktemp("prism") / "document.json"
    document.write_text(json.dumps(read_document(ROOT / "spec")))

    @contextmanager
    def serving(*behind: str) -> Iterator[str]:
        port = free_port()
        mode = "proxy" if behind else "mock"
        words = [command, mode, str(document), *behind, "--errors", "--host", "127.0.0.1", "--port", str(port)]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                eventually(lambda: _listens(port))
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()

    return serving


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
