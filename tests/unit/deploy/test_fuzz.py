"""Whatever stands in pyproject.toml or in a reference: an error of ours that names the key, or a target."""

from __future__ import annotations

import contextlib
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from fal.app.checks import InvalidValue
from fal.deploy.locate.project import open_project
from fal.deploy.locate.reference import resolve
from fal.deploy.locate.tables import APP_KEYS, check_tool_table
from fal.deploy.locate.tomllines import key_lines
from fal.deploy.options import DeployOptions
from fal.deploy.package.files import collect
from fal.deploy.package.sdist import find_local
from fal.deploy.resolve.draft import FileSelection
from fal.deploy.resolve.merging import Settings
from fal.exceptions import FalServerlessException

QUICK = settings(max_examples=150)

ARGUMENTS = (
    *("app_name", "auth", "strategy", "reset_scale", "message", "annotations", "environment_name"),
    *("attach_to_deployment", "force_env_build", "timeout"),
)

text = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["~", "~nobody/x", "../x", "/", "x" * 5000, "a/" * 3000 + "b.py", "\0", "C:\\x.py"]),
)
scalar = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), text, st.dates())
value = st.recursive(
    scalar, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text, inner, max_size=3)), max_leaves=6
)
key = st.one_of(st.sampled_from(sorted(APP_KEYS)), text)
app_table = st.one_of(value, st.dictionaries(key, value, max_size=6))
tool_table = st.one_of(value, st.fixed_dictionaries({"apps": st.dictionaries(text, app_table, max_size=3)}))


def refusal(call: Callable[[], object]) -> str | None:
    """Return what one of our errors says; any other exception fails the test."""
    try:
        call()
    except FalServerlessException as error:
        return str(error)
    return None


@QUICK
@given(tool_table)
def test_any_table_is_judged_and_every_problem_names_its_key(tmp_path: Path, table: Any) -> None:
    apps, problems = check_tool_table(table, tmp_path)
    assert all(problem.key[:2] == ("tool", "fal") and problem.text for problem in problems)
    if not problems:
        for app in apps.values():
            Settings.from_table(app, tmp_path)  # what is accepted can be used


@QUICK
@given(st.dictionaries(st.sampled_from(sorted(APP_KEYS)), value, min_size=1, max_size=4))
def test_a_bad_value_is_reported_under_its_own_key(tmp_path: Path, table: dict[str, Any]) -> None:
    _, problems = check_tool_table({"apps": {"one": {"ref": "app.py", **table}}}, tmp_path)
    blamed = {problem.key[4] for problem in problems if len(problem.key) > 4}
    for name, item in table.items():
        try:
            APP_KEYS[name](name, item)
        except InvalidValue:
            assert name in blamed


@QUICK
@given(st.text(alphabet=string.printable, max_size=200))
@example("[tool.fal.apps.x]\nref=")
@example('[tool.fal]\n"')
def test_any_text_as_pyproject(tmp_path: Path, content: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content.encode())
    said = refusal(lambda: open_project(tmp_path))
    assert said is None or "pyproject.toml" in said
    key_lines(content)  # the scanner ends on any text


@QUICK
@given(
    st.one_of(
        value,
        text,
        st.tuples(st.one_of(st.none(), text), st.one_of(st.none(), text)),
        st.builds(lambda a, b: f"{a}::{b}", text, text),
        st.builds(lambda a: f"{a}.py", text),
    )
)
def test_any_reference(project: Path, reference: Any) -> None:
    (project / "pyproject.toml").write_text('[tool.fal.apps.one]\nimage = { image = "x" }\n')
    assert refusal(lambda: resolve(reference)) != ""


@QUICK
@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            [
                "app_name",
                "auth",
                "strategy",
                "reset_scale",
                "message",
                "annotations",
                "environment_name",
                "attach_to_deployment",
                "force_env_build",
                "timeout",
            ],
            value,
        ),
    )
)
def test_any_arguments(arguments: dict[str, Any]) -> None:
    said = refusal(lambda: DeployOptions(**arguments))
    assert said is None or any(name in said for name in arguments)


@pytest.mark.parametrize("name", sorted(APP_KEYS))
@given(item=value)
@settings(max_examples=15)
def test_each_check_answers_for_any_value(name: str, item: Any) -> None:
    with contextlib.suppress(InvalidValue):
        assert APP_KEYS[name](name, item) is not None


@QUICK
@given(
    st.lists(st.one_of(text, st.sampled_from(["./lib", "lib[x]", ".", "-e .", "x @ file:///y", "x; y"])), max_size=4)
)
def test_any_requirements(project: Path, requirements: list[str]) -> None:
    assert refusal(lambda: find_local(requirements, project)) != ""


@QUICK
@given(st.lists(text, max_size=3), st.lists(text, max_size=2), st.booleans())
def test_any_file_selection(project: Path, paths: list[str], ignore: list[str], globs: bool) -> None:
    (project / "inside.txt").write_text("x")
    assert refusal(lambda: collect(FileSelection(tuple(paths), tuple(ignore), project, globs=globs))) != ""
