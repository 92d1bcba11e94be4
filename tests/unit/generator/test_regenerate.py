"""The whole pipeline in a copy of the project, after a pull that brings what a test wants it to."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import pipeline
from generator import regenerate as pipeline_run
from generator.errors import SpecError
from generator.output import manifest
from generator.regenerate import REPORTS, Wanted, regenerate
from generator.spec.load import load
from generator.upstream.pull import Pulled

ROOT = Path(__file__).resolve().parents[3]
HEAD = "message UpdateApplicationRequest {\n"
FIELD = "  // What it is painted in.\n  optional string colour = 999;\n"
PROTO = Path("spec") / "proto" / "controller.proto"

Bring = Callable[[Callable[[Path], list[str]]], None]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name in ("spec", "src/fal/_gen", "src/fal/_aio", "src/fal/_core", "src/fal/api"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Bring:
    """What the next pulls bring: a function that changes a project and returns the files of spec/ that it changed."""

    def bring(change: Callable[[Path], list[str]]) -> None:
        def pull(root: Path, **_: object) -> Pulled:
            return Pulled(versions=("isolate-proto 0.99",), changed=tuple(change(root)))

        monkeypatch.setattr(pipeline_run, "pull", pull)

    return bring


def add_a_field(root: Path) -> list[str]:
    text = (root / PROTO).read_text(encoding="utf-8")
    if FIELD in text:
        return []
    assert HEAD in text
    (root / PROTO).write_text(text.replace(HEAD, HEAD + FIELD), encoding="utf-8")
    return ["proto/controller.proto"]


def contents(root: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in manifest.files_of(root).items()}


def run(project: Path, **options: object) -> tuple[int, str]:
    said: list[str] = []
    wanted = Wanted(tests=False, **{"types": False, **options})  # type: ignore[arg-type]
    return regenerate(project, wanted, said.append), "\n".join(said)


def report_of(project: Path) -> str:
    """Return the newest report."""
    return max((project / REPORTS).iterdir(), key=lambda path: path.name).read_text(encoding="utf-8")


def test_without_a_change_nothing_is_touched(project: Path, upstream: Bring) -> None:
    upstream(lambda _: [])
    before = contents(project)
    status, said = run(project)
    assert status == 0
    assert "nothing changed upstream" in said
    assert contents(project) == before


def test_a_new_field_is_generated_reported_and_named_until_somebody_decides(project: Path, upstream: Bring) -> None:
    upstream(add_a_field)
    status, said = run(project)
    assert status == 1
    assert "colour is not a parameter of apps.scale" in said
    assert "colour" in (project / "src/fal/_gen/builders/update_application_request.py").read_text()
    assert pipeline.check(load(project)) == ""
    report = report_of(project)
    assert "UpdateApplicationRequest.colour" in report
    assert "- [ ] [rpc.UpdateApplication]: colour is not a parameter" in report
    # The next run has nothing to pull and still says what is left.
    status, said = run(project)
    assert status == 1
    assert "colour is not a parameter of apps.scale" in said
    mapping = project / "spec" / "mapping.toml"
    entry = '[rpc.UpdateApplication]\nsurface = "apps.scale"\n'
    text = mapping.read_text(encoding="utf-8")
    assert entry in text
    mapping.write_text(text.replace(entry, entry + 'waived_fields = { colour = "for a test" }\n'), encoding="utf-8")
    assert run(project)[0] == 0


def test_hand_written_code_that_no_longer_fits_is_named_with_its_lines(tmp_path: Path, upstream: Bring) -> None:
    shelf = tmp_path / "shelf"
    shutil.copytree(Path(__file__).parent / "shelf", shelf)
    pipeline.generate(load(shelf))
    edited = shelf / "src" / "shelf" / "_gen" / "policy.py"
    edited.write_text(edited.read_text() + "EDITED = True\n")

    def lose_a_field(root: Path) -> list[str]:
        proto = root / "spec" / "proto" / "shelf.proto"
        text = proto.read_text(encoding="utf-8")
        assert "  optional uint32 limit = 2;\n" in text
        proto.write_text(text.replace("  optional uint32 limit = 2;\n", ""), encoding="utf-8")
        return ["proto/shelf.proto"]

    upstream(lose_a_field)
    status, said = run(shelf, types=True)
    line = 1 + (shelf / "src/shelf/api/books.py").read_text().splitlines().index(
        "        for book in call(convert.list_books_request(author=by, limit=limit), timeout=method.policy.deadline):"
    )
    assert status == 1
    assert f"books.py:{line}: error: Unexpected keyword argument" in said
    assert "overwrites src/shelf/_gen/policy.py: was changed by hand" in said
    report = report_of(shelf)
    assert f"- src/shelf/api/books.py:{line}: shelf.v1.ListBooksRequest.limit" in report
    assert "- overwritten: `src/shelf/_gen/policy.py: was changed by hand`" in report
    # A later run keeps the report of this one.
    upstream(lambda _: [])
    run(shelf)
    assert [report_of(shelf)] == [path.read_text() for path in (shelf / REPORTS).iterdir()]


def test_a_dry_run_says_all_of_it_and_writes_nothing(project: Path, upstream: Bring) -> None:
    upstream(add_a_field)
    before = contents(project)
    status, said = run(project, dry_run=True)
    assert status == 1
    assert "UpdateApplicationRequest.colour" in said
    assert "colour is not a parameter of apps.scale" in said
    assert "Nothing was written" in said
    assert contents(project) == before


def test_a_run_that_was_killed_before_it_generated_goes_on(project: Path, upstream: Bring) -> None:
    add_a_field(project)  # as the pull of the killed run left it
    upstream(lambda _: [])
    status, said = run(project)
    assert status == 1
    assert "files changed" in said
    assert pipeline.check(load(project)) == ""


def test_what_cannot_be_generated_leaves_the_package_and_writes_the_report(project: Path, upstream: Bring) -> None:
    def lose_a_field(root: Path) -> list[str]:
        lines = (root / PROTO).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if " policy_preset = 5" not in line]
        assert len(kept) == len(lines) - 1
        (root / PROTO).write_text("".join(kept), encoding="utf-8")
        return ["proto/controller.proto"]

    upstream(lose_a_field)
    before = contents(project / "src")
    status, said = run(project)
    assert status == 1
    assert "there is no field 'policy_preset'" in said
    assert "it continues from here" in said
    assert contents(project / "src") == before
    report = report_of(project)
    assert "CreateUserKeyRequest.policy_preset" in report
    assert "src/fal/api/keys.py:" in report  # where it is read


def test_a_setting_that_the_wire_lost_is_named(project: Path, upstream: Bring) -> None:
    def lose_a_field(root: Path) -> list[str]:
        text = (root / PROTO).read_text(encoding="utf-8")
        field = "  optional int32 request_start_timeout = 14;\n"
        assert text.count(field) == 1
        (root / PROTO).write_text(text.replace(field, ""), encoding="utf-8")
        return ["proto/controller.proto"]

    upstream(lose_a_field)
    status, said = run(project)
    assert status == 1
    assert "the wire has nothing for request_start_timeout of apps.scale" in said
    assert "src/fal/app/settings.py" in said


def test_a_correction_that_upstream_overtook_is_named_beside_the_difference(project: Path, upstream: Bring) -> None:
    overlay = project / "spec" / "overlay.yaml"
    file = project / "spec" / "openapi" / "platform.yaml"

    def lose_a_schema(root: Path) -> list[str]:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("ServerlessRunnerCounts", "ServerlessCounts"), encoding="utf-8")
        return ["openapi/platform.yaml"]

    upstream(lose_a_schema)
    assert "/ServerlessRunnerCounts/" in overlay.read_text(encoding="utf-8")
    status, said = run(project)
    assert status == 1
    assert said.count("there is no 'ServerlessRunnerCounts' on the way") == 1
    report = report_of(project)
    assert "the schema ServerlessRunnerCounts is gone" in report


def test_a_pull_that_refuses_its_input_changes_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pull(root: Path, **_: object) -> Pulled:
        raise SpecError("the wheel is broken")

    monkeypatch.setattr(pipeline_run, "pull", pull)
    before = contents(project)
    with pytest.raises(SpecError, match="the wheel is broken"):
        run(project)
    assert contents(project) == before


@pytest.mark.parametrize(("fail_on", "status"), [("none", 0), ("breaking", 0), ("any", 1)])
def test_the_severity_that_fails_is_a_choice(project: Path, upstream: Bring, fail_on: str, status: int) -> None:
    def add_an_answer(root: Path) -> list[str]:
        head = "message AliasInfo {\n"
        text = (root / PROTO).read_text(encoding="utf-8")
        assert head in text
        (root / PROTO).write_text(text.replace(head, head + FIELD), encoding="utf-8")
        return ["proto/controller.proto"]

    upstream(add_an_answer)
    assert run(project, fail_on=fail_on)[0] == status


def test_without_its_tools_the_command_line_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from importlib import util

    from generator import __main__ as command

    monkeypatch.setattr(util, "find_spec", lambda name: None)
    assert command.main(["check"]) == 1
    said = capsys.readouterr().err
    assert "grpcio-tools" in said
    assert "just prepare" in said
