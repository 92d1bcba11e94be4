"""Run programs in fresh processes, interleaved, and gather their figures."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.cases import Case, Program

_PROGRAMS = Path(__file__).resolve().parent / "programs"
# A result is there before the interpreter has taken itself down, which may take it a fifth of a second more.
_SAY = f"""
import sys; sys.path.insert(0, {str(_PROGRAMS)!r}); import timing; timing.result()
"""

# Of one run: seconds of wall time, seconds of processor time of the client, bytes of its peak memory.
Sample = dict[str, float]
Samples = dict[str, list[Sample]]


class Ratio(NamedTuple):
    middle: float
    least: float
    most: float


def run(python: Path, program: Program, environ: Mapping[str, str], folder: Path) -> Sample:
    """Run a program; return what it says of itself, in which a moment becomes the time since the program's start."""
    first, *rest = (part.replace("FOLDER", str(folder)) for part in program)
    command = [first, rest[0] + _SAY] if first == "-c" else [str(_PROGRAMS / first), *rest]
    with tempfile.TemporaryFile("w+") as out:
        started = time.perf_counter()
        process = subprocess.Popen([str(python), *command], env=dict(environ), stdout=out, stderr=subprocess.STDOUT)
        process.wait()
        out.seek(0)
        text = out.read()
    if process.returncode != 0:
        raise SystemExit(f"{python} failed: {' '.join(command)}\n{text}")
    collected = {}
    for line in text.splitlines():
        if line.startswith("FOUND "):
            _, name, number = line.split()
            collected[name] = float(number)
    if "moment" in collected:
        collected["time"] = collected.pop("moment") - started  # one clock for all processes, on Linux
    return collected


def interleaved(
    case: Case, pythons: Mapping[str, Path], environ: Mapping[str, str], folder: Path, note: Callable[[str], None]
) -> Samples:
    """Run the programs of a case in turn, after one run of each that is not counted."""
    samples: Samples = {who: [] for who in case.programs}
    for number in range(case.runs + 1):
        for who, program in case.programs.items():
            note(f"{case.title}: run {number} of {case.runs}, {who}")
            time.sleep(case.pause)
            sample = run(pythons[who], program, environ, folder)
            if number:
                samples[who].append(sample)
    return samples


def ratio(samples: Samples, over: str, under: str, figure: str, *, less: str | None = None) -> Ratio:
    """Return the ratio of two programs' figures, run by run, so that a machine that changes its speed changes both.

    Args:
        samples: All runs.
        over, under: The two.
        figure: "time", "cpu" or "memory".
        less: A third program whose figure is taken off both before.
    """
    taken = [sample[figure] for sample in samples[less]] if less else [0.0] * len(samples[over])
    values = [(a[figure] - c) / (b[figure] - c) for a, b, c in zip(samples[over], samples[under], taken, strict=True)]
    return Ratio(statistics.median(values), min(values), max(values))
