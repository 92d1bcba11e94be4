"""The workflow that follows upstream: its steps, run by bash in a repository of its own, with a generator that a test makes."""

from __future__ import annotations

import os
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
    (result,) = [each for each in steps if each.get("name") == name]
    return dict(result)


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
    result = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    assert "regenerate --isolate-proto 0.99" in (root / "arguments.txt").read_text()
    return done.returncode, result, summary.read_text()


def test_without_a_change_no_pull_request_follows(tmp_path: Path) -> None:
    assert run(tmp_path, "exit 0") == (0, {"changed": "false"}, "")


def test_a_pull_that_was_refused_fails_the_job(tmp_path: Path) -> None:
    status, result, _ = run(tmp_path, "exit 1")
    assert status == 1
    assert result == {"changed": "false"}


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


# A program `gh` that keeps the open pull requests of a repository in a folder: a file for each branch, which holds its text.
GH = """#!/bin/sh
echo "$@" >> "$PULL_REQUESTS.log"
case "$1 $2" in
"pr list")
    if [ "$3" = --head ]; then cd "$PULL_REQUESTS" && ls "$4" 2>/dev/null || true
    else cd "$PULL_REQUESTS" && find . -type f | sed 's|^./||'; fi ;;
"pr create") [ -z "$REFUSED" ] && mkdir -p "$PULL_REQUESTS/regenerate" && cp "$8" "$PULL_REQUESTS/$4" ;;
"pr edit") cp "$7" "$PULL_REQUESTS/$3" ;;
"pr close") rm "$PULL_REQUESTS/$3" ;;
esac
"""


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Repository:
    """A repository with a checkout, and what the workflow does in it after it has pulled something."""

    def __init__(self, folder: Path) -> None:
        self.origin, self.checkout, self.opened = folder / "origin", folder / "checkout", folder / "opened"
        self.opened.mkdir()
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "origin")
        git(folder, "clone", "--quiet", "origin", "checkout")
        for key, value in (("user.name", "t"), ("user.email", "t@example.test")):
            git(self.checkout, "config", key, value)
        for name in ("spec", "src"):
            (self.checkout / name).mkdir()
            (self.checkout / name / "it").write_text("old")
        git(self.checkout, "add", ".")
        git(self.checkout, "commit", "--quiet", "--message", "first")
        git(self.checkout, "push", "--quiet", "origin", "HEAD:main")
        tools = folder / "bin"
        tools.mkdir()
        (tools / "gh").write_text(GH)
        (tools / "gh").chmod(0o755)
        self.variables = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "HOME": str(folder),
            "PULL_REQUESTS": str(self.opened),
        }

    def run(self, taken: str, **variables: str) -> bool:
        """Run the steps behind the pull of a version, as GitHub does; tell whether they went well."""
        git(self.checkout, "switch", "--quiet", "main")
        (self.checkout / "spec" / "it").write_text(taken)
        (self.checkout / "report.md").write_text(f"what {taken} changes")
        environ = {**self.variables, "TAKEN": taken, "REFUSED": "", **variables}
        bash = ["bash", "-e", "-c"]
        well = True
        for name in ("Pull request", "No branch without a pull request"):
            command = [*bash, step(name)["run"]]
            well &= subprocess.run(command, cwd=self.checkout, env=environ, check=False).returncode == 0
        return well

    @property
    def branches(self) -> list[str]:
        return git(self.origin, "for-each-ref", "--format=%(refname:short)").splitlines()

    @property
    def pull_requests(self) -> dict[str, str]:
        paths = [path for path in self.opened.rglob("*") if path.is_file()]
        return {path.relative_to(self.opened).as_posix(): path.read_text() for path in paths}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_a_version_gets_a_branch_and_a_pull_request_of_its_name(repository: Repository) -> None:
    assert repository.run("0.35.0")
    branch = "regenerate/isolate-proto-0.35.0"
    assert repository.pull_requests == {branch: "what 0.35.0 changes"}
    assert repository.branches == ["main", branch]
    assert git(repository.origin, "log", "--format=%s", "-1", branch) == "Follow upstream: isolate-proto 0.35.0"
    assert git(repository.origin, "diff", "--name-only", "main", branch) == "spec/it"


def test_the_same_version_again_renews_its_pull_request(repository: Repository) -> None:
    assert repository.run("0.35.0")
    assert repository.run("0.35.0")
    assert list(repository.pull_requests) == ["regenerate/isolate-proto-0.35.0"]
    assert "pr edit" in Path(f"{repository.opened}.log").read_text()


def test_a_later_version_takes_the_place_of_an_older_one(repository: Repository) -> None:
    (repository.opened / "somebody").write_text("else's")
    assert repository.run("0.35.0")
    assert repository.run("0.36.0")
    assert set(repository.pull_requests) == {"somebody", "regenerate/isolate-proto-0.36.0"}
    assert repository.branches == ["main", "regenerate/isolate-proto-0.36.0"]


def test_what_was_merged_or_could_not_be_opened_leaves_no_branch(repository: Repository) -> None:
    git(repository.checkout, "push", "--quiet", "origin", "main:regenerate/isolate-proto-0.1.0", "main:mine")
    assert not repository.run("0.35.0", REFUSED="yes")
    assert repository.pull_requests == {}
    assert repository.branches == ["main", "mine"]


def test_nothing_is_deleted_when_nobody_answers(repository: Repository, tmp_path: Path) -> None:
    assert repository.run("0.35.0")
    (tmp_path / "bin" / "gh").write_text("#!/bin/sh\nexit 1\n")
    assert not repository.run("0.36.0")
    assert "regenerate/isolate-proto-0.35.0" in repository.branches
