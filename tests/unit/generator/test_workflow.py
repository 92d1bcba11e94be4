"""The ready-made workflow: its middle step, run by bash in a repository of its own, with a generator that a test makes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

WORKFLOW = Path(__file__).resolve().parents[3] / "docs" / "regenerate-workflow.yml"

pytestmark = pytest.mark.skipif(
    shutil.which("bash") is None or sys.platform == "win32", reason="the workflow runs on Linux"
)


def step(name: str) -> dict[str, str]:
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["regenerate"]["steps"]
    (found,) = [each for each in steps if each.get("name") == name]
    return dict(found)


def run(tmp_path: Path, generator: str) -> tuple[int, dict[str, str], str]:
    """Run the step; return its status, its outputs and its summary."""
    root = tmp_path / "repository"
    (root / "spec").mkdir(parents=True)
    (root / "spec" / "a.proto").write_text("old\n")
    (root / ".venv" / "bin").mkdir(parents=True)
    python = root / ".venv" / "bin" / "python"
    python.write_text(f'#!/usr/bin/env bash\necho "$@" > arguments.txt\necho report > report.md\n{generator}\n')
    python.chmod(0o755)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.test", "-C", str(root)]
    for command in (["init", "--quiet"], ["add", "spec"], ["commit", "--quiet", "--message", "first"]):
        subprocess.run([*git, *command], check=True)
    outputs, summary = tmp_path / "outputs", tmp_path / "summary"
    summary.touch()
    environ = {
        "PATH": f"{Path(shutil.which('git') or '').parent}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "VERSION": "0.99",
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    done = subprocess.run(["bash", "-e", "-c", step("Regenerate")["run"]], cwd=root, env=environ, check=False)
    found = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    assert "regenerate --isolate-proto 0.99" in (root / "arguments.txt").read_text()
    return done.returncode, found, summary.read_text()


def test_without_a_change_no_pull_request_follows(tmp_path: Path) -> None:
    assert run(tmp_path, "exit 0") == (0, {"changed": "false"}, "")


def test_a_pull_that_was_refused_fails_the_job(tmp_path: Path) -> None:
    status, found, _ = run(tmp_path, "exit 1")
    assert status == 1
    assert found == {"changed": "false"}


@pytest.mark.parametrize("status", [0, 1])
def test_a_change_opens_a_pull_request_whatever_is_left_to_do(tmp_path: Path, status: int) -> None:
    change = f"echo new > spec/a.proto; mkdir -p src; echo new > src/b.py; exit {status}"
    assert run(tmp_path, change) == (0, {"changed": "true"}, "report\n")


def test_the_pull_request_depends_on_what_the_step_found() -> None:
    regenerate, request = step("Regenerate"), step("Pull request")
    assert request["if"] == f"steps.{regenerate['id']}.outputs.changed == 'true'"
    assert "--body-file report.md" in request["run"]
    assert "git add spec src" in request["run"]
