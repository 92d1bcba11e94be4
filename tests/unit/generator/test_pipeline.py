"""The whole run, on a copy of the real specification."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator import pipeline
from generator.__main__ import main
from generator.errors import SpecError
from generator.output import manifest
from generator.spec.load import load

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the real specification and the generated package as it is committed."""
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    package = tmp_path / "src" / "fal"
    shutil.copytree(ROOT / "src" / "fal" / "_gen", package / "_gen", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_core", "api", "_aio"):
        shutil.copytree(ROOT / "src" / "fal" / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").touch()
    return tmp_path


def run(project: Path, program: str) -> str:
    environ = {**os.environ, "PYTHONPATH": str(project / "src")}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def contents(project: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in manifest.files_of(project / "src" / "fal" / "_gen").items()}


def test_a_field_that_is_added_to_a_message_arrives_in_the_model_by_generating_alone(project: Path) -> None:
    proto = project / "spec" / "proto" / "controller.proto"
    text = proto.read_text()
    head = "message AliasInfo {\n"
    assert head in text
    proto.write_text(text.replace(head, head + "  // What it is painted in.\n  optional string colour = 999;\n"))
    changed = pipeline.generate(load(project))
    assert {"models/alias_info.py", "readers/alias_info.py"} <= set(changed)
    program = """
from fal._gen import convert, models
from fal._gen.proto import controller_pb2 as pb
print(convert.alias_info(pb.AliasInfo(colour="red")).colour, convert.alias_info(pb.AliasInfo()).colour)
"""
    assert run(project, program) == "red None"


def test_a_second_run_changes_nothing_and_a_hand_edit_is_shown_and_left_alone(project: Path) -> None:
    assert pipeline.generate(load(project)) == []
    assert pipeline.check(load(project)) == ""
    target = project / "src" / "fal" / "_gen" / "models" / "alias_info.py"
    target.write_text(target.read_text().replace("active_runners: int", "active_runners: float"))
    before = contents(project)
    difference = pipeline.check(load(project))
    assert "--- committed/models/alias_info.py" in difference
    assert "-    active_runners: float" in difference
    assert "+    active_runners: int" in difference
    assert contents(project) == before
    assert pipeline.generate(load(project)) == ["models/alias_info.py"]


def test_a_specification_that_is_wrong_leaves_the_package_as_it_was(project: Path) -> None:
    before = contents(project)
    (project / "spec" / "proto" / "common.proto").write_text('syntax = "proto3";\nmessage {')
    with pytest.raises(SpecError, match=r"common\.proto"):
        pipeline.generate(load(project))
    assert contents(project) == before
    assert [path.name for path in (project / "src" / "fal").iterdir() if path.name.startswith(".generate")] == []


def test_two_runs_at_once_in_two_folders_give_the_same_bytes(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "copy"
    shutil.copytree(project, other, ignore=shutil.ignore_patterns("elsewhere"))
    runs = []
    for seed, root in (("1", project), ("2", other)):
        for path in (root / "src" / "fal" / "_gen").rglob("*.py"):
            path.unlink()
        command = [sys.executable, "-m", "generator", "--root", str(root), "generate"]
        environ = {**os.environ, "PYTHONHASHSEED": seed}
        runs.append(subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL))
    assert [process.wait(60) for process in runs] == [0, 0]
    assert contents(project) == contents(other)
    committed = manifest.files_of(ROOT / "src" / "fal" / "_gen")
    assert contents(project) == {name: path.read_bytes() for name, path in committed.items()}


def test_an_interrupt_is_said_in_a_sentence_and_leaves_the_package_whole(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = contents(project)
    monkeypatch.setattr("generator.output.formatting.format_tree", interrupted)
    assert main(["--root", str(project), "generate"]) == 130
    assert capsys.readouterr().err == "stopped; run it again to go on: each folder is as it was, or complete\n"
    assert contents(project) == before


@pytest.mark.parametrize("command", ["generate", "check-surface"])
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"import ast\ndef (", "api/apps.py:2: invalid syntax; correct it"),
        (b"\xff", "api/apps.py: it is no Python: 'utf-8' codec"),
    ],
)
def test_a_mistake_in_what_people_write_is_named_with_its_line(
    project: Path, capsys: pytest.CaptureFixture[str], command: str, text: bytes, complaint: str
) -> None:
    (project / "src" / "fal" / "api" / "apps.py").write_bytes(text)
    assert main(["--root", str(project), command]) == 1
    assert complaint in capsys.readouterr().err
