"""Ports of this machine."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

# Below those that the system hands out by itself: no server or client of another test gets one by chance.
_PORTS = (10_000, 20_000)


def free_port() -> int:
    """Return a port on which nothing listens."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", random.randrange(*_PORTS))) as listener:
            return int(listener.getsockname()[1])
