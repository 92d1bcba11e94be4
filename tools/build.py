"""Build what is released, and look at it as a stranger would: python -m tools.build.

Two builds give the same bytes, the metadata is well formed, the wheel holds what it should and nothing else, it installs on its
own, and the tests of the SDK pass from the unpacked source distribution against the installed wheel's dependencies.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
SUITES = ("core", "api", "aio")


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command; end the build when it fails."""
    print("+", *command, flush=True)
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)


def build(target: Path) -> dict[str, str]:
    """Build both distributions into `target`; return file name -> sha256."""
    target.mkdir(parents=True)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", target, ROOT)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(target.iterdir())}


def build_twice() -> dict[str, str]:
    """Build into dist/ and once more elsewhere; return the hashes.

    Raises:
        SystemExit: The two builds differ.
    """
    shutil.rmtree(DIST, ignore_errors=True)
    first = build(DIST)
    with tempfile.TemporaryDirectory() as scratch:
        second = build(Path(scratch) / "dist")
    if first != second:
        raise SystemExit(f"two builds of the same source differ: {first} and {second}")
    return first


def look(tools: Path) -> None:
    """Have the checkers of the field look at both distributions."""
    wheel, sdist = (next(DIST.glob(pattern)) for pattern in ("*.whl", "*.tar.gz"))
    run(tools, "-m", "twine", "check", "--strict", wheel, sdist)
    run(tools, "-m", "check_wheel_contents", "--toplevel", "fal,fal_emulator,generator", wheel)


def inventory(tools: Path, python: Path) -> None:
    """Write the bill of materials and the licences of all that the wheel pulls in; refuse a licence not named here."""
    build_folder = ROOT / "build"
    build_folder.mkdir(exist_ok=True)
    materials: list[str | Path] = [
        "--output-reproducible",
        "--of",
        "JSON",
        "--output-file",
        build_folder / "sbom.cdx.json",
    ]
    run(tools, "-m", "cyclonedx_py", "environment", *materials, python)
    allowed = "MIT;BSD;Apache;Python Software Foundation;PSF-2.0;Mozilla Public License 2.0;MPL-2.0;ISC;Unlicense"
    table: list[str | Path] = [
        "--format",
        "markdown",
        "--with-urls",
        "--order",
        "name",
        "--output-file",
        build_folder / "licences.md",
    ]
    run(tools, "-m", "piplicenses", "--python", python, "--partial-match", "--allow-only", allowed, *table)


def environment(name: str, *requirements: str | Path) -> Path:
    """Return the interpreter of a new environment below .venvs that holds `requirements`."""
    folder = ROOT / ".venvs" / name
    run(sys.executable, "-m", "uv", "venv", "--quiet", "--clear", "--python", sys.executable, folder)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, *requirements)
    return python


def test_unpacked(wheel: Path, sdist: Path) -> None:
    """Run the SDK's tests as they lie in the source distribution, against an environment that holds the wheel."""
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(sdist) as archive:
            archive.extractall(scratch, filter="data")
        (unpacked,) = Path(scratch).iterdir()
        groups = [f"--group={unpacked / 'pyproject.toml'}:{name}" for name in ("generate", "test")]
        python = environment("sdist", f"{wheel}[emulator,cli,otel]", *groups)
        tests = [f"tests/unit/{suite}" for suite in SUITES]
        run(
            python,
            "-m",
            "pytest",
            "-n",
            "2",
            "--dist",
            "loadfile",
            "--quiet",
            "tests/test_generated.py",
            *tests,
            cwd=unpacked,
        )


def main() -> int:
    """Build, check and test; return the exit status."""
    hashes = build_twice()
    tools = environment("release", "-r", ROOT / "requirements" / "release.txt")
    look(tools)
    wheel, sdist = (next(DIST.glob(pattern)) for pattern in ("*.whl", "*.tar.gz"))
    installed = environment("wheel", f"{wheel}[emulator,cli,otel]")
    run(installed, "-I", "-c", "import fal, fal.api, fal_emulator; print(fal.__version__)", cwd=DIST)
    inventory(tools, installed)
    test_unpacked(wheel, sdist)
    print("\n".join(f"{digest}  {name}" for name, digest in hashes.items()))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"failed: {' '.join(map(str, error.cmd))}")
