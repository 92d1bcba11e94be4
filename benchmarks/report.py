"""The figures as a Markdown table."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.cases import Case, Target
from benchmarks.measure import Ratio, Sample, Samples, ratio

HEAD = """| what | figure | ours | bare | peer | ours / bare | peer / ours | wanted | met |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""
_NAMES = {"time": "time", "p99": "99th percentile", "cpu": "processor time", "memory": "memory"}
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


def rows(case: Case, samples: Samples) -> Iterator[str]:
    """Yield the rows of one case, one for each figure."""
    title = case.title + (f"; bare: {case.bare}" if case.bare else "")
    for number, (figure, targets) in enumerate(case.targets.items()):
        ratios: dict[str, Ratio] = {}
        if "bare" in samples:
            ratios["bare"] = ratio(samples, "ours", "bare", figure)
        if "peer" in samples:
            ratios["peer"] = ratio(samples, "peer", "ours", figure)
        wanted = dict(ratios)
        notes = [str(target) for target in targets]
        if case.less_bare and figure == "memory":
            wanted["peer"] = ratio(samples, "peer", "ours", figure, less="bare")
            notes = [f"{note}, both above bare: {wanted['peer'].middle:.1f}x" for note in notes]
        yield _line(
            title if number == 0 else "",
            _NAMES[figure],
            *(_spread(samples.get(who), figure) for who in ("ours", "bare", "peer")),
            _shown(ratios.get("bare"), 2),
            _shown(ratios.get("peer"), 1),
            "; ".join(notes),
            _verdict(
                targets,
                {**{than: item.middle for than, item in wanted.items()}, "seconds": _middle(samples["ours"], figure)},
            ),
        )


def growth(few: Samples, many: Samples, factor: int) -> str:
    """Return the row that says how time and memory of our listing grow with its length."""

    def times(figure: str) -> float:
        return statistics.median(s[figure] for s in many["ours"]) / statistics.median(s[figure] for s in few["ours"])

    time, memory = times("cpu"), times("memory")
    met = "yes" if max(time, memory) <= 1.25 * factor else "no"
    return _line(
        f"{factor} times as many runners",
        "growth",
        f"{time:.1f}x processor time, {memory:.1f}x memory",
        "",
        "",
        "",
        "",
        f"linear: ≤ {1.25 * factor:g}x both",
        met,
    )


def weights(ours: tuple[int, float], peer: tuple[int, float]) -> Iterator[str]:
    """Yield the rows of what is installed: how many distributions, and how many bytes."""
    yield _line(
        "installed, the core",
        "distributions",
        str(ours[0]),
        "",
        str(peer[0]),
        "",
        f"{peer[0] / ours[0]:.1f}x",
        "≤ 10",
        "yes" if ours[0] <= 10 else "no",
    )
    yield _line("", "size", _bytes(ours[1]), "", _bytes(peer[1]), "", f"{peer[1] / ours[1]:.1f}x", "", "")


def machine(python: Path) -> str:
    """Return what was measured with, and on what."""
    asked = "import google.protobuf as p, grpc, httpx; print(grpc.__version__, p.__version__, httpx.__version__)"
    grpc, protobuf, httpx = subprocess.run(
        [str(python), "-c", asked], check=True, capture_output=True, text=True
    ).stdout.split()
    with open("/proc/cpuinfo") as file:
        model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "unknown")
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 1024**2
    return (
        f"{platform.python_implementation()} {platform.python_version()}, grpcio {grpc}, protobuf {protobuf}, httpx {httpx}; "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores of {model}, {memory:.0f} GiB; "
        f"load before the run: {os.getloadavg()[0]:.1f}"
    )


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _verdict(targets: tuple[Target, ...], figures: dict[str, float]) -> str:
    return "; ".join("yes" if target.met(figures[target.than]) else "no" for target in targets)


def _middle(samples: list[Sample], figure: str) -> float:
    return statistics.median(sample[figure] for sample in samples)


def _shown(ratio: Ratio | None, digits: int) -> str:
    return "" if ratio is None else f"{ratio.middle:.{digits}f}x ({ratio.least:.{digits}f}-{ratio.most:.{digits}f})"


def _spread(samples: list[Sample] | None, figure: str) -> str:
    if not samples:
        return ""
    values = sorted(sample[figure] for sample in samples)
    middle, ends = statistics.median(values), (values[0], values[-1])
    if figure == "memory":
        return f"{_bytes(middle)} ({ends[0] / 1e6:.1f}-{ends[1] / 1e6:.1f})"
    scale, unit = next((item for item in _UNITS if middle >= item[0]), _UNITS[-1])
    return f"{middle / scale:.3g} {unit} ({ends[0] / scale:.3g}-{ends[1] / scale:.3g})"


def _bytes(number: float) -> str:
    return f"{number / 1e6:.1f} MB"
