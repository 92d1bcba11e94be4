"""What a deploy of plain code sends, and in which order."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

from fal._gen.proto import controller_pb2 as pb
from fal.deploy import (
    deploy,
)
from tests.support.fake_plane import (
    HELLO,
    KEY_ID,
    KEY_SECRET,
    LOCAL_PYTHON,
    FakePlane,
    plain,
)


def test_an_app_is_built_then_registered(plane: FakePlane, caller: Any, hello: Path) -> None:
    result = deploy(caller, "hello.py::HelloWorld", message="hi", annotations={"by": "me"}, auth="public")
    assert plane.names() == ["BuildEnvironment", "RegisterApplication"]
    assert plane.requests == []
    build, register = plane.sent("BuildEnvironment"), plane.sent("RegisterApplication")
    [environment] = plain(build)["environments"]
    assert environment["kind"] == "virtualenv"
    assert environment["configuration"]["python_version"] == LOCAL_PYTHON
    assert environment["configuration"]["resolver"] == "uv"
    assert environment["configuration"]["requirements"][0] == "torch"
    assert build.environments == register.environments
    assert plain(build.machine_requirements) == {
        "machine_type": "S",
        "machine_types": ["S"],
        "scheduler": "nomad",
        "scheduler_options": {"storage_region": "us-east"},
    }
    assert plain(register.machine_requirements) == {
        **plain(build.machine_requirements),
        "keep_alive": 60,
        "exposed_port": 8080,
        "metrics_port": 9090,
    }
    assert (build.application_name, register.application_name) == ("hello-world", "hello-world")
    assert not build.HasField("environment_name")
    assert not register.HasField("environment_name")
    assert register.WhichOneof("callable") == "function"
    assert register.function.method == "cloudpickle"
    assert register.auth_mode == pb.PUBLIC
    assert register.deployment_strategy == pb.ROLLING
    assert (register.HasField("scale"), register.scale) == (True, False)
    assert (register.HasField("build_environment"), register.build_environment) == (True, False)
    assert register.source_code == HELLO
    assert not register.HasField("attach_to_deployment")
    assert not register.HasField("secrets")
    metadata = plain(register.metadata)
    assert metadata["message"] == "hi"
    assert metadata["annotations"] == {"by": "me"}
    assert "/" in metadata["openapi"]["paths"]
    assert result.revision == "rev-1"
    assert result.app_name == "hello-world"
    assert result.auth_mode == "public"
    assert result.env_id == "env-1"
    assert result.log_url == "https://log/me/app"
    assert result.urls["sync"]["/"] == result.urls.sync["/"] == "https://run/me/app/"
    assert result.urls["playground"]["/"] == "https://play/me/app/"
    assert result.urls["async"]["/"] == "https://queue/me/app/"
    assert pickle.loads(pickle.dumps(result)) == result


def test_the_bundle_holds_neither_key_nor_client(plane: FakePlane, caller: Any, hello: Path) -> None:
    deploy(caller, hello)
    definition = plane.sent("RegisterApplication").function.definition
    assert KEY_SECRET.encode() not in definition
    assert KEY_ID.encode() not in definition
    assert len(definition) < 20_000


def test_environment_name_goes_twice_and_stays_out_of_the_result(plane: FakePlane, caller: Any, hello: Path) -> None:
    result = deploy(caller, hello, environment_name="staging", strategy="recreate", reset_scale=True)
    for name in ("BuildEnvironment", "RegisterApplication"):
        assert plane.sent(name).application_name == "hello-world--staging"
        assert plane.sent(name).environment_name == "staging"
    register = plane.sent("RegisterApplication")
    assert (register.deployment_strategy, register.scale) == (pb.RECREATE, True)
    assert result.app_name == "hello-world"


def test_force_is_for_the_build_only(plane: FakePlane, caller: Any, hello: Path) -> None:
    deploy(caller, hello, force_env_build=True)
    assert plane.sent("BuildEnvironment").environments[0].force is True
    assert plane.sent("RegisterApplication").environments[0].force is False


def test_process_is_left_as_found(plane: FakePlane, caller: Any, hello: Path, tmp_path: Path) -> None:
    (hello.parent / "helper_of_hello.py").write_text("def word(): return 'x'\n")
    hello.write_text(HELLO + "\nimport os, helper_of_hello\nos.chdir('/')\n")
    path, modules, cwd = list(sys.path), set(sys.modules), Path.cwd()
    tree = sorted(p.name for p in hello.parent.rglob("*"))
    deploy(caller, hello)
    assert sys.path == path
    assert Path.cwd() == cwd
    assert not {"helper_of_hello", "__fal_app__"} & (set(sys.modules) - modules)
    assert sorted(p.name for p in hello.parent.rglob("*")) == tree
