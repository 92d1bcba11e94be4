"""What the project promises about itself: its commands, its weight, and what its files never contain."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.support import matrix
from tools import badges

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
JUST = re.findall(r"^    (python3 -m venv .*)$", README, re.M)


def test_the_badges_say_what_is_so() -> None:
    facts = dict(badges.facts())
    assert facts["Python"].split(" | ") == list(matrix.PYTHONS)
    assert badges.TARGET.read_text(encoding="utf-8") == badges.picture(badges.facts()), "draw them anew: just badges"


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name]


def test_the_readme_opens_with_the_two_commands() -> None:
    assert [command.rsplit(None, 1)[-1] for command in JUST] == ["demo", "test"]
    assert README.index(JUST[1]) < README.index("\n## ")


def test_ci_runs_the_readmes_own_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    pattern = re.search(r"grep --max-count=1 '(.+)' README.md", script)
    assert pattern is not None
    assert next(line.strip() for line in README.splitlines() if re.search(pattern[1], line)) == JUST[1]


def test_the_workflows_pin_what_the_readme_pins() -> None:
    pinned = re.search(r"rust-just==[\d.]+", JUST[0])
    assert pinned is not None
    assert {path.stem for path in WORKFLOWS} == {"docs", "regenerate", "release", "test"}
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"rust-just\S*", text)) <= {pinned[0]}, path.name
        # What a called workflow may do is what its caller lets it.
        assert yaml.safe_load(text)["permissions"] == {"contents": "read"}, path.name
        for recipe in re.findall(r"\.venv/bin/just ([a-z-]+)", text):
            assert re.search(rf"^{recipe}\b", (ROOT / "justfile").read_text(), re.M), f"{path.name}: just {recipe}"


def uses(text: str) -> list[str]:
    """Return what a workflow takes from elsewhere, each with the comment behind it."""
    return [item.strip() for item in re.findall(r"\buses:(.+)", text) if not item.strip().startswith("./")]


def test_every_action_is_pinned_by_its_commit_and_says_its_version() -> None:
    pins: dict[str, set[str]] = {}
    for path in WORKFLOWS:
        for action in uses(path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), f"{path.name}: {action}"
            name, _, pin = action.partition("@")
            pins.setdefault(name, set()).add(pin)
    assert len(pins) > 5
    assert {name: item for name, item in pins.items() if len(item) > 1} == {}


def test_only_what_pushes_keeps_the_token_of_its_checkout() -> None:
    keeping = set()
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            for step in job.get("steps", []):
                if "actions/checkout@" in step.get("uses", "") and step["with"].get("persist-credentials", True):
                    keeping.add(path.stem)
    assert keeping == {"regenerate"}


def test_no_file_names_a_machine_path_or_a_package_index() -> None:
    # Written in pieces, so that this file does not contain what it looks for.
    host = "|".join(("pypi" + r"\.org", "files\\." + "pythonhosted", "registry\\." + "npmjs"))
    machine = re.compile(rf"(?<![\w.])/(?:root|work|farm)/[a-z.]|/tmp/[a-z]+\.[0-9]|{host}")
    collected = []
    for path in tracked():
        content = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" in content:  # no text
            continue
        for number, line in enumerate(content.decode("utf-8").splitlines(), 1):
            if machine.search(line) and path != Path(__file__):
                collected.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert collected == []


def test_the_core_depends_on_three_distributions_and_those_on_six_more() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[<>=]", need)[0] for need in project["dependencies"]}
    assert names == {"grpcio", "httpx", "protobuf"}


HEAVY = ["grpc", "google.protobuf", "httpx", "pydantic", "cloudpickle", "fastapi", "attrs", "attr", "asyncio", "ssl"]


@pytest.mark.parametrize(
    "statement",
    ["import fal", "from fal.api import SyncServerlessClient", "import fal.exceptions", "from fal import App"],
)
def test_importing_loads_nothing_heavy(statement: str) -> None:
    probe = f"import sys; {statement}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-I", "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
