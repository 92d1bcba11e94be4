"""What pyproject.toml says of an app, merged with the code and the arguments, arrives on the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fal._gen.proto import controller_pb2 as pb
from fal.deploy import (
    DeployEvent,
    DeployWarning,
    deploy,
)
from fal.exceptions import (
    FalServerlessException,
    InvalidInput,
)
from tests.support.fake_plane import (
    HELLO,
    LOCAL_PYTHON,
    FakePlane,
    plain,
)


def test_nothing_given_means_the_file_as_it_is_now(plane: FakePlane, caller: Any, hello: Path) -> None:
    deploy(caller)
    assert plane.sent("RegisterApplication").application_name == "hello-world"
    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.first]\nref = "hello.py"\n')
    assert deploy(caller).app_name == "first"
    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.second]\nref = "hello.py"\n')
    assert deploy(caller).app_name == "second"


def test_requirements_of_the_file_are_merged(plane: FakePlane, caller: Any, hello: Path) -> None:
    (hello.parent / "pyproject.toml").write_text(
        '[tool.fal.apps.one]\nref = "hello.py"\nrequirements = ["numpy", "torch"]\n'
    )
    deploy(caller, "one")
    sent = plain(plane.sent("RegisterApplication").environments[0])["configuration"]["requirements"]
    assert sent[:2] == ["torch", "numpy"]
    assert any(text.startswith("fastapi") for text in sent)
    assert len(sent) == len(set(sent))


def test_layers_stay_layers(plane: FakePlane, caller: Any, hello: Path) -> None:
    (hello.parent / "pyproject.toml").write_text(
        '[tool.fal.apps.one]\nref = "hello.py"\nrequirements = [["numpy"], ["scipy"]]\n'
    )
    deploy(caller, "one")
    sent = plain(plane.sent("RegisterApplication").environments[0])["configuration"]["requirements"]
    assert sent[:3] == [["torch"], ["numpy"], ["scipy"]]
    assert any(text.startswith("fastapi") for text in sent[3])


def test_an_image_of_the_file_makes_a_container(plane: FakePlane, caller: Any, hello: Path) -> None:
    # Some editors begin a file with a byte order mark.
    (hello.parent / "Dockerfile").write_text(f"FROM python:{LOCAL_PYTHON}\nCOPY data/ /data\n", encoding="utf-8-sig")
    (hello.parent / "data").mkdir()
    (hello.parent / "data" / "x.bin").write_bytes(b"x")
    (hello.parent / "pyproject.toml").write_text(
        '[tool.fal.apps.one]\nref = "hello.py"\nrequirements = ["numpy"]\n[tool.fal.apps.one.image]\n'
        'dockerfile = "Dockerfile"\nregistries = { "r.io" = { username = "u", password = "p" } }\n'
    )
    deploy(caller, "one")
    register = plane.sent("RegisterApplication")
    environment = plain(register.environments[0])
    assert environment["kind"] == "container"
    assert "resolver" in environment["configuration"]
    assert {"torch", "numpy"} <= set(environment["configuration"]["requirements"])
    image = environment["configuration"]["image"]
    assert image["dockerfile_str"].startswith("FROM ")
    assert image["docker_files_list"] == ["data/"]
    assert image["registries"] == {"r.io": {"username": "u", "password": "p"}}
    assert "local_ignore" not in image
    assert [file.relative_path for file in register.files] == ["data/x.bin"]
    assert plane.sent("BuildEnvironment").files == register.files
    assert register.WhichOneof("callable") == "function"


def test_arguments_win_over_the_file(plane: FakePlane, caller: Any, hello: Path) -> None:
    (hello.parent / "pyproject.toml").write_text(
        '[tool.fal.apps.one]\nref = "hello.py"\nauth = "public"\ndeployment_strategy = "recreate"\nno_scale = true\n'
        "keep_alive = 5\n"
    )
    deploy(caller, "one")
    deploy(caller, "one", strategy="rolling", reset_scale=True, auth="shared", app_name="renamed")
    first, second = [request for name, request, _ in plane.calls if name == "RegisterApplication"]
    assert (first.deployment_strategy, first.scale, first.auth_mode, first.application_name) == (
        pb.RECREATE,
        False,
        pb.PUBLIC,
        "one",
    )
    assert (second.deployment_strategy, second.scale, second.auth_mode, second.application_name) == (
        pb.ROLLING,
        True,
        pb.SHARED,
        "renamed",
    )
    assert first.machine_requirements.keep_alive == 5


def test_code_wins_over_the_file_where_it_says_something_itself(plane: FakePlane, caller: Any, hello: Path) -> None:
    hello.write_text(HELLO.replace("    requirements", "    keep_alive = 99\n    requirements"))
    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "hello.py"\nkeep_alive = 5\n')
    events: list[DeployEvent] = []
    deploy(caller, "one", on_event=events.append)
    assert plane.sent("RegisterApplication").machine_requirements.keep_alive == 99
    assert any("keep_alive of pyproject.toml is not used" in e.message for e in events if isinstance(e, DeployWarning))


def test_nothing_of_the_file_is_dropped_without_a_word(plane: FakePlane, caller: Any, hello: Path) -> None:
    own = f'    python_version = "{LOCAL_PYTHON}"\n    app_files = ["a"]\n    requirements'
    hello.write_text(HELLO.replace("    requirements", own))
    table = '[tool.fal.apps.one]\nref = "hello.py"\n'
    (hello.parent / "pyproject.toml").write_text(table + 'python_version = "3.8"\napp_files = ["b"]\n')
    events: list[DeployEvent] = []
    deploy(caller, "one", on_event=events.append)
    said = "\n".join(e.message for e in events if isinstance(e, DeployWarning))
    assert "python_version of pyproject.toml is not used" in said
    assert "app_files of pyproject.toml is not used" in said
    (hello.parent / "pyproject.toml").write_text(table + 'requirements = ["torch==2.2"]\n')
    hello.write_text(HELLO.replace('"torch"', '"Torch==2.1"'))
    with pytest.raises(FalServerlessException, match=r"different versions: torch==2\.1 and torch==2\.2"):
        deploy(caller, "one")


def test_a_sibling_module_travels_along(plane: FakePlane, caller: Any, hello: Path, tmp_path: Path) -> None:
    # Read as Python does: in the encoding that it names, and past a byte order mark.
    cookie = "# coding: latin-1\nimport helper_e\n\ndef word():\n    return 'from the s\xefbling' + helper_e.END\n"
    (hello.parent / "helper_d.py").write_text(cookie, encoding="latin-1")
    (hello.parent / "helper_e.py").write_text("END = '!'\n", encoding="utf-8-sig")
    hello.write_text("import helper_d\n" + HELLO.replace('"world"', "helper_d.word()"))
    deploy(caller, hello)
    (tmp_path / "bundle").write_bytes(plane.sent("RegisterApplication").function.definition)
    code = (
        "import os, pickle, sys\nos.environ['IS_ISOLATE_AGENT'] = '1'\npickle.load(open('bundle', 'rb'))\n"
        "import helper_d\nprint(ascii(helper_d.word()))\n"
    )
    (hello.parent / "helper_d.py").unlink()
    (hello.parent / "helper_e.py").unlink()
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("'from the s\\xefbling!'\n", "")


def test_every_setting_of_the_file_arrives(plane: FakePlane, caller: Any, hello: Path) -> None:
    (hello.parent / "pyproject.toml").write_text(
        """\
