"""Ports of this machine, each for one process at a time."""

from __future__ import annotations

import errno
import random
import socket
import sys
from contextlib import ExitStack
from itertools import chain, islice

# Below those that the system hands out by itself: until the runner listens, nobody gets one by chance.
_RUNNERS = (20_000, 32_000)


class PortLease:
    """Ports that nothing listens on, and that no other lease has until this one is closed or its process ends."""

    def __init__(self, count: int, among: tuple[int, int] = _RUNNERS) -> None:
        """Take some ports.

        Args:
            count: How many.
            among: The least of those to choose from, and the one after the last.

        Raises:
            OSError: There are not as many, or this process may open no more files.
        """
        self._held = ExitStack()
        with ExitStack() as unless_done:
            unless_done.callback(self.close)
            somewhere = random.randrange(*among)
            candidates = chain(range(somewhere, among[1]), range(among[0], somewhere))
            self.ports = tuple(islice(filter(self._take, candidates), count))
            if len(self.ports) < count:
                raise OSError(errno.EADDRINUSE, f"no port from {among[0]} to {among[1] - 1} is free")
            unless_done.pop_all()

    def _take(self, port: int) -> bool:
        with ExitStack() as taken:
            try:
                if sys.platform == "linux":
                    # A name in the network's own namespace, as the port is: it is gone with the process, however that ends.
                    name = taken.enter_context(socket.socket(socket.AF_UNIX))
                    name.bind(f"\0fal-port-{port}")
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    return False
                raise
            self._held.push(taken.pop_all())
        return True

    def close(self) -> None:
        """Give the ports back."""
        self._held.close()
