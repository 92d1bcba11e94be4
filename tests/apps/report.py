"""What was compared, as a Markdown page."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.apps.calls import DIFFERENCES

_PAGE = """# Evidence: apps deployed by both answer alike

Made by `just apps`, which deploys the apps of `tests/apps/samples` with this SDK and with the PyPI package `fal` 1.83.0 to one
local control plane, asks both the same, and compares status, body, headers and OpenAPI field by field. The `fal.apps` of both calls
apps of both.

| app | requests | description |
| --- | --- | --- |
{apps}

## What differs on purpose

| where | field | seen | why |
| --- | --- | --- | --- |
{differences}
"""


def page(notes: list[dict[str, Any]]) -> str:
    """Return the page.

    Args:
        notes: What the tests took down.

    Raises:
        ValueError: A difference that stands in the table was not seen.
    """
    calls = Counter(note["app"] for note in notes if note["what"] == "call")
    described = {note["app"] for note in notes if note["what"] == "openapi"}
    seen = Counter((note["where"], note["at"], note["reason"]) for note in notes if note["what"] == "difference")
    known = {(row["where"], row["at"], row["reason"]) for row in DIFFERENCES}
    if unseen := known - seen.keys():
        raise ValueError(f"differences.toml has rows that nothing differs by: {sorted(unseen)}")
    apps = "\n".join(f"| {app} | {calls[app]} | {'same' if app in described else ''} |" for app in sorted(calls))
    rows = [
        f"| `{_cell(where)}` | `{_cell(at)}` | {count} | {reason} |"
        for (where, at, reason), count in sorted(seen.items())
    ]
    return _PAGE.format(apps=apps, differences="\n".join(rows) or "| | | | nothing |")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
