"""Measure this SDK against the peer, the PyPI package `fal`, in one run: interleaved, medians, ratios.

    just bench              # every case, as a Markdown table
    just bench import       # some of them

The peer is installed into a virtual environment of its own below .venvs/, and so is this SDK, so that both are measured as a
user has them. Both talk to the local control plane of this project, over loopback and without TLS.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.peer_venv import peer as peer_python
from tests.peer_venv import venv

ROOT = Path(__file__).resolve().parent.parent


class Case(NamedTuple):
    """One thing to measure: the same program for both, and a bare interpreter start where that says something."""

    name: str
    ours: str
    peer: str
    bare: bool = False
    runs: int = 9


LOOP = """
import time
client.apps.list()
n = {n}
t = time.perf_counter()
for _ in range(n): client.apps.list()
print("SECONDS", (time.perf_counter() - t) / n)
"""
# The peak that wait() reports begins with that of the process that forked, so each process reads its own (Linux).
PEAK = """
with open("/proc/self/status") as status:
    print("PEAK", *[line.split()[1] for line in status if line.startswith("VmHWM")])
"""
WORDS = ("SECONDS ", "PEAK ")
CLIENT = "from fal.api import SyncServerlessClient; client = SyncServerlessClient()\n"
DEPLOY_OURS = CLIENT + f"client.deploy({str(ROOT / 'examples/hello.py')!r} + '::Hello', app_name='bench-ours')"
DEPLOY_PEER = CLIENT + f"client.deploy({str(ROOT / 'examples/hello.py')!r} + '::Hello', app_name='bench-peer')"

CASES = {
    "import": Case(
        "`from fal.api import SyncServerlessClient`",
        "from fal.api import SyncServerlessClient",
        "from fal.api import SyncServerlessClient",
        bare=True,
        runs=15,
    ),
    "first": Case(
        "process start to the first `apps.list()` result", CLIENT + "client.apps.list()", CLIENT + "client.apps.list()"
    ),
    "warm": Case("one warm `apps.list()`", CLIENT + LOOP.format(n=300), CLIENT + LOOP.format(n=100), runs=5),
    "deploy": Case(
        "`deploy()` of a hello app, environment built before, runner started by the control plane",
        DEPLOY_OURS,
        DEPLOY_PEER,
        runs=5,
    ),
}


class Sample(NamedTuple):
    seconds: float  # wall time
    cpu: float  # seconds of processor time of the client's process
    megabytes: float  # peak memory of the client's process


def weight(python: Path) -> tuple[int, float]:
    """Return how many distributions and how many megabytes an environment holds beside pip and setuptools."""
    listed = subprocess.run(
        [str(python), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        capture_output=True,
        check=True,
    )
    names = {item["name"].casefold() for item in json.loads(listed.stdout)} - {"pip", "setuptools", "wheel"}
    packages = next((python.parent.parent / "lib").glob("python*/site-packages"))
    left_out = ("pip", "setuptools", "_distutils_hack", "pkg_resources")
    size = sum(
        path.stat().st_size
        for path in packages.rglob("*")
        if path.is_file() and not path.relative_to(packages).parts[0].startswith(left_out)
    )
    return len(names), size / 1e6


def measure(python: Path, program: str, environ: dict[str, str]) -> Sample:
    """Run `program` in a fresh process; return its wall time, or the SECONDS it prints, its processor time and its memory."""
    with tempfile.TemporaryFile("w+") as out:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(python), "-c", program + PEAK], env=environ, stdout=out, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    if process.returncode != 0:
        raise SystemExit(f"{python} failed:\n{program}\n{text}")
    printed = {
        word: float(value) for word, value in (line.split() for line in text.splitlines() if line.startswith(WORDS))
    }
    return Sample(printed.get("SECONDS", seconds), usage.ru_utime + usage.ru_stime, printed["PEAK"] / 1e3)


def spread(samples: list[Sample], pick: Callable[[Sample], float], unit: str, factor: float) -> str:
    values = sorted(pick(sample) * factor for sample in samples)
    return f"{statistics.median(values):.1f} {unit} ({values[0]:.1f}-{values[-1]:.1f})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help=f"some of: weight, {', '.join(CASES)} (default: all)")
    wanted = parser.parse_args().cases or ["weight", *CASES]
    unknown = sorted(set(wanted) - {"weight", *CASES})
    if unknown:
        parser.error(f"there is no case {', '.join(unknown)}; there are: weight, {', '.join(CASES)}")

    core = venv("core", str(ROOT))
    ours = venv("ours", f"{ROOT}[deploy]")
    peer = peer_python()
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}\n"
    )
    print("| case | ours | peer | peer / ours | processor time, peer / ours | ours, memory | peer, memory |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    if "weight" in wanted:
        (count, size), (peer_count, peer_size) = weight(core), weight(peer)
        print(
            f"| installed core: distributions, MB | {count}, {size:.0f} MB | {peer_count}, {peer_size:.0f} MB "
            f"| {peer_count / count:.1f}, {peer_size / size:.1f} | | | |"
        )
    sys.path.insert(0, str(ROOT / "src"))
    import fal_emulator

    with tempfile.TemporaryDirectory() as home, fal_emulator.start(isolation="venv") as plane:
        environ = {**os.environ, **plane.env(), "HOME": home, "FAL_DONT_OPEN_LINKS": "1"}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for name in wanted:
            if name != "weight":
                report(CASES[name], core if name in ("import", "first", "warm") else ours, peer, environ)
    return 0


def report(case: Case, ours: Path, peer: Path, environ: dict[str, str]) -> None:
    """Run one case interleaved, after one run of each that is not counted, and print its row."""
    programs = {"ours": (ours, case.ours), "peer": (peer, case.peer)}
    if case.bare:
        programs["bare"] = (ours, "pass")
    samples: dict[str, list[Sample]] = {who: [] for who in programs}
    for run in range(case.runs + 1):
        for who, (python, program) in programs.items():
            sample = measure(python, program, environ)
            if run:
                samples[who].append(sample)
    # Pair by pair, so that a machine that changes its speed changes both.
    ratios = [b.seconds / a.seconds for a, b in zip(samples["ours"], samples["peer"], strict=True)]
    name = case.name
    if case.bare:
        over = [a.seconds / b.seconds for a, b in zip(samples["ours"], samples["bare"], strict=True)]
        peer_over = [a.seconds / b.seconds for a, b in zip(samples["peer"], samples["bare"], strict=True)]
        name += (
            f"; over a bare interpreter: ours {statistics.median(over):.2f}x, peer {statistics.median(peer_over):.1f}x"
        )
    cells = [
        name,
        spread(samples["ours"], lambda sample: sample.seconds, "ms", 1e3),
        spread(samples["peer"], lambda sample: sample.seconds, "ms", 1e3),
        f"{statistics.median(ratios):.1f}x",
        f"{statistics.median(b.cpu / a.cpu for a, b in zip(samples['ours'], samples['peer'], strict=True)):.1f}x",
        spread(samples["ours"], lambda sample: sample.megabytes, "MB", 1),
        spread(samples["peer"], lambda sample: sample.megabytes, "MB", 1),
    ]
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
