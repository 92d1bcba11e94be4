"""Ports of this machine."""

from __future__ import annotations

import os
import random
import socket
from contextlib import suppress
from itertools import count

# Below those of runners, and of what the system hands out by itself: no server or client of another test gets one by chance.
_FIRST = 10_000
_EACH = 1_000  # for each of the processes that share a run of the tests
_steps = count(random.randrange(_EACH))


def free_port() -> int:
    """Return a port on which nothing listens, and that no other test of this run gets before it is used."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 10
    while True:
        port = _FIRST + process * _EACH + next(_steps) % _EACH
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
