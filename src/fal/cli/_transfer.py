"""How far an upload is: on standard error, while somebody watches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from fal.cli._output import size
from fal.cli._screen import safe

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from fal.cli._screen import Screen


class Transfer:
    """Shows the bytes and the speed of an upload.

    Args:
        screen: Where to.
        doing: What is done, e.g. "Uploading model.bin".
    """

    def __init__(self, screen: Screen, doing: str) -> None:
        self._doing = doing
        self._status: Any = screen.console(stderr=True).status(doing) if screen.follows else None
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._status is not None:
            self._status.stop()

    def take(self, sent: int, total: int) -> None:
        """Show how far it is."""
        if self._status is not None:
            self._status.update(line(self._doing, sent, total, self._began))


def line(doing: str, sent: int, total: int, began: float) -> Any:
    """Return the bytes that were sent and the speed, as rich shows it.

    Args:
        doing: What is done.
        sent: Bytes that were sent.
        total: Bytes in all.
        began: When it began, by the monotonic clock.
    """
    from rich.text import Text

    pace = size(int(sent / max(time.monotonic() - began, 0.001)))
    return Text(f"{safe(doing)}: {size(sent)} of {size(total)}, {pace}/s", overflow="ellipsis", no_wrap=True)
