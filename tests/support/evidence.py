"""Run a suite of tests whole, and write its page of evidence: python -m tests.support.evidence SUITE [PYTEST OPTION]...

A suite is a folder below tests/. Its tests note what they did, and `page(notes)` of its report.py says it in Markdown.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_FILE = "TESTS_EVIDENCE"


def note(what: str, **facts: Any) -> None:
    """Write down what a test did; nothing is written unless a page is being made."""
    path = os.environ.get(_FILE)
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what, **facts}) + "\n")


def main(suite: str, *options: str) -> int:
    """Run the tests of a suite, slow ones included, and write docs/evidence/SUITE.md when all of them pass."""
    with tempfile.TemporaryDirectory() as scratch:
        notes = Path(scratch) / "notes"
        run = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-m", "slow or not slow", *options]
        status = subprocess.run(
            [*run, f"tests/{suite}"], cwd=_ROOT, env={**os.environ, _FILE: str(notes)}, check=False
        ).returncode
        if status:
            return status
        lines = notes.read_text(encoding="utf-8").splitlines()
    report = importlib.import_module(f"tests.{suite}.report")
    target = _ROOT / "docs" / "evidence" / f"{suite}.md"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(report.page([json.loads(line) for line in lines]), encoding="utf-8", newline="\n")
    print(f"wrote {target.relative_to(_ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
