"""The docstring of an operation's function."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

_WIDTH = 120


def docstring(
    item: Mapping[str, Any], fallback: str, parameters: Iterable[tuple[str, str]], responses: Mapping[str, Any]
) -> str:
    """Return the docstring with its quotes, indented as the body of a function is."""
    summary = str(item.get("summary") or fallback).strip()
    blocks = [_wrap(summary)]
    if item.get("description"):
        blocks.append(_wrap(str(item["description"])))
    if item.get("deprecated"):
        blocks.append(["Deprecated upstream."])
    arguments = [line for name, doc in parameters for line in _wrap(f"{name}: {doc}", 4, 8)]
    if arguments:
        blocks.append(["Args:", *arguments])
    returned = [str(found["description"]).strip() for found in responses.values() if found.get("content")]
    if returned:
        blocks.append(["Returns:", *_wrap(" ".join(returned), 4, 4)])
    if parameters:
        blocks.append(["Raises:", *_wrap("ValueError, TypeError: A value does not fit into the request.", 4, 8)])
    lines = [line for number, block in enumerate(blocks) for line in ([""] if number else []) + block]
    if len(lines) == 1 and not lines[0].endswith('"'):
        return f'"""{lines[0]}"""'
    return (
        '"""'
        + "\n".join(("    " + line if line and number else line) for number, line in enumerate(lines))
        + '\n    """'
    )


def _wrap(text: str, first: int = 0, rest: int = 0) -> list[str]:
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    return textwrap.wrap(safe, _WIDTH - 8, initial_indent=" " * first, subsequent_indent=" " * rest) or [""]
