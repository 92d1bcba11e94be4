from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import fal
from fal.deploy.errors import (
    AppExited,
    AppImportFailed,
    AppInvalid,
    AppRaised,
    AppSyntaxError,
    NoAppFound,
    SeveralAppsFound,
)
from fal.deploy.locate.loader import find_app, load
from fal.exceptions import AppLoadError

TWO = "import fal\nclass A(fal.App):\n    pass\nclass B(fal.App):\n    pass\n"


def find(path: Path, symbol: str | None = None) -> str:
    with load(path) as loaded:
        return find_app(loaded, symbol)[1]


def write(folder: Path, text: str, name: str = "app.py") -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("text", "symbol", "expected"),
    [
        ("import fal\nclass MyApp(fal.App):\n    pass\n", None, "MyApp"),
        (TWO, "B", "B"),
        ("import fal\nclass Base(fal.App):\n    pass\nclass Real(Base):\n    pass\n", None, "Real"),
        ("import fal\nclass Base(fal.App):\n    pass\nclass Real(Base):\n    pass\n", "Base", "Base"),
        ("import fal\n@fal.function()\ndef go():\n    pass\n", None, "go"),
        ("import fal\n@fal.function()\ndef go():\n    pass\nclass A(fal.App):\n    pass\n", None, "A"),
        ("import fal\nclass A(fal.App):\n    pass\nAlias = A\n", None, "A"),
        ("from fal import App\nfrom other import Elsewhere\nclass A(App):\n    pass\n", None, "A"),
        ("from other import Elsewhere\n", "Elsewhere", "Elsewhere"),
    ],
)
def test_the_app_is_found(project: Path, text: str, symbol: str | None, expected: str) -> None:
    write(project, "import fal\nclass Elsewhere(fal.App):\n    pass\n", "other.py")
    assert find(write(project, text), symbol) == expected


@pytest.mark.parametrize(
    ("text", "symbol", "error", "said"),
    [
        ("class (\n", None, AppSyntaxError, r"app.py\", line 1"),
        ("x = 1\0\n", None, AppSyntaxError, "not valid Python"),
        ("import broken\n", None, AppSyntaxError, r"broken.py\", line 1"),
        (
            "\nimport no_such_module_at_all\n",
            None,
            AppImportFailed,
            r"(?s)app.py\", line 2.*Install 'no_such_module_at_all'",
        ),
        ("import cv2.aruco\n", None, AppImportFailed, "Install 'opencv-python' here"),
        ("from os import no_such_name\n", None, AppImportFailed, "does not have this name"),
        ("import sys\n\nsys.exit(3)\n", None, AppExited, r"(?s)sys.exit\(3\).*app.py\", line 3.*__main__"),
        ("def f():\n    return 1 / 0\nf()\n", None, AppRaised, r"(?s)line 3.*line 2, in f.*ZeroDivisionError"),
        ("x = 1\n", None, NoAppFound, "holds no app"),
        (TWO, None, SeveralAppsFound, "'app.py::A'\n  'app.py::B'"),
        (TWO, "C", NoAppFound, "no 'C'; it contains A, B"),
        (TWO + "x = 1\n", "x", NoAppFound, "'x' in app.py is neither"),
        (
            "import fal\nclass A(fal.App):\n    def __init__(self):\n        pass\n",
            None,
            AppInvalid,
            r"overrides __init__.*setup\(self\)",
        ),
        (
            "import fal\n\nclass A(fal.App):\n    machine_type = 3\n",
            None,
            AppInvalid,
            r"(?s)machine_type.*app.py\", line 3",
        ),
    ],
)
def test_every_failure_shows_the_users_own_frames_and_what_to_do(
    project: Path, text: str, symbol: str | None, error: type[AppLoadError], said: str
) -> None:
    write(project, "def (\n", "broken.py")
    with pytest.raises(error, match=said) as caught:
        find(write(project, text), symbol)
    assert os.path.dirname(fal.__file__) not in str(caught.value)
    assert "importlib" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:can't resolve package:ImportWarning")
def test_a_relative_import_is_told_how_to_be_written(project: Path) -> None:
    with pytest.raises(AppImportFailed, match="import what is beside it without the leading dot"):
        find(write(project, "from .helper import name\n"), None)


def test_an_unreadable_file(project: Path) -> None:
    with pytest.raises(AppSyntaxError, match="cannot be read"):
        find(project)


