"""What the congruence run compared, as a Markdown page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.peer_venv import PEER

_HEAD = """# Evidence: congruence

Made by `just congruence`, which runs `tests/congruence` and writes this page when all of it passes. One table of cases is run
through the peer (PyPI: {peer}, in a virtual environment of its own) and through both clients of
this SDK, against one server that records every request. Compared are, field by field: the requests (RPC or method and path,
message, headers, deadline), what the call returned or which error it raised, and what it printed or warned of. The code that a
deploy sent is compared by what it answers in a process of its own, and searched for the key. Our two clients are compared with
each other as well. A table of command lines is run through the released command and through ours, and the requests of each line
are compared. Every number is a count of that run.

| what | {counts} |
| --- | {rules} |
{rows}

No field differed beyond what follows. The reasons are those of `tests/congruence/differences.toml`: a difference that is not there
fails the run, and so does an entry there that nothing needs.
"""
_TABLES = {"calls": "Calls", "deploys": "Deploys", "commands": "Commands"}


def page(notes: list[dict[str, Any]]) -> str:
    """Return the page."""
    tables = {note["what"]: note for note in notes}
    known = [name for name in _TABLES if name in tables]
    counts = list(tables[known[0]]["counts"])
    rows = [[_TABLES[name].lower(), *(f"{tables[name]['counts'][count]:,}" for count in counts)] for name in known]
    head = _HEAD.format(
        peer=" and ".join(f"`{each}`" for each in PEER),
        counts=" | ".join(counts),
        rules=" | ".join("---" for _ in counts),
        rows="\n".join(map(_row, rows)),
    )
    return "\n".join([head, *(_table(_TABLES[name], tables[name]["entries"]) for name in known)])


def _table(title: str, entries: list[Mapping[str, Any]]) -> str:
    rows = [[entry["title"], _code(entry["paths"]), str(len(entry["cases"])), entry["reason"]] for entry in entries]
    lines = ["| what differs | field | cases | why |", "| --- | --- | --- | --- |", *map(_row, rows)]
    return "\n".join([f"## {title}", "", *lines, ""])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(paths: list[str]) -> str:
    return ", ".join(f"`{path.removeprefix('calls.*.')}`" for path in paths)
