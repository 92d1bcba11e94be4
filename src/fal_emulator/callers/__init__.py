"""Redirects for callers with hard-coded addresses of the platform.

The PyPI package `fal-client` and the npm package `@fal-ai/client` have some hosts of the platform written into their code.
The folder `python` goes on PYTHONPATH and the file in `node` into NODE_OPTIONS: they send what is meant for those hosts, and
nothing else, to the local control plane.
"""

from __future__ import annotations

import os
from pathlib import Path

_FOLDER = Path(__file__).parent


def variables() -> dict[str, str]:
    """Return the environment variables that load them, beside what this process has in them."""
    python, node = str(_FOLDER / "python"), f'--require "{_FOLDER / "node" / "reroute.cjs"}"'
    return {
        "PYTHONPATH": _joined(python, os.environ.get("PYTHONPATH"), os.pathsep),
        "NODE_OPTIONS": _joined(node, os.environ.get("NODE_OPTIONS"), " "),
    }


def _joined(ours: str, theirs: str | None, separator: str) -> str:
    return separator.join([ours, *(part for part in (theirs or "").split(separator) if part and part not in ours)])
