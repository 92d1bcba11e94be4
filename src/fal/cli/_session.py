"""What a command works with: the screen, and a client that is made when it is asked for."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from fal.api import SyncServerlessClient
    from fal.cli._screen import Screen


class Session:
    """One run of one command.

    Args:
        options: The options that every command takes, as they were parsed.
        screen: Where its answer goes.
    """

    def __init__(self, options: Mapping[str, Any], screen: Screen) -> None:
        self._options = options
        self.screen = screen

    @cached_property
    def client(self) -> SyncServerlessClient:
        from fal.api import SyncServerlessClient

        self._show_sdk_logs()
        chosen = {name: self._options.get(name) for name in ("host", "profile", "team", "timeout")}
        return SyncServerlessClient(**chosen)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if "client" in self.__dict__:
            self.client.close()

    def _show_sdk_logs(self) -> None:
        """Show its log: all of it to those who asked for it, else warnings only, without what is shown anyway."""
        import logging

        logger = logging.getLogger("fal")
        handler = logging.StreamHandler(self.screen.err)
        handler.setFormatter(logging.Formatter("%(message)s" if self.screen.verbose else "%(levelname)s: %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG if self.screen.verbose else logging.WARNING)
        logging.getLogger("fal.deploy").propagate = self.screen.verbose
        # What the C core of gRPC writes by itself would go between the lines; errors tell what there is to know.
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")
