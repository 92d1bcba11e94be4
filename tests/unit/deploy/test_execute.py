"""The steps of a deploy: what comes back, what is shown, and how it ends early."""

from __future__ import annotations

import logging
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest

from fal._gen.proto import controller_pb2 as pb
from fal.deploy import (
    BuildLog,
    DeployEvent,
    DeployWarning,
    Failed,
    RegisterLog,
    RolledOut,
    deploy,
    deploy_events,
    operations,
)
from fal.deploy.deadline import Deadline
from fal.exceptions import (
    BuildFailed,
    DeadlineExceeded,
    FalServerlessException,
    RolloutFailed,
)
from tests.support.fake_plane import KEY_SECRET, URLS, FakePlane, built, log, registered
from tests.support.waiting import LIMIT


@pytest.mark.parametrize("order", ["before", "after", "together"])
def test_result_and_addresses_in_any_order(plane: FakePlane, caller: Any, hello: Path, order: str) -> None:
    result = pb.RegisterApplicationResult(result=pb.RegisterApplicationResultType(application_id="rev-9"))
    urls = pb.RegisterApplicationResult(service_urls=URLS, env_id="env-9")
    both = pb.RegisterApplicationResult()
    both.MergeFrom(result)
    both.MergeFrom(urls)
    messages = {"before": [urls, result], "after": [result, urls], "together": [both]}[order]
    plane.register = lambda _r, _c: iter(messages)
    actual = deploy(caller, hello)
    assert (actual.revision, actual.urls["sync"]["/"], actual.env_id) == ("rev-9", "https://run/me/app/", "env-9")


def test_logs_after_the_result_of_an_attached_rollout_are_delivered(plane: FakePlane, caller: Any, hello: Path) -> None:
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
    assert any("no URLs" in e.message for e in events if isinstance(e, DeployWarning))


def test_an_unknown_build_status_is_not_an_end(plane: FakePlane, caller: Any, hello: Path) -> None:
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


def test_nothing_is_printed_and_logs_go_to_the_logger(
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


@pytest.fixture
def calls_alone_take_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each call of a deploy its whole timeout, however long this machine takes to pack the app."""
    monkeypatch.setattr(operations, "Deadline", partial(Deadline, clock=lambda: 0.0))


def test_the_timeout_covers_the_whole_deploy(
    plane: FakePlane, caller: Any, hello: Path, calls_alone_take_time: None
) -> None:
    release = threading.Event()

    def build(_request: Any, context: Any) -> Any:
        context.add_callback(release.set)
        release.wait(LIMIT)
        yield from built()

    plane.build = build
    with pytest.raises(DeadlineExceeded):
        deploy(caller, hello, timeout=4)
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
            f"import fal, helper\nclass App{number}(fal.App, name='app{number}'):\n    keep_alive = helper.NUMBER + 100\n"
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
    assert results == {number: f"app{number}" for number in range(8)}
    sent = [request for name, request, _ in plane.calls if name == "RegisterApplication"]
    assert sorted(request.machine_requirements.keep_alive for request in sent) == list(range(100, 108))
    assert sys.path == path


def test_warnings_are_logged_and_stand_on_the_result(
    plane: FakePlane, caller: Any, hello: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before, head, after = hello.read_text().partition("(fal.App):\n")
    hello.write_text(f"{before}{head}    app_files = ['nothere']\n    secrets = ['KNOWN', 'UNKNOWN']\n{after}")
    with caplog.at_level(logging.WARNING):
        result = deploy(caller, hello)
    files, secret = result.warnings
    assert files.startswith("'nothere' does not exist in ")
    assert secret == "secret 'UNKNOWN' does not exist in the environment 'main'; set it with client.secrets.set(...)"
    warned = [record for record in caplog.records if record.levelname == "WARNING" and record.name.startswith("fal.")]
    assert [record.message.partition(": ")[2] for record in warned] == [files, secret]
    assert plane.names().index("ListSecrets") < plane.names().index("BuildEnvironment")


def test_a_deploy_that_takes_too_long_says_what_it_waited_for(
    plane: FakePlane, caller: Any, hello: Path, calls_alone_take_time: None
) -> None:
    waiting = threading.Event()

    def register(_request: Any, context: Any) -> Any:
        yield pb.RegisterApplicationResult(logs=[log("still loading")])
        context.add_callback(waiting.set)
        waiting.wait(LIMIT)

    plane.register = register
    with pytest.raises(DeadlineExceeded) as caught:
        deploy(caller, hello, timeout=4)
    assert caught.value.message.splitlines()[0].endswith(
        "waited 4 seconds, at last for the new revision to be rolled out:"
    )
    assert "still loading" in caught.value.message
    assert caught.value.hint is not None
    assert "timeout=" in caught.value.hint
    assert "may still finish" in caught.value.hint
