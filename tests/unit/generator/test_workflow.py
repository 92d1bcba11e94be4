"""The workflow that follows upstream: its steps, run by bash in a repository of its own, with a generator that a test makes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

WORKFLOW = Path(__file__).resolve().parents[3] / ".github" / "workflows" / "regenerate.yml"

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
    pins = '[wheel.isolate-proto]\nversion = "0.34.6"\n\n[wheel.isolate]\nversion = "0.26.12"\n'
    (root / "spec" / "sources.toml").write_text(pins)
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
    assert run(tmp_path, change) == (0, {"changed": "true", "version": "0.34.6"}, "report\n")


def test_the_pull_request_depends_on_what_the_step_found() -> None:
    regenerate, request = step("Regenerate"), step("Pull request")
    assert request["if"] == f"steps.{regenerate['id']}.outputs.changed == 'true'"
    assert request["env"] == {  # type: ignore[comparison-overlap]
        "GH_TOKEN": "${{ secrets.REGENERATE_TOKEN }}",
        "TAKEN": f"${{{{ steps.{regenerate['id']}.outputs.version }}}}",
    }


GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$CALLS"
case "$1 $2 $*" in
  "pr list"*--head*) printf '%s' "$OPEN" ;;
  "pr list"*) printf '%s\\n' "$BRANCHES" ;;
  "pr create"*) exit "$CREATED" ;;
esac
"""


def request(tmp_path: Path, *, is_open: bool = False, created: int = 0, branches: str = "") -> tuple[int, str, str]:
    """Run the step that opens the pull request; return its status, the calls of gh, and the branches of the server."""
    server, root, tools = tmp_path / "server.git", tmp_path / "repository", tmp_path / "tools"
    tools.mkdir()
    (tools / "gh").write_text(GH)
    (tools / "gh").chmod(0o755)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.test"]
    subprocess.run([*git, "init", "--quiet", "--bare", "--initial-branch=main", str(server)], check=True)
    subprocess.run([*git, "clone", "--quiet", str(server), str(root)], check=True, capture_output=True)
    for name in ("spec", "src"):
        (root / name).mkdir()
        (root / name / "a").write_text("old\n")
    for command in (
        ["add", "."],
        ["commit", "--quiet", "--message", "first"],
        ["push", "--quiet", "origin", "HEAD:main"],
    ):
        subprocess.run([*git, *command], cwd=root, check=True)
    (root / "spec" / "a").write_text("new\n")
    (root / "report.md").write_text("report\n")
    environ = {
        "PATH": f"{tools}:{Path(shutil.which('git') or '').parent}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "TAKEN": "0.34.6",
        "CALLS": str(tmp_path / "calls"),
        "OPEN": "7" if is_open else "",
        "CREATED": str(created),
        "BRANCHES": branches,
    }
    shell = ["bash", "-e", "-o", "pipefail", "-c", step("Pull request")["run"]]
    status = subprocess.run(shell, cwd=root, env=environ, check=False).returncode
    listed = ["for-each-ref", "--format=%(refname:short)", "refs/heads"]
    held = subprocess.run([*git, *listed], cwd=server, check=True, capture_output=True, text=True).stdout
    return status, (tmp_path / "calls").read_text(), held


def test_the_version_stands_in_title_and_branch(tmp_path: Path) -> None:
    status, calls, branches = request(tmp_path)
    assert status == 0
    assert "pr create --head regenerate/isolate-proto-0.34.6 --title Follow upstream: isolate-proto 0.34.6" in calls
    assert branches.split() == ["main", "regenerate/isolate-proto-0.34.6"]


def test_an_open_pull_request_is_updated(tmp_path: Path) -> None:
    status, calls, _ = request(tmp_path, is_open=True)
    assert status == 0
    assert "pr edit regenerate/isolate-proto-0.34.6" in calls
    assert "pr create" not in calls


def test_a_pull_request_that_cannot_be_opened_leaves_no_branch(tmp_path: Path) -> None:
    status, _, branches = request(tmp_path, created=1)
    assert status == 1
    assert branches.split() == ["main"]


def test_the_pull_request_of_an_older_version_is_closed_with_its_branch(tmp_path: Path) -> None:
    branches = "a-feature\nregenerate/isolate-proto-0.34.6\nregenerate/isolate-proto-0.34.5"
    _, calls, _ = request(tmp_path, branches=branches)
    closed = [line for line in calls.splitlines() if line.startswith("pr close")]
    assert [line.split()[2] for line in closed] == ["regenerate/isolate-proto-0.34.5"]
    assert "--delete-branch" in closed[0]
