"""The lines that a report names are those that somebody has to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.compare.changes import Change, Report, Severity
from generator.compare.places import places, tables

FILES = {
    "spec/proto/a.proto": "message Machine { optional int32 limit = 1; }",
    "src/app.py": "def scale(limit: int, spare_percent: int) -> None:\n    app.spare_percent = 0\n",
    "src/deploy.py": "def deploy() -> None:\n    machine = Machine(spare_percent=1, limit=2)\n    print('deploy')\n",
    "src/engine.py": "class Scaling:\n    spare_percent: int = 0\n    limit: int = 0\n",
    "src/made/machine.py": "class Machine:\n    spare_percent: int\n",
}


def gone(where: str, *users: str) -> Change:
    return Change("grpc", "field-removed", where, "is gone", on_wire=Severity.BREAKING, users=users)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def lines(project: Path, *changes: Change) -> list[str]:
    report = Report.of("old", "new", changes)
    return [
        f"{place.path}:{place.line}"
        for place in places(project, report, {"GET /a": "list_a"}, [project / "src" / "made"], project / "spec")
    ]


def test_a_member_is_named_where_the_file_names_its_owner(project: Path) -> None:
    # The spec still has a `limit`, which may be another one.
    assert lines(project, gone("p.Machine.limit", "deploy")) == ["src/deploy.py:2"]
    assert lines(project, gone("p.Update.limit", "app.scale(limit=)")) == ["src/app.py:1"]


def test_a_name_that_the_wire_has_lost_is_found_everywhere(project: Path) -> None:
    lost = gone("p.Machine.spare_percent", "deploy")
    assert lines(project, lost) == ["src/app.py:1", "src/app.py:2", "src/deploy.py:2", "src/engine.py:2"]


def test_what_is_compatible_or_new_asks_nothing_of_anybody(project: Path) -> None:
    quiet = Change("grpc", "field-removed", "p.Machine.limit", "", on_wire=Severity.COMPATIBLE)
    new = Change("grpc", "field-added", "p.Machine.limit", "", on_wire=Severity.RISKY)
    assert lines(project, quiet, new) == []


def test_an_operation_is_found_by_its_function(project: Path) -> None:
    (project / "src" / "a.py").write_text("rest.list_a()\n")
    lost = Change("rest", "operation-removed", "GET /a", "", on_wire=Severity.BREAKING)
    assert lines(project, lost) == ["src/a.py:1"]


def test_a_table_of_what_came_or_went_is_named_with_how_it_is_renewed(project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests" / "test_a.py").write_text(
        "# Table of operations: renew it with just operations-table\nALL = {}\n# Table of rpcs: renew it by hand\nRPCS = {}\n"
    )
    for kind, wire, told in (
        ("operation-added", "rest", ["tests/test_a.py:1: a table of operations: renew it with just operations-table"]),
        ("rpc-removed", "grpc", ["tests/test_a.py:3: a table of rpcs: renew it by hand"]),
        ("field-added", "grpc", []),
    ):
        report = Report.of("old", "new", [Change(wire, kind, "x", "")])
        assert [str(table) for table in tables(project, report, [])] == told
