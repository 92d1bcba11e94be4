"""Apps that are named, not read: entry points, container images, and functions."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from fal._gen.proto import common_pb2
from fal._gen.proto import controller_pb2 as pb
from fal.deploy import (
    deploy,
)
from fal.exceptions import (
    FalServerlessException,
)
from tests.support.fake_plane import (
    HELLO,
    LOCAL_PYTHON,
    FakePlane,
    log,
    plain,
)


def probe_answer(value: Any) -> Any:
    def run(_request: Any, _context: Any) -> Any:
        yield pb.HostedRunResult(run_id="r", logs=[log("importing")])
        yield pb.HostedRunResult(
            run_id="r",
            status=pb.HostedRunStatus(state=pb.HostedRunStatus.SUCCESS),
            return_value=common_pb2.SerializedObject(method="cloudpickle", definition=pickle.dumps(value)),
        )

    return run


@pytest.fixture
def entry(project: Path) -> Path:
    (project / "pyproject.toml").write_text(
        '[tool.fal.apps.entry]\npython_entry_point = "package_not_here.mod:Symbol"\nrequirements = ["numpy"]\n'
        'auth = "private"\nhealth_check = { path = "/alive", timeout_seconds = 3 }\n'
    )
    return project


def test_an_entry_point_is_probed_as_private_as_it_is(plane: FakePlane, caller: Any, entry: Path) -> None:
    plane.run = probe_answer({"openapi": {"paths": {"/generate": {}}}})
    result = deploy(caller, "entry", message="m", force_env_build=True)
    assert plane.names() == ["BuildEnvironment", "Run", "RegisterApplication"]
    run, register = plane.sent("Run"), plane.sent("RegisterApplication")
    assert plane.sent("BuildEnvironment").environments[0].force is True
    assert (run.entrypoint, register.entrypoint) == (
        "package_not_here.mod:Symbol.build_metadata",
        "package_not_here.mod:Symbol.run_local",
    )
    assert run.HasField("auth_mode")
    assert run.auth_mode == pb.PRIVATE
    assert run.build_environment is False
    assert plain(run.health_check_config) == plain(register.health_check_config)
    assert (run.health_check_config.path, run.health_check_config.timeout_seconds) == ("/alive", 3)
    assert plain(register.metadata) == {"openapi": {"paths": {"/generate": {}}}, "message": "m"}
    assert not register.HasField("source_code")
    assert plain(register.machine_requirements) == {
        "machine_type": "XS",
        "machine_types": ["XS"],
        "keep_alive": 10,
        "exposed_port": 8080,
        "metrics_port": 9090,
        "scheduler_options": {},
    }
    assert plain(register.environments[0]) == {
        "kind": "virtualenv",
        "configuration": {"python_version": LOCAL_PYTHON, "requirements": ["numpy"]},
    }
    assert result.urls["sync"] == {"/generate": "https://run/me/app/generate"}


class Evil:
    def __reduce__(self) -> Any:
        return os.mkdir, ("evil-was-here",)


def test_a_crafted_answer_runs_nothing_and_stops_the_deploy(plane: FakePlane, caller: Any, entry: Path) -> None:
    plane.run = probe_answer({"openapi": Evil()})
    with pytest.raises(FalServerlessException, match="only plain data"):
        deploy(caller, "entry")
    assert not (entry / "evil-was-here").exists()
    assert "RegisterApplication" not in plane.names()


def test_a_probe_that_raises_shows_the_remote_traceback(plane: FakePlane, caller: Any, entry: Path) -> None:
    plane.run = lambda _r, _c: iter(
        [
            pb.HostedRunResult(
                status=pb.HostedRunStatus(state=pb.HostedRunStatus.SUCCESS),
                return_value=common_pb2.SerializedObject(
                    method="cloudpickle",
                    definition=b"never read",
                    was_it_raised=True,
                    stringized_traceback="ModuleNotFoundError: No module named 'numpy'",
                ),
            )
        ]
    )
    with pytest.raises(FalServerlessException, match="No module named 'numpy'"):
        deploy(caller, "entry")
    plane.run = probe_answer(["not a dict"])
    with pytest.raises(FalServerlessException, match="returned a list"):
        deploy(caller, "entry")


def test_an_image_alone(plane: FakePlane, caller: Any, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.fal.apps.img]\nimage = { image = "registry/x:1", cmd = ["serve"] }\nexposed_port = 80\n'
        'health_check = { path = "/ok" }\n'
    )
    deploy(caller)
    assert plane.names() == ["BuildEnvironment", "RegisterApplication"]
    register = plane.sent("RegisterApplication")
    assert register.WhichOneof("callable") is None
    assert plain(register.environments[0]) == {
        "kind": "container",
        "configuration": {
            "python_version": LOCAL_PYTHON,
            "image": {"image": "registry/x:1", "cmd": ["serve"], "use_isolate": False},
        },
    }
    assert not register.machine_requirements.HasField("metrics_port")
    assert register.machine_requirements.exposed_port == 80
    assert register.health_check_config.HasField("method")
    assert register.health_check_config.method == pb.ApplicationHealthCheckConfig.GET
    assert plain(register).get("metadata", {}) == {}


def test_a_container_app_in_code_brings_its_context(plane: FakePlane, caller: Any, hello: Path) -> None:
    image = 'image = fal.ContainerImage.from_dockerfile_str("FROM x\\nCOPY /data *.cfg /d/\\n", context_dir="ctx")'
    hello.write_text(HELLO.replace("    requirements", f"    {image}\n    requirements"))
    for name in ("ctx/data/x", "ctx/data/y.pyc", "ctx/a.cfg", "ctx/other"):
        path = hello.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    deploy(caller, hello)
    register = plane.sent("RegisterApplication")
    assert register.environments[0].kind == "container"
    assert [file.relative_path for file in register.files] == ["a.cfg", "data/x"]
    assert plane.sent("BuildEnvironment").files == register.files
    assert register.WhichOneof("callable") == "function"
    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "hello.py"\napp_files = ["x"]\n')
    with pytest.raises(FalServerlessException, match="app_files and a container image"):
        deploy(caller, "one")
    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "hello.py"\nimage = { image = "x" }\n')
    with pytest.raises(FalServerlessException, match="sets its own container environment"):
        deploy(caller, "one")


def test_a_conda_app_gets_requirements_of_the_file_through_pip(plane: FakePlane, caller: Any, hello: Path) -> None:
    own = 'kind = "conda"\n'
    source = HELLO.replace('    requirements = ["torch"]\n', f"    {own}")
    hello.write_text(source.replace("HelloWorld(fal.App)", 'HelloWorld(fal.App, packages=["cuda"], pip=["torch"])'))
    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "hello.py"\nrequirements = ["numpy"]\n')
    deploy(caller, "one")
    environment = plain(plane.sent("RegisterApplication").environments[0])
    assert environment["kind"] == "conda"
    assert environment["configuration"]["packages"] == ["cuda"]
    assert "requirements" not in environment["configuration"]
    assert {"torch", "numpy"} <= set(environment["configuration"]["pip"])
    assert any(text.startswith("fastapi") for text in environment["configuration"]["pip"])


def test_a_plain_function_has_neither_port_nor_scheduler(plane: FakePlane, caller: Any, project: Path) -> None:
    (project / "app.py").write_text("import fal\n@fal.function(requirements=['numpy'])\ndef go(a):\n    return a\n")
    result = deploy(caller, "app.py")
    machine = plain(plane.sent("RegisterApplication").machine_requirements)
    assert {"exposed_port", "metrics_port", "scheduler"} & set(machine) == set()
    assert (machine["machine_types"], machine["keep_alive"], machine["scheduler_options"]) == (["XS"], 10, {})
    assert plain(plane.sent("RegisterApplication").environments[0])["configuration"]["requirements"] == ["numpy"]
    assert result.app_name == "go"
