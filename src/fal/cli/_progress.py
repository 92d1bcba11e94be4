"""What is being done, on standard error, while somebody watches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from fal.cli._output import size
from fal.cli._screen import safe

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from fal.cli._screen import Screen


class Progress:
    """A line on standard error that says what is being done, while somebody watches.

    Args:
        screen: Where to.
        doing: What is being done.
    """

    def __init__(self, screen: Screen, doing: str) -> None:
        self._status: Any = screen.console(stderr=True).status(doing) if screen.follows else None
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._status is not None:
            self._status.stop()

    def show_bytes(self, doing: str, sent: int, total: int) -> None:
        """Show how many bytes were sent since it began, and how fast."""
        if self._status is not None:
            from rich.text import Text

            pace = size(int(sent / max(time.monotonic() - self._began, 0.001)))
            line = f"{safe(doing)}: {size(sent)} of {size(total)}, {pace}/s"
            self._status.update(Text(line, overflow="ellipsis", no_wrap=True))
