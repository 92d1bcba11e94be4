from __future__ import annotations

from pathlib import Path

import pytest

from fal.app.settings import ENVIRONMENT_KEYS, SCALE, SETTINGS, Group
from fal.deploy.locate.project import find_project, open_project
from fal.deploy.locate.tables import APP_KEYS
from fal.deploy.locate.tomllines import key_lines
from fal.deploy.resolve.environment import Configuration
from fal.deploy.resolve.merging import ApplicationSettings
from fal.exceptions import ProjectError

GOOD = {
    "ref": '"app.py::App"',
    "name": '"other"',
    "auth": '"public"',
    "deployment_strategy": '"recreate"',
    "team": '"acme"',
    "requirements": '["torch", "."]',
    "requirements_context_dir": '"."',
    "python_version": '"3.12"',
    "app_files": '["data"]',
    "app_files_ignore": '["x$"]',
    "app_files_context_dir": '"src"',
    "machine_type": '["GPU-H100", "GPU-H200"]',
    "private_logs": "true",
    "regions": '["us-east", "eu-west"]',
    "secrets": "[]",
    "data_mounts": '["/data"]',
    "volumes": '{ weights = "/weights" }',
    "exposed_port": "8080",
    "metrics_port": "9091",
    "_scheduler": '"nomad"',
    "_scheduler_options": '{ storage_region = "us-east" }',
    "skip_retry_conditions": '["timeout"]',
    "retry_config": "{ timeout = { retries = 2 } }",
    "health_check": '{ path = "/ok", timeout_seconds = 5, call_regularly = false, method = "GET" }',
    "no_scale": "true",
    "app_scale_settings": "false",
}
NUMBERS = [
    *(name for name in SCALE if name not in ("machine_types", "regions")),
    "num_gpus",
    "termination_grace_period_seconds",
]


def write(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text)
    return folder


def problems(folder: Path, text: str) -> str:
    with pytest.raises(ProjectError) as caught:
        open_project(write(folder, text))
    return str(caught.value)


def test_every_key_is_accepted_with_a_good_value(tmp_path: Path) -> None:
    rows = {**GOOD, **dict.fromkeys(NUMBERS, "3")}
    assert set(rows) | {"python_entry_point", "image"} == set(APP_KEYS)
    text = "[tool.fal.apps.one]\n" + "\n".join(f"{key} = {value}" for key, value in rows.items())
    assert set(open_project(write(tmp_path, text)).apps["one"]) == set(rows)


@pytest.mark.parametrize("key", sorted(set(APP_KEYS)))
def test_every_key_refuses_a_wrong_type_and_names_its_line(tmp_path: Path, key: str) -> None:
    text = (
        f'[tool.fal.apps.one]\nref = "a.py"\n\n{key} = 2020-01-01\n'
        if key != "ref"
        else ("[tool.fal.apps.one]\n\n\nref = 2020-01-01\n")
    )
    said = problems(tmp_path, text)
    assert f"line 4: tool.fal.apps.one.{key} " in said


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("value", ["true", "1.5", '"3"', "-1", "99999999999"])
def test_numbers_are_whole_and_fit_the_wire(tmp_path: Path, key: str, value: str) -> None:
    assert f"tool.fal.apps.one.{key} must be" in problems(
        tmp_path, f'[tool.fal.apps.one]\nref = "a.py"\n{key} = {value}\n'
    )


