"""Every limit of the control plane: what is just within it is taken, one step more is refused, and says why.

The tests are in the modules beside this one, by subject. MOST_LOG_LINES, MOST_LOG_BYTES and MOST_UNWRITTEN_BYTES are tested
where the log is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from fal_emulator.model import limits

Evidence = Callable[..., None]
NAMES = [name for name in vars(limits) if name.isupper() and not name.startswith("_")]


def test_the_documentation_lists_every_limit(evidence: Evidence) -> None:
    code = Path(limits.__file__).read_text()
    page = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text()
    for name in NAMES:
        match = re.search(rf"^{name} = (?P<value>[^#\n]+)  # (?P<what>.+)$", code, re.MULTILINE)
        assert match, f"{name} says what it is and in which unit"
        what, _, then = match["what"].partition(": ")
        row = f"| `{name}` | {shown(getattr(limits, name), what)} | {what} | {then} |"
        assert row in page, row
    evidence("limits of the control plane", limits=len(NAMES))


def shown(value: float, what: str) -> str:
    """Return a limit as the documentation writes it."""
    for unit, size in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if what.startswith("bytes") and value >= size and value % size == 0:
            return f"{value // size} {unit}"
    return f"{value:,g}"


def test_every_limit_is_tested_or_says_where() -> None:
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_plane_limits*.py"))
    for name in NAMES:
        assert re.search(rf"\b{name}\b", text), name
