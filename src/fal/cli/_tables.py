"""Tables on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal.cli._screen import Screen

_BORDER = 3  # columns that the border and the padding take for each cell
_NARROWEST = 8  # columns that the first cell gets at least


def show_table(screen: Screen, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table that fits the width: the columns that come first stay, and a line says how many do not fit."""
    console = screen.console()
    from rich import box
    from rich.table import Table
    from rich.text import Text

    kept = _that_fit(titles, rows, console.width)
    table = Table(box=box.ASCII2 if not console.encoding.startswith("utf") else box.ROUNDED, header_style="bold")
    for title in titles[:kept]:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row[:kept]))
    console.print(table)
    if kept < len(titles):
        hidden = ", ".join(titles[kept:])
        console.print(Text(f"Not shown, as the terminal is narrow: {hidden}. See --json.", style="dim"))


def _that_fit(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> int:
    from rich.cells import cell_len

    left = width - 1
    for position, title in enumerate(titles):
        widest = max(map(cell_len, (title, *(row[position] for row in rows))))
        needed = (widest if position else min(widest, max(_NARROWEST, left - _BORDER))) + _BORDER
        if needed > left:
            return max(position, 1)
        left -= needed
    return len(titles)
