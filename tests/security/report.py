"""What the security tests looked at, as a Markdown page."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

_HEAD = """# Evidence: security

Made by `just security`, which runs `tests/security` and writes this page when all of it passes. Every number is a count of that
run. A canary is a key, token, password or secret value that is made for the test; a look is one view of one object, searched
for every canary in every form.

| what was looked at | runs | counts |
| --- | --- | --- |
"""
_TAIL = """
No look found a canary. Beyond the counts: no credential went in plaintext to another machine, to the host of a redirect, or
to a host that nobody had named; `proxy=`, `ca_cert=` and the standard variables hold on both wires, for both clients, through a
real CONNECT proxy and under a private CA.

Of the local control plane: every RPC, route and call to an app let in those whose key suffices, and nobody else; each limit was
tried at it and one step beyond; nothing was written outside of a state folder, and no pickle was opened but in a runner.
"""


def page(notes: list[dict[str, Any]]) -> str:
    """Return the page; counts of the same thing from several tests are added up."""
    runs: dict[str, int] = defaultdict(int)
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for note in notes:
        runs[note["what"]] += 1
        for name, number in note.items():
            if name not in ("what", "status"):
                sums[note["what"]][name] += number
    rows = [
        f"| {what} | {runs[what]} | {', '.join(f'{number:,} {name}' for name, number in sums[what].items())} |"
        for what in sorted(runs)
    ]
    return _HEAD + "\n".join(rows) + "\n" + _TAIL
