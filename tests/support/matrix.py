"""Run the SDK's tests on each Python with the oldest and the newest dependencies: python -m tests.support.matrix [PYTHON]...

Oldest are the lower bounds of pyproject.toml, or the first later version that has a wheel for that Python.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support import pythons

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SUITES = ("core", "api", "aio", "app", "deploy")
_ROOT = Path(__file__).resolve().parents[2]
_FOLDER = _ROOT / ".venvs" / "matrix"
_RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}
_SHOWN = ("grpcio", "grpcio-tools", "protobuf", "httpx", "cloudpickle", "fastapi", "starlette", "uvicorn")


def environment(interpreter: str, name: str, resolution: str) -> Path:
    """Return the interpreter of a new environment that holds the project and what its tests need."""
    folder = _FOLDER / name
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", interpreter, str(folder)], check=True)
    python = folder / "bin" / "python"
    install = [*uv, "pip", "install", "--quiet", "--python", str(python), "--resolution", resolution]
    # The project itself is the only thing that is built here.
    wheels = ["--only-binary", ":all:", "--no-binary", "fal-management-sdk"]
    wanted = ["--group", "generate", "--group", "test", "--editable", ".[emulator,cli,otel]"]
    subprocess.run([*install, *wheels, *wanted], cwd=_ROOT, check=True)
    return python


def try_out(python: Path, name: str) -> bool:
    """Generate, and run the tests; tell whether all is well."""
    listing = [sys.executable, "-m", "uv", "pip", "freeze", "--python", str(python)]
    held = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split()
    print(f"\n== Python {name}:", *(line for line in held if line.partition("==")[0] in _SHOWN), flush=True)
    test = ["pytest", "-n", "2", "--dist", "loadfile", "--quiet", *(f"tests/unit/{suite}" for suite in SUITES)]
    for command in (["generator", "check"], test):
        if subprocess.run([str(python), "-m", *command], cwd=_ROOT, check=False).returncode != 0:
            return False
    return True


def main(*wanted: str) -> int:
    """Try each Python that is wanted, or else each that is there; return 1 when one fails or is missing."""
    results: dict[str, str] = {}
    for version in wanted or PYTHONS:
        interpreter = pythons.find(version)
        if interpreter is None:
            results[version] = "missing" if wanted else "not on this machine"
            continue
        for age, resolution in _RESOLUTIONS.items():
            name = f"{version}-{age}"
            results[name] = "well" if try_out(environment(interpreter, name, resolution), name) else "FAILED"
    print()
    print("\n".join(f"{name:<14} {result}" for name, result in results.items()))
    return 1 if {"FAILED", "missing"} & set(results.values()) or "well" not in results.values() else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