[tool.fal.apps.one]
ref = "hello.py"
machine_type = ["GPU-H100", "GPU-H200"]
num_gpus = 2
regions = ["us-west"]
min_concurrency = 1
max_concurrency = 2
max_multiplexing = 3
concurrency_buffer = 4
concurrency_buffer_perc = 5
scaling_delay = 6
request_timeout = 7
request_start_timeout = 8
startup_timeout = 9
private_logs = true
secrets = []
data_mounts = ["/data/x"]
volumes = { weights = "/weights" }
exposed_port = 81
metrics_port = 82
termination_grace_period_seconds = 10
skip_retry_conditions = ["timeout", "connection_error"]
retry_config = { timeout = { retries = 2 }, server_error = { retries = -1 } }
health_check = { path = "/ok", timeout_seconds = 3, method = "get", call_regularly = true }
"""
    )
    deploy(caller, "one")
    register = plane.sent("RegisterApplication")
    machine = plain(register.machine_requirements)
    assert machine["machine_types"] == ["GPU-H100", "GPU-H200"]
    assert machine["machine_type"] == "GPU-H100"
    expected = {
        "num_gpus": 2,
        "valid_regions": ["us-west"],
        "min_concurrency": 1,
        "max_concurrency": 2,
        "max_multiplexing": 3,
        "concurrency_buffer": 4,
        "concurrency_buffer_perc": 5,
        "scaling_delay_seconds": 6,
        "request_timeout": 7,
        "request_start_timeout": 8,
        "startup_timeout": 9,
        "exposed_port": 81,
        "metrics_port": 82,
    }
    assert {key: machine[key] for key in expected} == expected
    assert register.private_logs is True
    assert register.HasField("secrets")
    assert list(register.secrets.names) == []
    assert plane.sent("BuildEnvironment").HasField("secrets")
    assert list(register.data_mounts) == ["/data/x"]
    assert [(v.volume_name, v.mount_path) for v in register.volumes] == [("weights", "/weights")]
    assert register.termination_grace_period_seconds == 10
    assert list(register.skip_retry_conditions) == [pb.TIMEOUT, pb.CONNECTION_ERROR]
    assert json.loads(register.retry_config) == {"server_error": {"retries": 0}, "timeout": {"retries": 2}}
    assert register.retry_config.index("server_error") < register.retry_config.index("timeout")
    health = register.health_check_config
    assert (health.path, health.timeout_seconds, health.call_regularly) == ("/ok", 3, True)
    assert health.method == pb.ApplicationHealthCheckConfig.GET
    assert not health.HasField("start_period_seconds")
    assert "num_gpus" in plain(plane.sent("BuildEnvironment").machine_requirements)
    assert "keep_alive" not in plain(plane.sent("BuildEnvironment").machine_requirements)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"auth": "everyone"}, "auth='everyone'"),
        ({"strategy": "CANARY"}, "strategy='CANARY'"),
        ({"strategy": "recreate", "attach_to_deployment": True}, "attach_to_deployment"),
        ({"message": "x" * 2049}, "message has 2049"),
        ({"annotations": {str(n): "" for n in range(33)}}, "annotations has 33"),
        ({"annotations": {"x" * 65: ""}}, "65 characters"),
        ({"annotations": {"openapi": ""}}, "reserved"),
        ({"annotations": {"": ""}}, "empty key"),
        ({"annotations": {"k": "é" * 8190}}, "bytes as JSON"),
        ({"app_name": " "}, "app_name is empty"),
        ({"timeout": 0}, "timeout"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_sent(
    plane: FakePlane, caller: Any, hello: Path, arguments: Any, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        deploy(caller, hello, **arguments)
    assert plane.calls == []


def test_limits_count_utf8_bytes_of_json(plane: FakePlane, caller: Any, hello: Path) -> None:
    deploy(caller, hello, message="x" * 2048, annotations={"k": "é" * ((16384 - len('{"k": ""}')) // 2)})
