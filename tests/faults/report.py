"""What the fault tests injected, as a Markdown page."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

LEAST = 10_000

_HEAD = """# Evidence: network faults

Made by `just faults`, which runs `tests/faults` and writes this page when all of it passes. A fault is counted when it strikes: by
the proxy that breaks the connection, by the server that misbehaves, or, where a port refuses, by the attempts that the client
tells of. One call may meet several, and may end before the one that was meant for it.

| fault | wires | injected | calls | how they ended |
| --- | --- | --- | --- | --- |
"""
_TAIL = """
- Faults injected: **{injected:,}**, into {calls:,} calls: {by}.
- Calls that change things and were executed more than once: **0**; each call was checked against the server's own count.
- Results that were not what the server said for that very call: **0**.
- Errors outside `fal.exceptions`, or without method, request id and attempts in their text: **0**.
- The longest that a call took beyond its deadline: **{over:.2f} s**.
"""


def page(notes: list[dict[str, Any]]) -> str:
    """Return the page; the tests themselves have failed when a call was not what it must be."""
    injected: Counter[str] = Counter()
    ended: dict[str, Counter[str]] = defaultdict(Counter)
    wires: dict[str, set[str]] = defaultdict(set)
    by: Counter[str] = Counter()
    over = 0.0
    for entry in notes:
        what = entry["what"]
        injected[what] += entry["injected"]
        ended[what].update(entry["outcomes"])
        wires[what].add(entry["wire"])
        by[f"{entry['client']} client over {'gRPC' if entry['wire'] == 'grpc' else 'REST'}"] += entry["injected"]
        over = max(over, entry["over"])
    total = injected.total()
    if total < LEAST:
        raise SystemExit(f"only {total:,} faults were injected, {LEAST:,} are promised")
    rows = [
        f"| {what} | {', '.join(sorted(wires[what]))} | {injected[what]:,} | {ended[what].total():,} | "
        f"{', '.join(f'{number:,} {word}' for word, number in ended[what].most_common())} |"
        for what in sorted(injected)
    ]
    tail = _TAIL.format(
        injected=total,
        calls=sum(counts.total() for counts in ended.values()),
        by=", ".join(f"{number:,} {name}" for name, number in sorted(by.items())),
        over=over,
    )
    return _HEAD + "\n".join(rows) + "\n" + tail
