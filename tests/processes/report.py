"""What the tests of processes measured, as a Markdown page."""

from __future__ import annotations

import platform
from collections import Counter
from importlib.metadata import version
from typing import Any

from tests.processes.process_kit import A_LEAK, CLIENT

_HEAD = """# Evidence: processes, threads and leaks

Made by `just processes`, which runs `tests/processes`, the slow ones included, and writes this page when all of it passes. It ran
on Python {python} and grpcio {grpcio}, on {system}.

| what was done | runs | times in all |
| --- | --- | --- |
{done}

## What is left

Half of the calls and clients come first, half are measured. Calls are a unary call over gRPC and REST, a failure over each, a
stream over each that is read, and one over each that is closed early, in turn. A client makes a call over each wire. Growth of
memory is in bytes for each call or client: what Python allocated (tracemalloc), and what the process has in memory. The bound is
{call} bytes for a call, {client} for a client; that a leak of {call} bytes for each call shows is a test of its own.

| what | number | open files | threads | tasks | allocated | in memory |
| --- | --- | --- | --- | --- | --- | --- |
{left}
"""
_GROWTH = ("files", "threads", "tasks")


def page(notes: list[dict[str, Any]]) -> str:
    """Return the page."""
    runs: Counter[str] = Counter()
    times: Counter[str] = Counter()
    left = []
    for entry in notes:
        what = entry["what"]
        if "allocated" in entry:
            grown = " | ".join(f"{entry[name]:+d}" for name in _GROWTH)
            memory = f"{entry['allocated']:+.1f} | {entry['resident']:+.1f}"
            left.append(f"| {what} | {entry['count']:,} | {grown} | {memory} |")
        else:
            runs[what] += 1
            times[what] += entry["times"]
    return _HEAD.format(
        python=platform.python_version(),
        grpcio=version("grpcio"),
        system=platform.system(),
        done="\n".join(f"| {what} | {runs[what]} | {times[what]:,} |" for what in sorted(runs)),
        left="\n".join(sorted(left)),
        call=A_LEAK,
        client=f"{CLIENT:,}",
    )
