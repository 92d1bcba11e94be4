"""Deploys against a plane that records: what is sent, in which order, and what comes back."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import grpc
import pytest

from fal._gen.proto import common_pb2
from fal._gen.proto import controller_pb2 as pb
from fal.deploy import (
    BuildLog,
    DeployEvent,
    DeployWarning,
    Failed,
    FilesHashed,
    FileUploaded,
    RegisterLog,
    RolledOut,
    UploadProgress,
    UploadStarted,
    deploy,
    deploy_events,
)
from fal.exceptions import (
    BuildFailed,
    DeadlineExceeded,
    FalServerlessException,
    InvalidInput,
    RolloutFailed,
    UploadFailed,
)
from tests.support.fake_plane import KEY_ID, KEY_SECRET, URLS, FakePlane, built, log, registered
from tests.support.waiting import LIMIT

LOCAL = f"{sys.version_info.major}.{sys.version_info.minor}"
HELLO = """\
import fal


class HelloWorld(fal.App):
    requirements = ["torch"]

    @fal.endpoint("/")
    def hello(self) -> dict:
        return {"hello": "world"}
"""


def plain(message: Any) -> Any:
    from google.protobuf.json_format import MessageToDict

    return MessageToDict(message, preserving_proto_field_name=True)


@pytest.fixture
def hello(project: Path) -> Path:
    (project / "hello.py").write_text(HELLO)
    return project / "hello.py"


def test_an_app_is_built_then_registered(plane: FakePlane, caller: Any, hello: Path) -> None:
    result = deploy(caller, "hello.py::HelloWorld", message="hi", annotations={"by": "me"}, auth="public")
    assert plane.names() == ["BuildEnvironment", "RegisterApplication"]
    assert plane.requests == []
    build, register = plane.sent("BuildEnvironment"), plane.sent("RegisterApplication")
    [environment] = plain(build)["environments"]
    assert environment["kind"] == "virtualenv"
    assert environment["configuration"]["python_version"] == LOCAL
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


def test_w1_nothing_given_and_the_edited_pyproject_is_seen(plane: FakePlane, caller: Any, hello: Path) -> None:
    deploy(caller)
    assert plane.sent("RegisterApplication").application_name == "hello-world"
    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.first]\nref = "hello.py"\n')
    assert deploy(caller).app_name == "first"
    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.second]\nref = "hello.py"\n')
    assert deploy(caller).app_name == "second"


def test_w2_requirements_of_the_file_are_merged(plane: FakePlane, caller: Any, hello: Path) -> None:
    (hello.parent / "pyproject.toml").write_text(
        '[tool.fal.apps.one]\nref = "hello.py"\nrequirements = ["numpy", "torch"]\n'
    )
    deploy(caller, "one")
    sent = plain(plane.sent("RegisterApplication").environments[0])["configuration"]["requirements"]
    assert sent[:2] == ["torch", "numpy"]
    assert any(text.startswith("fastapi") for text in sent)
    assert len(sent) == len(set(sent))


def test_w2_layers_stay_layers(plane: FakePlane, caller: Any, hello: Path) -> None:
    (hello.parent / "pyproject.toml").write_text(
        '[tool.fal.apps.one]\nref = "hello.py"\nrequirements = [["numpy"], ["scipy"]]\n'
    )
    deploy(caller, "one")
    sent = plain(plane.sent("RegisterApplication").environments[0])["configuration"]["requirements"]
    assert sent[:3] == [["torch"], ["numpy"], ["scipy"]]
    assert any(text.startswith("fastapi") for text in sent[3])


def test_w3_an_image_of_the_file_makes_a_container(plane: FakePlane, caller: Any, hello: Path) -> None:
    (hello.parent / "Dockerfile").write_text(f"FROM python:{LOCAL}\nCOPY data/ /data\n")
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
    assert image["docker_files_list"] == ["data/"]
    assert image["registries"] == {"r.io": {"username": "u", "password": "p"}}
    assert "local_ignore" not in image
    assert [file.relative_path for file in register.files] == ["data/x.bin"]
    assert plane.sent("BuildEnvironment").files == register.files
    assert register.WhichOneof("callable") == "function"


def test_w4_arguments_win_over_the_file(plane: FakePlane, caller: Any, hello: Path) -> None:
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
    own = f'    python_version = "{LOCAL}"\n    app_files = ["a"]\n    requirements'
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


def test_w17_a_sibling_module_travels_along(plane: FakePlane, caller: Any, hello: Path, tmp_path: Path) -> None:
    (hello.parent / "helper_d.py").write_text("def word():\n    return 'from the sibling'\n")
    hello.write_text("import helper_d\n" + HELLO.replace('"world"', "helper_d.word()"))
    deploy(caller, hello)
    (tmp_path / "bundle").write_bytes(plane.sent("RegisterApplication").function.definition)
    code = (
        "import os, pickle, sys\nos.environ['IS_ISOLATE_AGENT'] = '1'\npickle.load(open('bundle', 'rb'))\n"
        "import helper_d\nprint(helper_d.word())\n"
    )
    (hello.parent / "helper_d.py").unlink()
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("from the sibling\n", "")


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
def test_w5_wrong_arguments_are_refused_before_anything_is_sent(
    plane: FakePlane, caller: Any, hello: Path, arguments: Any, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        deploy(caller, hello, **arguments)
    assert plane.calls == []


def test_limits_count_utf8_bytes_of_json(plane: FakePlane, caller: Any, hello: Path) -> None:
    deploy(caller, hello, message="x" * 2048, annotations={"k": "é" * ((16384 - len('{"k": ""}')) // 2)})


@pytest.mark.parametrize("order", ["before", "after", "together"])
def test_w6_result_and_addresses_in_any_order(plane: FakePlane, caller: Any, hello: Path, order: str) -> None:
    result = pb.RegisterApplicationResult(result=pb.RegisterApplicationResultType(application_id="rev-9"))
    urls = pb.RegisterApplicationResult(service_urls=URLS, env_id="env-9")
    both = pb.RegisterApplicationResult()
    both.MergeFrom(result)
    both.MergeFrom(urls)
    messages = {"before": [urls, result], "after": [result, urls], "together": [both]}[order]
    plane.register = lambda _r, _c: iter(messages)
    found = deploy(caller, hello)
    assert (found.revision, found.urls["sync"]["/"], found.env_id) == ("rev-9", "https://run/me/app/", "env-9")


def test_w6_logs_after_the_result_of_an_attached_rollout_are_delivered(
    plane: FakePlane, caller: Any, hello: Path
) -> None:
    def register(_request: Any, _context: Any) -> Any:
        yield from registered()
        yield pb.RegisterApplicationResult(logs=[log("draining the old revision")])

    plane.register = register
    events: list[DeployEvent] = []
    deploy(caller, hello, attach_to_deployment=True, on_event=events.append)
    assert plane.sent("RegisterApplication").attach_to_deployment is True
    assert "draining the old revision" in [e.message for e in events if isinstance(e, RegisterLog)]
    assert isinstance(events[-1], RolledOut)


def test_deployed_without_addresses_is_still_deployed(plane: FakePlane, caller: Any, hello: Path) -> None:
    plane.register = lambda _r, _c: iter(
        [pb.RegisterApplicationResult(result=pb.RegisterApplicationResultType(application_id="rev-2"))]
    )
    events: list[DeployEvent] = []
    result = deploy(caller, hello, on_event=events.append)
    assert (result.revision, result.urls["sync"]) == ("rev-2", {})
    assert any("no addresses" in e.message for e in events if isinstance(e, DeployWarning))


def test_w7_an_unknown_build_status_is_no_end(plane: FakePlane, caller: Any, hello: Path) -> None:
    def build(_request: Any, _context: Any) -> Any:
        yield pb.BuildEnvironmentResult(status=pb.HostedRunStatus(state=42))
        yield from built()

    plane.build = build
    assert deploy(caller, hello).revision == "rev-1"


def test_a_failed_build_shows_the_last_lines(plane: FakePlane, caller: Any, hello: Path) -> None:
    failure = pb.BuildEnvironmentResult(
        logs=[log("no matching distribution for torch")],
        status=pb.HostedRunStatus(state=pb.HostedRunStatus.INTERNAL_FAILURE),
    )
    plane.build = lambda _r, _c: iter([failure])
    events: list[DeployEvent] = []
    with pytest.raises(BuildFailed, match="no matching distribution for torch"):
        deploy(caller, hello, on_event=events.append)
    assert isinstance(events[-1], Failed)
    assert events[-1].phase == "build"
    plane.build = lambda _r, _c: iter([])
    with pytest.raises(BuildFailed, match="without a result"):
        deploy(caller, hello)
    assert "RegisterApplication" not in plane.names()


def test_a_registration_without_a_result_is_an_error(plane: FakePlane, caller: Any, hello: Path) -> None:
    plane.register = lambda _r, _c: iter([pb.RegisterApplicationResult(logs=[log("crash loop")])])
    with pytest.raises(RolloutFailed, match="crash loop"):
        deploy(caller, hello)


def test_e11_nothing_is_printed_and_logs_go_to_the_logger(
    plane: FakePlane, caller: Any, hello: Path, capfd: Any, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG, logger="fal")
    deploy(caller, hello)
    assert capfd.readouterr() == ("", "")
    assert {"resolving", "installing", "registering"} <= {record.message for record in caplog.records}
    assert all(record.name.startswith("fal") for record in caplog.records if record.message == "resolving")


def test_result_handlers_see_every_message(plane: FakePlane, caller: Any, hello: Path) -> None:
    seen: list[Any] = []
    deploy(caller, hello, result_handler=seen.append)
    assert [[line.message for line in item.logs] for item in seen] == [
        ["resolving", "installing"],
        [],
        ["registering"],
        [],
    ]
    assert seen[-1].result.application_id == "rev-1"
    build: list[Any] = []
    register: list[Any] = []
    deploy(caller, hello, result_handler=register.append, build_result_handler=build.append)
    assert [item.env_id for item in build] == ["env-1", "env-1"]
    assert len(register) == 2


def test_events_end_with_the_result(plane: FakePlane, caller: Any, hello: Path) -> None:
    events = list(deploy_events(caller, hello))
    assert isinstance(events[-1], RolledOut)
    assert events[-1].result.revision == "rev-1"
    assert [type(event).__name__ for event in events] == [
        "Discovered",
        "Packaged",
        "EnvironmentBuilding",
        "BuildLog",
        "BuildLog",
        "EnvironmentBuilt",
        "Registering",
        "RegisterLog",
        "RolledOut",
    ]
    assert [e.level for e in events if isinstance(e, BuildLog)] == ["INFO", "INFO"]


def test_closing_the_iterator_cancels_the_build(plane: FakePlane, caller: Any, hello: Path) -> None:
    forever = threading.Event()

    def build(_request: Any, context: Any) -> Any:
        context.add_callback(forever.set)  # before the first answer: afterwards it may be too late
        yield pb.BuildEnvironmentResult(logs=[log("first line")])
        forever.wait(20)

    plane.build = build
    events = deploy_events(caller, hello)
    assert any(isinstance(event, BuildLog) for event in events)
    events.close()
    assert forever.wait(LIMIT)


def test_an_interrupt_in_a_callback_cancels_and_passes(plane: FakePlane, caller: Any, hello: Path) -> None:
    cancelled = threading.Event()

    def build(_request: Any, context: Any) -> Any:
        context.add_callback(cancelled.set)
        yield pb.BuildEnvironmentResult(logs=[log("first line")])
        cancelled.wait(LIMIT)

    def interrupt(event: DeployEvent) -> None:
        if isinstance(event, BuildLog):
            raise KeyboardInterrupt

    plane.build = build
    with pytest.raises(KeyboardInterrupt):
        deploy(caller, hello, on_event=interrupt)
    assert cancelled.wait(LIMIT)


def test_the_timeout_covers_the_whole_deploy(plane: FakePlane, caller: Any, hello: Path) -> None:
    release = threading.Event()

    def build(_request: Any, context: Any) -> Any:
        context.add_callback(release.set)
        release.wait(LIMIT)
        yield from built()

    plane.build = build
    with pytest.raises(DeadlineExceeded):
        deploy(caller, hello, timeout=1.5)
    assert release.wait(LIMIT), "the build was not given up"


def test_a_refusal_of_the_plane_is_one_of_our_errors(plane: FakePlane, caller: Any, hello: Path) -> None:
    def register(_request: Any, context: Any) -> Any:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "machine_type: no such machine")
        yield

    plane.register = register
    with pytest.raises(FalServerlessException, match="no such machine") as caught:
        deploy(caller, hello)
    assert caught.value.code == "INVALID_ARGUMENT"
    assert KEY_SECRET not in str(caught.value) + repr(caught.value)


def test_eight_deploys_at_once(plane: FakePlane, caller: Any, tmp_path: Path) -> None:
    folders = []
    for number in range(8):
        folder = tmp_path / f"p{number}"
        folder.mkdir()
        (folder / "helper.py").write_text(f"NUMBER = {number}\n")
        (folder / "app.py").write_text(
            f"import fal, helper\nclass App{number}(fal.App):\n    keep_alive = helper.NUMBER + 100\n"
            "    @fal.endpoint('/')\n    def go(self) -> int:\n        return helper.NUMBER\n"
        )
        folders.append(folder)
    path = list(sys.path)
    results: dict[int, Any] = {}

    def work(number: int) -> None:
        try:
            results[number] = deploy(caller, folders[number] / "app.py").app_name
        except BaseException as error:
            results[number] = error

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert results == {number: f"app{number}" for number in range(8)} or results == {
        number: f"app-{number}" for number in range(8)
    }
    sent = [request for name, request, _ in plane.calls if name == "RegisterApplication"]
    assert sorted(request.machine_requirements.keep_alive for request in sent) == list(range(100, 108))
    assert sys.path == path


# ------------------------------------------------------------------------------------------------------------- files


@pytest.fixture
def with_files(hello: Path) -> Path:
    hello.write_text(HELLO.replace("    requirements", '    app_files = ["data", "hello.py"]\n    requirements'))
    (hello.parent / "data").mkdir()
    for name, content in (("a.bin", b"abc"), ("b.bin", b"abc"), ("empty", b""), ("skip.pyc", b"x")):
        (hello.parent / "data" / name).write_bytes(content)
    return hello


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() + str(os.stat(path).st_mode).encode()).hexdigest()


def test_files_are_stored_once_and_named_in_both_requests(plane: FakePlane, caller: Any, with_files: Path) -> None:
    events: list[DeployEvent] = []
    deploy(caller, with_files, on_event=events.append)
    data = with_files.parent / "data"
    expected = [(f"data/{name}", digest(data / name)) for name in ("a.bin", "b.bin", "empty")]
    for name in ("BuildEnvironment", "RegisterApplication"):
        assert [(file.relative_path, file.hash) for file in plane.sent(name).files] == expected
    assert len(plane.paths("/files/missing_hashes")) == 1  # E13: once per deploy
    assert sorted(plane.paths("/files/missing_hashes")[0].json["hashes"]) == sorted({h for _, h in expected})
    assert plane.parts == {digest(data / "a.bin"): {1: b"abc"}, digest(data / "empty"): {1: b""}}
    [initiate] = [r for r in plane.paths("/initiate") if digest(data / "a.bin") in r.path]
    assert initiate.json == {
        "size": "3",
        "mode": str(os.stat(data / "a.bin").st_mode),
        "mtime": initiate.json["mtime"],
        "hash": digest(data / "a.bin"),
    }
    assert float(initiate.json["mtime"]) == pytest.approx(os.stat(data / "a.bin").st_mtime, abs=1)
    complete = next(r for r in plane.paths("/complete") if digest(data / "a.bin") in r.path).json
    assert complete["parts"] == [{"part_number": 1, "etag": "e1"}]
    assert complete["metadata"] == initiate.json
    assert all(r.headers["authorization"] == f"Key {KEY_ID}:{KEY_SECRET}" for r in plane.requests)
    kinds = [type(event) for event in events]
    assert (
        kinds.index(FilesHashed) < kinds.index(UploadStarted) < kinds.index(UploadProgress) < kinds.index(FileUploaded)
    )
    assert {e.relative_path for e in events if isinstance(e, FileUploaded)} == {"data/a.bin", "data/empty"}


def test_stored_files_are_not_sent_again(plane: FakePlane, caller: Any, with_files: Path) -> None:
    deploy(caller, with_files)
    plane.requests.clear()
    events: list[DeployEvent] = []
    deploy(caller, with_files, on_event=events.append)
    assert [request.path for request in plane.requests] == ["/files/missing_hashes"]
    [started] = [e for e in events if isinstance(e, UploadStarted)]
    assert (started.count, started.already_stored) == (0, 2)


def test_big_files_go_in_parts(plane: FakePlane, caller: Any, with_files: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("fal.deploy.send.upload.PART_BYTES", 1000)
    big = with_files.parent / "data" / "big.bin"
    big.write_bytes(os.urandom(3500))
    events: list[DeployEvent] = []
    deploy(caller, with_files, on_event=events.append)
    parts = plane.parts[digest(big)]
    assert b"".join(parts[number] for number in sorted(parts)) == big.read_bytes()
    assert sorted(parts) == [1, 2, 3, 4]
    complete = next(r for r in plane.paths("/complete") if digest(big) in r.path).json
    assert [part["part_number"] for part in complete["parts"]] == [1, 2, 3, 4]
    sent = [e.sent for e in events if isinstance(e, UploadProgress) and e.relative_path == "data/big.bin"]
    assert sent == [1000, 2000, 3000, 3500]


def test_already_there_at_any_step_counts_as_stored(plane: FakePlane, caller: Any, with_files: Path) -> None:
    for ending in ("/initiate", "/1", "/complete"):
        plane.http_answer = lambda r, e=ending: (409, {"detail": "exists"}) if r.path.endswith(e) else None  # type: ignore[misc]
        assert deploy(caller, with_files).revision == "rev-1"


def test_a_part_is_sent_again_after_a_server_error(plane: FakePlane, caller: Any, with_files: Path) -> None:
    failures = iter([503, 500])

    def answer(request: Any) -> Any:
        if request.method == "PUT" and (status := next(failures, None)):
            return status, {"detail": "try again"}
        return None

    plane.http_answer = answer
    assert deploy(caller, with_files).revision == "rev-1"


def test_e13_a_failing_hash_check_is_an_error(plane: FakePlane, caller: Any, with_files: Path) -> None:
    plane.http_answer = lambda r: (400, {"detail": "hashes are broken"}) if "missing" in r.path else None
    with pytest.raises(FalServerlessException, match="hashes are broken"):
        deploy(caller, with_files)
    assert plane.names() == []
    assert len(plane.requests) == 1


def test_a_refused_upload_names_file_and_reason_and_is_cancelled(
    plane: FakePlane, caller: Any, with_files: Path
) -> None:
    plane.http_answer = lambda r: (403, {"detail": "quota used up"}) if r.method == "PUT" else None
    with pytest.raises(UploadFailed, match=r"data/(a.bin|empty) could not be stored.*quota used up"):
        deploy(caller, with_files)
    assert plane.names() == []
    assert plane.paths("/cancel")


def test_giving_up_does_not_wait_for_an_upload(plane: FakePlane, caller: Any, with_files: Path) -> None:
    release = threading.Event()
    answered: list[str] = []

    def answer(request: Any) -> Any:
        if request.method == "PUT":
            release.wait(LIMIT)
            answered.append(request.path)
        return None

    plane.http_answer = answer
    events = deploy_events(caller, with_files)
    assert any(isinstance(event, UploadStarted) for event in events)
    events.close()
    assert answered == []
    release.set()
    assert plane.names() == []


def test_s5_every_call_goes_to_the_hosts_of_the_client(
    plane: FakePlane, caller: Any, with_files: Path, monkeypatch: Any
) -> None:
    other = FakePlane()
    with other.serving():
        for name, value in other.environ().items():
            monkeypatch.setenv(name, value)
        deploy(caller, with_files)
    assert (other.calls, other.requests) == ([], [])


# ------------------------------------------------------------------------------------------------ entry points, images


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
        'auth = "private"\n'
    )
    return project


def test_s6_an_entry_point_is_probed_as_private_as_it_is(plane: FakePlane, caller: Any, entry: Path) -> None:
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
        "configuration": {"python_version": LOCAL, "requirements": ["numpy"]},
    }
    assert result.urls["sync"] == {"/generate": "https://run/me/app/generate"}


class Evil:
    def __reduce__(self) -> Any:
        return os.mkdir, ("evil-was-here",)


def test_s7_a_crafted_answer_runs_nothing_and_stops_the_deploy(plane: FakePlane, caller: Any, entry: Path) -> None:
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
            "python_version": LOCAL,
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


# --------------------------------------------------------------------------------------------------- local packages


def local_package(folder: Path, name: str = "my-lib") -> None:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(
        f'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "{name}"\n'
        'version = "1.0"\n'
    )
    (folder / "backend.py").write_text(
        "import io, os, tarfile\n"
        "def build_sdist(out, config_settings=None):\n"
        "    open('left-behind.egg-info', 'w').close()\n"
        "    assert 'FAL_KEY' not in os.environ\n"
        "    name = 'my_lib-1.0.tar.gz'\n"
        "    with tarfile.open(os.path.join(out, name), 'w:gz') as tar:\n"
        "        data = b'Metadata-Version: 2.1\\nName: my-lib\\nVersion: 1.0\\n'\n"
        "        info = tarfile.TarInfo('my_lib-1.0/PKG-INFO'); info.size = len(data)\n"
        "        tar.addfile(info, io.BytesIO(data))\n"
        "    return name\n"
    )


def test_s10_local_requirements_are_built_in_a_copy_and_stored_with_the_clients_key(
    plane: FakePlane, caller: Any, hello: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("FAL_KEY", "other:key")
    local_package(hello.parent / "lib")
    tree = sorted(str(path) for path in hello.parent.rglob("*"))
    (hello.parent / "pyproject.toml").write_text(
        '[tool.fal.apps.one]\nref = "hello.py"\nrequirements = ["./lib", "./lib[extra]", "lib", "numpy"]\n'
    )
    tree = sorted(str(path) for path in hello.parent.rglob("*"))
    deploy(caller, "one")
    assert sorted(str(path) for path in hello.parent.rglob("*")) == tree
    [initiate] = plane.paths("/storage/upload/initiate")  # once per folder
    assert initiate.headers["authorization"] == f"Key {KEY_ID}:{KEY_SECRET}"
    assert "storage_type=fal-cdn-v3" in initiate.target
    assert json.loads(initiate.headers["x-fal-object-lifecycle"]) == {"expiration_duration_seconds": 3600}
    assert initiate.json["file_name"] == "my_lib-1.0.tar.gz"
    assert list(plane.uploads) == ["my_lib-1.0.tar.gz"]
    [put] = [request for request in plane.requests if request.method == "PUT"]
    assert "authorization" not in put.headers
    for name in ("BuildEnvironment", "RegisterApplication"):
        sent = plain(plane.sent(name).environments[0])["configuration"]["requirements"]
        url = "https://files.test/my_lib-1.0.tar.gz"
        assert sent[1:5] == [f"my-lib @ {url}", f"my-lib[extra] @ {url}", f"my-lib @ {url}", "numpy"]


def test_local_requirements_in_code_count_from_the_apps_folder(plane: FakePlane, caller: Any, project: Path) -> None:
    local_package(project / "lib")
    (project / "apps").mkdir()
    (project / "apps" / "hello.py").write_text(HELLO.replace('["torch"]', '["../lib"]'))
    deploy(caller, "apps/hello.py")
    assert plain(plane.sent("RegisterApplication").environments[0])["configuration"]["requirements"][0] == (
        "my-lib @ https://files.test/my_lib-1.0.tar.gz"
    )


def test_a_failing_build_of_a_local_package_shows_its_output(plane: FakePlane, caller: Any, hello: Path) -> None:
    local_package(hello.parent / "lib")
    (hello.parent / "lib" / "backend.py").write_text(
        "def build_sdist(*a, **k):\n    raise SystemExit('no such luck')\n"
    )
    hello.write_text(HELLO.replace('["torch"]', '["./lib"]'))
    with pytest.raises(FalServerlessException, match="no such luck"):
        deploy(caller, hello)
    assert plane.calls == []


@pytest.mark.parametrize(("text", "said"), [("./nope", "does not exist"), ("./empty", "neither pyproject.toml nor")])
def test_local_requirements_that_lead_nowhere(plane: FakePlane, caller: Any, hello: Path, text: str, said: str) -> None:
    (hello.parent / "empty").mkdir()
    (hello.parent / "torch").mkdir()  # a bare name stays a package of the index
    hello.write_text(HELLO.replace('"torch"', f'"torch", "{text}"'))
    with pytest.raises(FalServerlessException, match=said):
        deploy(caller, hello)
    assert (plane.calls, plane.requests) == ([], [])


# --------------------------------------------------------------------------------------------------------------- team


def account(nickname: str) -> dict[str, Any]:
    return {
        "user_id": "u-1",
        "nickname": nickname,
        "full_name": "A Team",
        "email": "team@example.com",
        "is_personal": False,
        "is_paying": True,
        "is_locked": False,
        "lock_reason": None,
    }


def test_w4_the_team_of_the_file_is_honoured_or_refused(plane: FakePlane, caller: Any, hello: Path) -> None:
    def answer(request: Any) -> Any:
        return (200, account(nickname)) if request.path == "/users/current" else None

    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "hello.py"\nteam = "acme"\n')
    plane.http_answer = answer
    nickname = "somebody-else"
    with pytest.raises(FalServerlessException, match=r"somebody-else.*acme"):
        deploy(caller, "one")
    assert plane.calls == []
    nickname = "acme"
    assert deploy(caller, "one").revision == "rev-1"


def test_a_team_given_to_the_client_wins_over_the_file(plane: FakePlane, caller: Any, hello: Path) -> None:
    plane.http_answer = lambda r: (200, account("mine")) if r.path == "/users/current" else None
    (hello.parent / "pyproject.toml").write_text('[tool.fal.apps.one]\nref = "hello.py"\nteam = "acme"\n')
    assert deploy(caller.with_options(team="mine"), "one").revision == "rev-1"
