"""Building and running: logs as they come, then how it ended."""

from __future__ import annotations

import pickle
import queue
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import fal_emulator
from fal._gen import rpc
from fal._gen.proto import common_pb2
from fal._gen.proto import controller_pb2 as pb
from tests.support.engine import server, until
from tests.support.plane import VIRTUALENV, environment, function, refused, registration, source, wire_to
from tests.support.processes import alive
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from tests.support.plane import Wire

SUCCESS, FAILURE, GOING = (
    pb.HostedRunStatus.SUCCESS,
    pb.HostedRunStatus.INTERNAL_FAILURE,
    pb.HostedRunStatus.IN_PROGRESS,
)


def build(wire: Wire, definition: Any, **fields: Any) -> list[Any]:
    request = pb.BuildEnvironmentRequest(environments=[definition], **fields)
    return list(wire.stream(rpc.BUILD_ENVIRONMENT, request, timeout=100))


def run(wire: Wire, callable_: Any, **fields: Any) -> list[Any]:
    return list(wire.stream(rpc.RUN, pb.HostedRun(environments=[VIRTUALENV], function=callable_, **fields)))


def said(steps: list[Any]) -> list[str]:
    return [log.message for step in steps for log in step.logs]


def test_a_build_ends_with_its_id(wire: Wire) -> None:
    *_, last = build(wire, VIRTUALENV)
    assert last.status.state == SUCCESS
    assert last.env_id
    assert build(wire, VIRTUALENV)[-1].env_id == last.env_id
    assert build(wire, environment(requirements=["a"]))[-1].env_id != last.env_id


def test_a_build_that_fails_says_why_and_ends_with_failure(wire: Wire) -> None:
    *_, last = build(wire, environment(python_version="2.7"))
    assert last.status.state == FAILURE
    assert not last.env_id
    assert "2.7" in last.logs[0].message
    assert (last.logs[0].level, last.logs[0].source) == (common_pb2.ERROR, common_pb2.BUILDER)


def test_a_real_environment_is_built_with_its_logs(tmp_path: Path) -> None:
    project = tmp_path / "greeting"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "greeting"\nversion = "1"\n'
    )
    (project / "greeting.py").write_text('WORD = "hello"\n')
    with fal_emulator.start() as plane:
        wire = wire_to(plane)
        requirements = [f"greeting @ file://{project}"]
        steps = build(wire, environment(requirements=requirements))
        assert steps[-1].status.state == SUCCESS, said(steps)
        assert any("greeting" in line for line in said(steps))
        assert {log.source for step in steps for log in step.logs} == {common_pb2.BUILDER}
        code = source("def call():\n    import greeting\n    return greeting.WORD\n", "call")
        request = pb.HostedRun(environments=[environment(requirements=requirements)], function=code)
        *_, last = wire.stream(rpc.RUN, request)
        assert pickle.loads(last.return_value.definition) == "hello"
        wire.close()


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"environments": []}, "environments: exactly one"),
        ({"environments": [VIRTUALENV, VIRTUALENV]}, "environments: exactly one is needed; 2"),
        ({"files": [{"hash": "f" * 64, "relative_path": "Dockerfile"}]}, "files[0].hash"),
        ({"application_name": "a b"}, "application_name"),
    ],
)
def test_builds_that_cannot_be(wire: Wire, fields: dict[str, Any], text: str) -> None:
    with refused("INVALID_ARGUMENT", text):
        list(wire.stream(rpc.BUILD_ENVIRONMENT, pb.BuildEnvironmentRequest(**{"environments": [VIRTUALENV], **fields})))
    with refused("NOT_FOUND", "nowhere"):
        build(wire, VIRTUALENV, environment_name="nowhere")


