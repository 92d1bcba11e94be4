from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fal.deploy.locate.reference import resolve
from fal.exceptions import AppNotFoundError, FalServerlessException, InvalidInput, InvalidType, ProjectError

APP = "import fal\nclass MyApp(fal.App):\n    pass\n"


@pytest.fixture
def app_file(project: Path) -> Path:
    (project / "app.py").write_text(APP)
    return project / "app.py"


@pytest.mark.parametrize("form", ["str", "path", "tuple", "path tuple", "absolute", "symbol"])
def test_forms_of_a_file_reference(app_file: Path, form: str) -> None:
    forms: dict[str, tuple[Any, str | None]] = {
        "str": ("app.py", None),
        "path": (Path("app.py"), None),
        "tuple": (("app.py", "MyApp"), "MyApp"),
        "path tuple": ((Path("app.py"), None), None),
        "absolute": (str(app_file), None),
        "symbol": ("app.py::MyApp", "MyApp"),
    }
    reference, symbol = forms[form]
    result = resolve(reference)
    assert (result.file, result.symbol, result.table) == (app_file, symbol, None)


def test_an_app_name_is_looked_up_in_the_project_and_its_ref_starts_at_the_root(
    app_file: Path, monkeypatch: Any
) -> None:
    (app_file.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "app.py::MyApp"\n')
    below = app_file.parent / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    for reference in ("one", ("one", None)):
        result = resolve(reference)
        assert (result.file, result.symbol, result.table_name) == (app_file, "MyApp", "one")


def test_nothing_takes_the_only_app_of_the_project(app_file: Path) -> None:
    (app_file.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "app.py"\n')
    for reference in (None, (None, None)):
        assert resolve(reference).table_name == "one"


def test_nothing_lists_several_apps_with_the_call_to_make(app_file: Path) -> None:
    (app_file.parent / "pyproject.toml").write_text(
        '[tool.fal.apps.one]\nref = "app.py"\n[tool.fal.apps.two]\nref = "app.py"\n'
    )
    with pytest.raises(AppNotFoundError) as caught:
        resolve(None)
    assert "client.deploy('one')\n  client.deploy('two')" in str(caught.value)


def test_nothing_falls_back_to_the_only_file_with_an_app(app_file: Path) -> None:
    (app_file.parent / "helper.py").write_text("import os\nclass NotApp(os.PathLike): ...\n")
    (app_file.parent / "broken.py").write_text("import fal\nclass (\n")
    assert resolve(None).file == app_file
    (app_file.parent / "second.py").write_text("from fal import function as f\n@f()\ndef go(): ...\n")
    with pytest.raises(AppNotFoundError, match=r"client.deploy\('app.py'\)\n  client.deploy\('second.py'\)"):
        resolve(None)


def test_nothing_at_all_says_what_to_write(project: Path) -> None:
    with pytest.raises(AppNotFoundError, match=r"Write client.deploy\('file.py'\)"):
        resolve(None)


def test_root_names_a_project_wherever_the_process_is(app_file: Path, tmp_path: Path, monkeypatch: Any) -> None:
    (app_file.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "app.py"\n')
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    root = app_file.parent
    assert resolve(None, root).file == app_file
    assert resolve("one", root).file == app_file
    assert resolve("app.py", root).file == app_file
    assert resolve("one", root / "pyproject.toml").file == app_file


def test_two_projects_in_one_process_and_an_edited_pyproject(tmp_path: Path, monkeypatch: Any) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text(APP)
        (tmp_path / name / "pyproject.toml").write_text(f'[tool.fal.apps.{name}]\nref = "app.py"\n')
    monkeypatch.chdir(tmp_path / "a")
    assert resolve(None).table_name == "a"
    monkeypatch.chdir(tmp_path / "b")
    assert resolve(None).table_name == "b"
    (tmp_path / "b" / "pyproject.toml").write_text('[tool.fal.apps.c]\nref = "app.py"\n')
    assert resolve(None).table_name == "c"


@pytest.mark.parametrize(
    ("reference", "error", "said"),
    [
        ("ap.py", AppNotFoundError, "did you mean 'app.py'"),
        (Path("nope.py"), AppNotFoundError, "there is no file"),
        ("folder", AppNotFoundError, "pass the folder as root="),
        ("onne", AppNotFoundError, "did you mean 'one'"),
        ("", InvalidInput, "empty"),
        ("app.py::", InvalidInput, "not a Python name"),
        ("::MyApp", InvalidInput, "names no file"),
        ("app.py::a b", InvalidInput, "not a Python name"),
        ("a\0.py", InvalidInput, "NUL"),
        ((None, "MyApp"), InvalidInput, "no file"),
        (("app.py", "A", "B"), InvalidInput, "tuple of 3"),
        (("app.py::A", "B"), InvalidInput, "two apps"),
        (("app.py", 3), InvalidType, "must be a str"),
        (3, InvalidType, "not int"),
        (b"app.py", InvalidType, "not bytes"),
    ],
)
def test_bad_references(app_file: Path, reference: Any, error: type[FalServerlessException], said: str) -> None:
    (app_file.parent / "folder").mkdir()
    (app_file.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "app.py"\n')
    with pytest.raises(error, match=said):
        resolve(reference)


def test_a_ref_that_leads_nowhere_names_key_and_line(project: Path) -> None:
    (project / "pyproject.toml").write_text('\n[tool.fal.apps.one]\nref = "gone.py"\n')
    with pytest.raises(AppNotFoundError, match=r"pyproject.toml:2: tool.fal.apps.one.ref: there is no file"):
        resolve("one")


@pytest.mark.parametrize("text", ['name = "one\n', "[project\n", "\x00"])
def test_a_named_app_and_a_broken_pyproject_are_reported_with_the_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    for root in (None, tmp_path):
        with pytest.raises(ProjectError, match=r"pyproject\.toml is not valid TOML: .*line 1"):
            resolve("my-app", root)