def test_an_interrupt_passes(project: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        find(write(project, "raise KeyboardInterrupt\n"))


@pytest.mark.parametrize(
    "text", ["import helper_a\nimport fal\nclass A(fal.App): pass\n", "import helper_a\n1/0\n", "raise SystemExit\n"]
)
def test_the_process_is_left_as_found_also_after_errors(project: Path, text: str) -> None:
    write(project, "import os, sys\nos.chdir('/')\nsys.path.append('/nowhere')\n", "helper_a.py")
    before = list(sys.path), Path.cwd(), set(sys.modules), sys.dont_write_bytecode
    with contextlib.suppress(AppLoadError):
        find(write(project, text))
    assert (list(sys.path), Path.cwd(), sys.dont_write_bytecode) == (before[0], before[1], before[3])
    assert not {"helper_a", "__fal_app__"} & (set(sys.modules) - before[2])
    assert not list(project.rglob("__pycache__"))


def test_siblings_are_the_apps_own_even_when_a_name_is_taken(tmp_path: Path, monkeypatch: Any) -> None:
    text = "import helper_b\nimport fal\nclass A(fal.App):\n    keep_alive = helper_b.N\n"
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        write(tmp_path / str(number), f"N = {number}\n", "helper_b.py")
        write(tmp_path / str(number), text)
    monkeypatch.syspath_prepend(str(tmp_path / "1"))
    import helper_b  # type: ignore[import-not-found]

    try:
        for number in (2, 1, 2):
            with load(tmp_path / str(number) / "app.py") as loaded:
                assert find_app(loaded, None)[0].keep_alive == number
                assert [path.parent.name for path in loaded.sibling_files] == [str(number)]
            assert sys.modules["helper_b"] is helper_b
        write(tmp_path / "2", "N = 9\n", "helper_b.py")  # as long as before, within the same second
        with load(tmp_path / "2" / "app.py") as loaded:
            assert find_app(loaded, None)[0].keep_alive == 9
    finally:
        del sys.modules["helper_b"]


def test_a_sibling_is_importable_wherever_the_process_is(tmp_path: Path, project: Path) -> None:
    (tmp_path / "far").mkdir()
    write(tmp_path / "far", "N = 1\n", "helper_c.py")
    assert find(write(tmp_path / "far", "import helper_c, fal\nclass A(fal.App): pass\n")) == "A"


def test_a_package_of_the_working_directory_is_importable_too(project: Path) -> None:
    (project / "mypkg").mkdir()
    write(project / "mypkg", "", "__init__.py")
    write(project / "mypkg", "N = 5\n", "const.py")
    (project / "apps").mkdir()
    path = write(project / "apps", "from mypkg.const import N\nimport fal\nclass A(fal.App):\n    keep_alive = N\n")
    assert find(path) == "A"
    assert "mypkg" not in sys.modules


def test_the_file_runs_once_and_not_as_a_script(project: Path) -> None:
    text = "import fal, pathlib\nwith open('runs', 'a') as f: f.write('x')\nclass A(fal.App): pass\n"
    text += "if __name__ == '__main__': raise SystemExit\n"
    find(write(project, text))
    assert (project / "runs").read_text() == "x"


def test_environment_and_recursion_limit_are_as_before(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANGED", "before")
    monkeypatch.setenv("TAKEN_OUT", "before")
    text = (
        "import os, sys\nos.environ['SET_BY_THE_APP'] = '1'\nos.environ['CHANGED'] = '2'\n"
        "del os.environ['TAKEN_OUT']\nsys.setrecursionlimit(12345)\n"
    )
    (project / "app.py").write_text(text)
    limit = sys.getrecursionlimit()
    with load(project / "app.py"):
        assert os.environ["SET_BY_THE_APP"] == "1"  # while the app is packed, too
    assert "SET_BY_THE_APP" not in os.environ
    assert (os.environ["CHANGED"], os.environ["TAKEN_OUT"], sys.getrecursionlimit()) == ("before", "before", limit)


@pytest.mark.parametrize("line", ["from fal.toolkit import Thing", "import fal.nonsense", "from fal import Thing"])
def test_what_fal_does_not_have_is_reported_without_the_advice_to_install_it(project: Path, line: str) -> None:
    (project / "app.py").write_text(f"import fal\n{line}\n")
    with pytest.raises(AppImportFailed) as caught, load(project / "app.py"):
        pass
    said = str(caught.value)
    assert "Do not install the package 'fal'" in said
    assert "fal has " in said or "fal.toolkit has " in said
