"""Logs and queues on the local control plane: what a deployed app writes, and what waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import httpx
import pytest

import fal_emulator
from fal import exceptions
from fal.api import SyncServerlessClient
from fal.deploy import DeploymentResult

_APP = """
import fal


class Talker(fal.App):
    machine_type = "XS"
    max_concurrency = 1

    @fal.endpoint("/")
    def run(self, text: str) -> dict[str, str]:
        print("said:", text, flush=True)
        return {"text": text}

    @fal.endpoint("/wait")
    def wait(self, folder: str) -> None:
        import pathlib
        import time

        end = time.monotonic() + 60
        (pathlib.Path(folder) / "begun").touch()
        while not (pathlib.Path(folder) / "go").exists() and time.monotonic() < end:
            time.sleep(0.02)
"""


@pytest.fixture(scope="module")
def plane() -> Iterator[fal_emulator.Plane]:
    with fal_emulator.start(isolation="inline") as plane:
        yield plane


@pytest.fixture(scope="module")
def owner(plane: fal_emulator.Plane) -> Iterator[SyncServerlessClient]:
    with plane.client() as client:
        yield client


@pytest.fixture(scope="module")
def talker(owner: SyncServerlessClient, tmp_path_factory: pytest.TempPathFactory) -> DeploymentResult:
    file = tmp_path_factory.mktemp("app") / "talker.py"
    file.write_text(_APP)
    return owner.deploy(file)


def _call(plane: fal_emulator.Plane, url: str, **body: str) -> None:
    headers = {"Authorization": f"Key {plane.key}"}
    httpx.post(url, json=body, headers=headers, timeout=90, trust_env=False).raise_for_status()


def test_what_an_app_writes_is_followed_and_kept(
    plane: fal_emulator.Plane, owner: SyncServerlessClient, talker: DeploymentResult
) -> None:
    lines = owner.logs.stream("talker", search="said:")
    speak = threading.Timer(0.5, _call, (plane, talker.urls["sync"]["/"]), {"text": "first"})
    speak.start()
    (line,) = islice(lines, 1)
    speak.join()
    assert (line.message, line.app, line.revision) == ("said: first", "talker", talker.revision)

    _call(plane, talker.urls["sync"]["/"], text="second")
    # The line was seen by a stream from its beginning on, so that it is stored.
    (again, second) = islice(owner.logs.stream("talker", search="said:", since=line.timestamp), 2)
    assert (again, second.message) == (line, "said: second")
    assert owner.logs.history("talker", search="said:") == [line, second]
    assert owner.logs.history("talker", search="said:", limit=1) == [second]
    assert owner.logs.history("talker", search="said:", until=second.timestamp) == [line]
    (runner,) = {item.runner_id for item in owner.apps.runners("talker")}
    assert owner.logs.history(runner_id=runner, search="said:") == [line, second]
    with pytest.raises(exceptions.NotFound, match="no runner 'another'"):
        owner.logs.history(runner_id="another")
    with pytest.raises(exceptions.NotFound):
        owner.logs.history("another")


def test_the_requests_that_wait_are_counted_and_dropped(
    plane: fal_emulator.Plane, owner: SyncServerlessClient, talker: DeploymentResult, tmp_path: Path
) -> None:
    assert owner.apps.queue("talker").waiting == 0
    headers = {"Authorization": f"Key {plane.key}"}
    queue = talker.urls["async"]["/wait"]
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        httpx.post(queue, json={"folder": str(folder)}, headers=headers, timeout=60, trust_env=False).raise_for_status()
    deadline = threading.Event()
    for _ in range(600):
        if (tmp_path / "0" / "begun").exists() and owner.apps.queue("talker").waiting == 2:
            break
        deadline.wait(0.1)
    result = owner.apps.queue("talker", by_caller=True)
    ((account, waiting),) = (result.by_caller or {}).items()
    assert (result.waiting, waiting) == (2, 2)
    owner.apps.flush_queue("talker", caller="another")
    assert owner.apps.queue("talker").waiting == 2
    owner.apps.flush_queue("talker", caller=account)
    assert owner.apps.queue("talker").waiting == 0
    (tmp_path / "0" / "go").touch()