def test_a_registration_builds_by_default(wire: Wire) -> None:
    request = registration("builds", build_environment=True)
    *_, last = wire.stream(rpc.REGISTER_APPLICATION, request)
    assert last.env_id == build(wire, VIRTUALENV)[-1].env_id
    with refused("FAILED_PRECONDITION", "2.7"):
        wire.deploy("broken", environments=[environment(python_version="2.7")], build_environment=True)
    assert "broken" not in wire.aliases()
    wire.call(rpc.DELETE_ALIAS, alias="builds")
    wire.call(rpc.DELETE_APPLICATION, application_id=last.result.application_id)


def test_a_run_gives_back_what_the_function_returned(wire: Wire) -> None:
    steps = run(wire, source("def call():\n    print('working')\n    return {'a': [1, 2]}\n", "call"))
    assert "working" in said(steps)
    assert len({step.run_id for step in steps}) == 1 and steps[0].run_id
    assert [step.status.state for step in steps[:-1]] == [GOING] * (len(steps) - 1)
    assert steps[-1].status.state == SUCCESS
    value = steps[-1].return_value
    assert (value.method, value.was_it_raised, pickle.loads(value.definition)) == ("cloudpickle", False, {"a": [1, 2]})


def test_a_run_gives_back_what_the_function_raised(wire: Wire) -> None:
    *_, last = run(wire, source("def call():\n    raise KeyError('lost')\n", "call"))
    value = last.return_value
    assert last.status.state == SUCCESS and value.was_it_raised
    assert (value.exception_type_name, "lost" in value.exception_message) == ("KeyError", True)
    assert "raise KeyError('lost')" in value.stringized_traceback or "KeyError: 'lost'" in value.stringized_traceback
    assert isinstance(pickle.loads(value.definition), KeyError)


def test_a_run_whose_process_dies_is_a_failure(wire: Wire) -> None:
    *_, last = run(wire, source("def call():\n    import os\n    os._exit(3)\n", "call"))
    assert last.status.state == FAILURE
    assert "status 3" in last.logs[0].message


def test_a_run_uses_a_setup_function_and_secrets(wire: Wire) -> None:
    wire.call(rpc.SET_SECRET, name="WORD", value="open")
    code = source("def call(before):\n    import os\n    return before, os.environ['WORD']\n", "call")
    setup = source("def prepare():\n    return 41\n", "prepare")
    *_, last = run(wire, code, setup_func=setup)
    assert pickle.loads(last.return_value.definition) == (41, "open")
    wire.call(rpc.SET_SECRET, name="WORD")


