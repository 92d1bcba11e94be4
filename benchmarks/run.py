"""Measure this SDK against the peer, the PyPI package `fal`, in one run: interleaved, medians, ratios.

    just bench              # every case; writes docs/evidence/speed.md
    just bench import warm  # some of them, printed only

The peer is installed into a virtual environment of its own below .venvs/, and so is this SDK, so that both are measured as a
user has them. All talk to servers on loopback: a minimal one that answers with prepared bytes, or the local control plane.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fal_emulator
from benchmarks import answers, report
from benchmarks.cases import CASES, ROOT, Case
from benchmarks.measure import Samples, interleaved
from tests.support.peer_venv import peer as peer_venv
from tests.support.peer_venv import venv

_PAGE = ROOT / "docs/evidence/speed.md"
_INTRODUCTION = """# Evidence: speed

Written by `just bench`, which measures this SDK and the PyPI package `fal` 1.83.0 ("peer") in one run, interleaved, each as
installed in a virtual environment of its own, against servers on loopback. Figures are medians, with the least and the most in
brackets; ratios are medians of the runs' pairs. A figure in seconds or bytes is that of the client's process.
What is measured, and what the floors are made of, says [benchmarks/README.md](../../benchmarks/README.md).

"""


def wheel() -> Path:
    """Build this SDK and return its wheel, in a folder that is named for what it is made from."""
    digest = hashlib.sha256()
    for path in sorted([ROOT / "pyproject.toml", *(ROOT / "src").rglob("*"), *(ROOT / "generator").rglob("*")]):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    folder = ROOT / ".venvs" / "wheels" / digest.hexdigest()[:16]
    if not folder.exists():
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
        subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


def weight(python: Path) -> tuple[int, float]:
    """Return how many distributions and how many bytes an environment holds beside pip and setuptools."""
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
    return len(names), size


@contextmanager
def calls(plane: fal_emulator.Plane, folder: Path) -> Iterator[dict[str, str]]:
    """Deploy an app, and serve the same endpoint bare; yield variables with the addresses of both."""
    with plane.client() as client:
        client.deploy(ROOT / "examples/hello.py", app_name="bench-call")
    with (
        open(folder / "bare.log", "w") as log,
        subprocess.Popen(
            [sys.executable, str(ROOT / "benchmarks/programs/bare_app.py")], stdout=subprocess.PIPE, stderr=log
        ) as bare,
    ):
        assert bare.stdout is not None
        port = int(bare.stdout.readline())
        reading = threading.Thread(target=bare.stdout.read, daemon=True)
        reading.start()
        try:
            yield {
                "BENCH_HTTP": f"http://127.0.0.1:{plane.port}/local/bench-call",
                "BENCH_HTTPS": f"https://127.0.0.1:{plane.port}/local/bench-call",
                "BENCH_BARE": f"http://127.0.0.1:{port}/",
            }
        finally:
            bare.terminate()
            reading.join()


@contextmanager
def servers(folder: Path) -> Iterator[dict[str, dict[str, str]]]:
    """Start the servers; yield the variables that point a client at each."""
    command = [sys.executable, "-m", "benchmarks.server", str(folder)]
    with (
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as minimal,
        fal_emulator.start(isolation="venv") as plane,
        calls(plane, folder) as addresses,
    ):
        assert minimal.stdout is not None
        ports = json.loads(minimal.stdout.readline())

        def at(grpc: str, rest: str) -> dict[str, str]:
            names = {"FAL_GRPC_HOST": grpc, "FAL_REST_HOST": rest, "FAL_RUN_HOST": rest, "FAL_QUEUE_RUN_HOST": rest}
            return {**{name: f"127.0.0.1:{ports[port]}" for name, port in names.items()}, "FAL_KEY": "bench:secret"}

        trusted = {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(folder / "ca.pem"), "SSL_CERT_FILE": str(folder / "ca.pem")}
        try:
            yield {
                "plane": plane.env() | addresses,
                "plain": {**at("grpc", "rest"), "ISOLATE_TEST_MODE": "1"},
                # Where each call is answered with the same listing of apps.
                "apps": {**at("apps", "rest"), "ISOLATE_TEST_MODE": "1"},
                "apps-tls": {**at("apps_tls", "rest_tls"), **trusted},
                # The peer sends this REST call to the host of gRPC, whatever the REST host is.
                "rest": {**at("rest_tls", "rest_tls"), **trusted},
            }
        finally:
            minimal.communicate()  # which ends its input


def note(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text[:100]}", end="", file=sys.stderr, flush=True)


def measure(wanted: list[str]) -> Iterator[str]:
    """Yield the lines of the table."""
    built = str(wheel())
    core, peer = venv("core", built), peer_venv()
    yield report.machine(core) + "\n"
    yield report.HEAD
    if "weight" in wanted:
        yield from report.weights(weight(core), weight(peer))
    collected: dict[str, Samples] = {}
    with tempfile.TemporaryDirectory() as home, servers(Path(home)) as places:
        for listing, (count, described) in answers.LISTINGS.items():
            (Path(home) / listing).write_bytes(answers.runners(count, described))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FAL_")}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        kept |= {"HOME": home, "FAL_DONT_OPEN_LINKS": "1"}
        for name in wanted:
            if name == "weight":
                continue
            case: Case = CASES[name]
            ours = (
                venv("ours" if case.extra == "deploy" else case.extra, f"{built}[{case.extra}]") if case.extra else core
            )
            environ = {**kept, **(places[case.server] if case.server else {})}
            collected[name] = interleaved(case, {"ours": ours, "bare": ours, "peer": peer}, environ, Path(home), note)
            note("")
            yield from report.rows(case, collected[name])
            if name == "runners-100k" and "runners-10k" in collected:
                yield report.growth(collected["runners-10k"], collected["runners-100k"], 10)


def main() -> int:
    names = ["weight", *CASES]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help=f"some of: {', '.join(names)} (default: all)")
    wanted = parser.parse_args().cases
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        parser.error(f"there is no case {', '.join(unknown)}; there are: {', '.join(names)}")
    lines = []
    for line in measure(wanted or names):
        print(line, flush=True)
        lines.append(line)
    if not wanted:
        _PAGE.write_text(_INTRODUCTION + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