def test_all_problems_come_in_one_error_in_the_order_of_their_lines(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        """\
[project]
name = "x"

[tool.fal]
app = 1

[tool.fal.apps.one]
ref = "a.py"
keep-alive = 10
machine_typ = "XS"
regions = ["us-east-1", "us west"]
auth = "everyone"

[tool.fal.apps.two]
python_entry_point = "no_colon"

[tool.fal.apps.two.health_check]
pth = "/x"
""",
    )
    assert said.splitlines()[0].endswith("pyproject.toml has 8 problems:")
    assert [line.strip() for line in said.splitlines()[1:]] == [
        "line 5: tool.fal.app is not a known key; did you mean 'apps'?",
        "line 9: tool.fal.apps.one.keep-alive is not a known key; did you mean 'keep_alive'?",
        "line 10: tool.fal.apps.one.machine_typ is not a known key; did you mean 'machine_type'?",
        "line 11: tool.fal.apps.one.regions[1] is 'us west', which contains whitespace or control characters; remove them",
        "line 12: tool.fal.apps.one.auth is 'everyone'; use one of public, private, shared",
        "line 15: tool.fal.apps.two.python_entry_point is 'no_colon'; write it as '<module>:<symbol>'",
        "line 17: tool.fal.apps.two.health_check needs a path",
        "line 18: tool.fal.apps.two.health_check.pth is not a known key; did you mean 'path'?",
    ]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("keep_alive = 1", "needs ref, python_entry_point or image"),
        ('ref = "a.py"\npython_entry_point = "m:S"', "ref cannot be combined with python_entry_point"),
        ('ref = "a.py"\napp_files_context_dir = "x"', "app_files_context_dir needs app_files, too"),
        ('ref = "a.py"\nno_scale = true\napp_scale_settings = true', "no_scale contradicts app_scale_settings"),
        ('image = { image = "x", dockerfile = "Dockerfile" }', "image needs exactly one of dockerfile and image"),
        ("image = {}", "image needs exactly one of dockerfile and image"),
        ('image = { dockerfile = "nope" }', "names the file 'nope', which does not exist"),
        ('image = { image = "x", build_args = { A = "1" } }', "build_args only applies to an image built"),
        ('image = { image = "x" }\napp_files = ["a"]', "app_files cannot be combined with image"),
        ('image = { image = "x", registries = { "r.io" = { username = "u" } } }', "registries.'r.io' needs username"),
        ('image = { image = "x", enrtypoint = "y" }', "did you mean 'entrypoint'"),
        ('ref = "a.py"\nretry_config = {}', "retry_config is empty; pass at least one of"),
        ('ref = "a.py"\nretry_config = { timeot = { retries = 1 } }', "did you mean 'timeout'"),
        (
            'ref = "a.py"\nskip_retry_conditions = ["client_error"]',
            "skip_retry_conditions[0] is 'client_error'",
        ),
        ('ref = "a.py"\nvolumes = { w = "weights" }', "absolute path"),
        ('ref = "a.py"\nexposed_port = 65536', "exposed_port must be between 1 and 65535, not 65536"),
        ('ref = "a.py"\nrequirements = ["a", ["b"]]', "requirements mixes str and lists"),
    ],
)
def test_rules_between_keys(tmp_path: Path, table: str, said: str) -> None:
    assert said in problems(tmp_path, f"[tool.fal.apps.one]\n{table}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool]\nfal = 1\n", "tool.fal must be a table"),
        ("[tool.fal]\napps = 1\n", "tool.fal.apps must be a table"),
        ("[tool.fal.apps]\none = 1\n", "tool.fal.apps.one must be a table"),
        ("[tool.fal.apps.one]\nref = \n", "is not valid TOML"),
    ],
)
def test_malformed_tables(tmp_path: Path, text: str, said: str) -> None:
    assert said in problems(tmp_path, text)


def test_the_nearest_project_wins_and_a_foreign_pyproject_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, '[tool.fal.apps.outer]\nref = "a.py"\n')
    inner = tmp_path / "inner" / "deep"
    inner.mkdir(parents=True)
    write(tmp_path / "inner", "[tool.other]\nx = 1\n")
    result = find_project(inner)
    assert result is not None
    assert (result.root, list(result.apps)) == (tmp_path, ["outer"])
    (tmp_path / "inner" / ".git").mkdir()
    result = find_project(inner)
    assert result is not None
    assert (result.root, list(result.apps)) == (tmp_path / "inner", [])


def test_lines_of_keys_in_every_form_of_toml() -> None:
    text = '''\
# [tool.fal.apps.ghost]
title = """
[not.a.table]
key = 1 # ""
""" # comment with = sign
[tool."fal".apps.'my app'] # here
a = [ # list
  "x", "]",
  { deep = 1,
    er = [2] },
]
b.c = "a \\" = b"
d = { e.f = 1, "g h" = \'\'\'
x\'\'\' }
[[tool.list]]
z = 1
'''
    app = ("tool", "fal", "apps", "my app")
    lines = key_lines(text)
    assert {key: line for key, line in lines.items() if "ghost" in key or "not" in key} == {}
    assert lines[app] == 6
    assert lines[(*app, "a")] == 7
    assert lines[(*app, "a", "er")] == 10
    assert lines[(*app, "b", "c")] == 12
    assert lines[(*app, "d", "e", "f")] == 13
    assert lines[(*app, "d", "g h")] == 13
    assert lines["tool", "list", "z"] == 16


def test_the_typed_forms_hold_what_the_table_of_settings_names() -> None:
    sent = {key for keys in ENVIRONMENT_KEYS.values() for key in keys} - {"env_yml"}  # read here, and sent as env_dict
    assert set(Configuration.__annotations__) == sent
    application = {row.wire for row in SETTINGS.values() if row.group is Group.APP and row.name != "metadata"}
    assert set(ApplicationSettings.__dataclass_fields__) == application