def test_cancelling_a_run_ends_its_process(wire: Wire, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    text = f"""
def call():
    import os, time
    open({str(pid_file)!r}, "w").write(str(os.getpid()))
    print("begun", flush=True)
    time.sleep(600)
"""
    call = wire.stream(rpc.RUN, pb.HostedRun(environments=[VIRTUALENV], function=source(text, "call")))
    assert next(step for step in call if "begun" in said([step]))
    pid = int(pid_file.read_text())
    call.cancel()
    assert eventually(lambda: not alive(pid))


def test_an_app_that_is_run_serves_until_nobody_listens(wire: Wire) -> None:
    request = pb.HostedRun(
        environments=[VIRTUALENV],
        function=function(server("once")),
        machine_requirements=pb.MachineRequirements(exposed_port=8080),
        auth_mode=pb.PUBLIC,
    )
    call = wire.stream(rpc.RUN, request)
    steps = []
    for step in call:
        steps.append(step)
        if step.HasField("service_urls"):
            break
    assert "serving once" in said(steps)
    url = steps[-1].service_urls.run
    assert httpx.get(url, trust_env=False).json()["version"] == "once"
    assert wire.aliases() == {}, "listings leave it out"
    httpx.get(f"{url}/sleep?0", trust_env=False)
    assert next(step for step in call if "sleeping 0" in said([step])), "what it says later comes too"
    call.cancel()
    assert eventually(lambda: httpx.get(url, trust_env=False).status_code == 404)
    assert eventually(lambda: not wire.call(rpc.LIST_RUNNERS, list_pending=True).runners)
    assert eventually(lambda: not wire.call(rpc.LIST_APPLICATIONS).applications)


def test_the_runner_of_a_run_stays_while_nobody_calls_it(wire: Wire) -> None:
    request = pb.HostedRun(
        environments=[VIRTUALENV],
        function=function(server()),
        machine_requirements=pb.MachineRequirements(exposed_port=8080, keep_alive=0),
        auth_mode=pb.PUBLIC,
    )
    call = wire.stream(rpc.RUN, request)
    url = next(step for step in call if step.HasField("service_urls")).service_urls.run
    pids = {httpx.get(url, trust_env=False).json()["pid"] for _ in range(3)}
    (runner,) = wire.call(rpc.LIST_RUNNERS).runners
    assert (len(pids), runner.state) == (1, pb.RunnerInfo.IDLE)
    assert not runner.HasField("expiration_countdown")
    call.cancel()
    assert eventually(lambda: not wire.call(rpc.LIST_RUNNERS, list_pending=True).runners)


def test_an_app_that_comes_to_its_end_ends_its_run(wire: Wire, tmp_path: Path) -> None:
    go = tmp_path / "go"
    ending = f"lambda: (({until(go)})(), print('that is all', flush=True), os._exit(0))"
    request = pb.HostedRun(
        environments=[VIRTUALENV],
        function=function(server(setup=f"lambda: __import__('threading').Thread(target={ending}).start()")),
        machine_requirements=pb.MachineRequirements(exposed_port=8080),
    )
    steps = []
    for step in wire.stream(rpc.RUN, request):
        steps.append(step)
        if step.HasField("service_urls"):
            go.touch()
    assert "that is all" in said(steps)
    assert steps[-1].status.state == SUCCESS
    assert pickle.loads(steps[-1].return_value.definition) is None
    assert common_pb2.ERROR not in {log.level for step in steps for log in step.logs}
    assert eventually(lambda: not wire.call(rpc.LIST_APPLICATIONS).applications)


def test_an_app_that_cannot_start_ends_its_run(wire: Wire) -> None:
    request = pb.HostedRun(
        environments=[VIRTUALENV],
        function=function(server(setup="lambda: exit('no licence')")),
        machine_requirements=pb.MachineRequirements(exposed_port=8080),
    )
    *_, last = wire.stream(rpc.RUN, request)
    assert last.status.state == FAILURE
    assert "no licence" in last.logs[0].message
    assert eventually(lambda: not wire.call(rpc.LIST_APPLICATIONS).applications)


def pickle_of(value: Any) -> common_pb2.SerializedObject:
    return common_pb2.SerializedObject(method="pickle", definition=pickle.dumps(value))


def outcome(step: Any) -> Any:
    """Return what a run gave, or the exception that it raised."""
    return pickle.loads(step.return_value.definition)


HALVE = """
def halve(number):
    import os
    print("halving", number, flush=True)
    if number == 0:
        os._exit(3)
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number // 2
"""


def test_a_function_is_mapped_over_inputs(wire: Wire) -> None:
    request = pb.HostedMap(
        environments=[VIRTUALENV],
        machine_requirements=pb.MachineRequirements(max_concurrency=2),
        function=source(HALVE, "halve"),
        inputs=[pickle_of(number) for number in (8, 3, 0, 4)],
    )
    steps = list(wire.stream(rpc.MAP, request))
    assert [line for line in said(steps) if "halving" in line] == [f"halving {number}" for number in (8, 3, 0, 4)]
    ends = [step for step in steps if step.status.state != GOING]
    assert [step.status.state for step in ends] == [SUCCESS, SUCCESS, FAILURE, SUCCESS]
    assert len({step.run_id for step in ends}) == 4
    assert (outcome(ends[0]), str(outcome(ends[1])), outcome(ends[3])) == (4, "3 is odd", 2)
    assert ends[1].return_value.was_it_raised
    assert "status 3" in ends[2].logs[0].message


def test_what_cannot_be_mapped(wire: Wire) -> None:
    halve = source(HALVE, "halve")
    bad: list[tuple[str, dict[str, Any]]] = [
        ("function", {"machine_requirements": pb.MachineRequirements(exposed_port=8080)}),
        ("inputs[1].method", {"inputs": [pickle_of(1), common_pb2.SerializedObject(method="json", definition=b"1")]}),
        ("environments", {"environments": []}),
    ]
    for field, given in bad:
        with refused("INVALID_ARGUMENT", field):
            list(wire.stream(rpc.MAP, pb.HostedMap(**{"environments": [VIRTUALENV], "function": halve, **given})))
    nothing = wire.stream(rpc.MAP, pb.HostedMap(environments=[VIRTUALENV], function=halve))
    assert not [step for step in nothing if step.status.state != GOING]


def test_the_processes_of_a_map_end_with_its_caller(wire: Wire, tmp_path: Path) -> None:
    text = f"""
def wait(name):
    import os, time
    open(os.path.join({str(tmp_path)!r}, str(os.getpid())), "w").close()
    time.sleep(3600)
"""
    request = pb.HostedMap(
        environments=[VIRTUALENV],
        machine_requirements=pb.MachineRequirements(max_concurrency=2),
        function=source(text, "wait"),
        inputs=[pickle_of(name) for name in "abc"],
    )
    call = wire.stream(rpc.MAP, request)
    pids = eventually(lambda: len(result := list(tmp_path.iterdir())) == 2 and [int(file.name) for file in result])
    call.cancel()
    eventually(lambda: not any(map(alive, pids)))
    assert len(list(tmp_path.iterdir())) == 2


def test_an_interactive_run_answers_what_comes(wire: Wire) -> None:
    ask: Any = wire.channel.stream_stream(
        rpc.INTERACTIVE_RUN.path,
        request_serializer=pb.InteractiveRunRequest.SerializeToString,
        response_deserializer=pb.InteractiveRunResponse.FromString,
    )
    asked: queue.SimpleQueue[pb.InteractiveRunRequest | None] = queue.SimpleQueue()
    answers = ask(iter(asked.get, None), metadata=wire.metadata, timeout=60)

    def value(text: str) -> Any:
        hosted = pb.HostedRun(environments=[VIRTUALENV], function=source(f"def call(): return {text}", "call"))
        asked.put(pb.InteractiveRunRequest(hosted_run=hosted))
        steps = (answer.hosted_run_result for answer in answers)
        return outcome(next(step for step in steps if step.status.state == SUCCESS))

    first = value("21 * 2")
    assert (first, value(f"{first} + 1")) == (42, 43)  # the second depends on the first
    asked.put(None)
    assert list(answers) == []


def test_what_the_local_control_plane_does_not_know(wire: Wire) -> None:
    unknown: Any = wire.channel.unary_unary("/controller.IsolateController/Dance")
    with refused("UNIMPLEMENTED"):
        unknown(b"", metadata=wire.metadata, timeout=20)


def test_logs_come_while_the_work_goes_on(wire: Wire, tmp_path: Path) -> None:
    flag = tmp_path / "go"
    text = f"""
def call():
    import os, time
    print("first", flush=True)
    while not os.path.exists({str(flag)!r}):
        time.sleep(0.01)
    return "done"
"""
    call = wire.stream(rpc.RUN, pb.HostedRun(environments=[VIRTUALENV], function=source(text, "call")))
    step = next(step for step in call if "first" in said([step]))
    assert step.logs[0].source == common_pb2.USER
    assert step.logs[0].level == common_pb2.STDOUT
    flag.touch()
    *_, last = call
    assert pickle.loads(last.return_value.definition) == "done"
