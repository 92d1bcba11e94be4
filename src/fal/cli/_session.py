"""What a command works with: the screen, and a client that is made when it is asked for."""

from __future__ import annotations

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

        chosen = {name: self._options.get(name) for name in ("host", "profile", "team", "timeout")}
        return SyncServerlessClient(**chosen)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if "client" in self.__dict__:
            self.client.close()
