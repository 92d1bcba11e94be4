"""Look for published flaws in everything that is pinned: python -m tools.audit."""

from __future__ import annotations

import subprocess
import sys

from tools.build import ROOT, environment


def main() -> int:
    """Audit each file of requirements; return 1 when a flaw is found in one, or when one of its pins cannot be looked up."""
    tools = environment("release", "-r", ROOT / "requirements" / "release.txt")
    status = 0
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        command = [tools, "-m", "pip_audit", "--strict", "--disable-pip", "--require-hashes", "--requirement", path]
        status |= subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
