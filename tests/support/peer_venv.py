"""Virtual environments below .venvs/, each made once: the peer, the PyPI package `fal`, is never among our own packages."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from pathlib import Path

_WORK = Path(__file__).resolve().parents[2] / ".venvs"
_LONGEST_END = 20  # seconds
PEER = ("fal==1.83.0", "isolate-proto==0.34.5")


def peer() -> Path:
    """Return the interpreter of the virtual environment that holds the peer."""
    return venv("peer", *PEER)


def venv(name: str, *requirements: str) -> Path:
    """Return the interpreter of a virtual environment that holds `requirements`."""
    folder = _WORK / name
    python = folder / "bin" / "python"
    stamp = folder / ".ready"
    wanted = json.dumps(requirements)
    _WORK.mkdir(exist_ok=True)
    with open(_WORK / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes, one installs and the others wait
        if not stamp.exists() or stamp.read_text() != wanted:
            print(f"installing {' '.join(requirements)} ...", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
            install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
            subprocess.run(install, check=True)
            stamp.write_text(wanted)
    return python


def end_peer(process: subprocess.Popen[str]) -> None:
    """Wait for the end of a process of the peer whose work is done, and kill one whose threads keep it from ending."""
    try:
        process.wait(_LONGEST_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
