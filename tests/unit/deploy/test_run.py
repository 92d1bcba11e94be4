"""Running a function or an app without deploying it: on the control plane, and in this process."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import fal_emulator
from fal import exceptions
from fal.deploy import Finished, RunLog, RunResult, Serving
from tests.support.facade import Loop, async_client

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.timeout(240)]

_FILE = """
    import fal


    @fal.function()
    def add(a=1, b=2):
        print("adding")
        return {"sum": a + b}


    @fal.function()
    def strange():
        return object()


    @fal.function()
    def boom():
        raise ValueError("no way")


    class Greeter(fal.App):
        @fal.endpoint("/")
        def greet(self) -> dict[str, str]:
            return {"text": "hello"}
"""


@pytest.fixture(scope="module")
def plane() -> Iterator[fal_emulator.Plane]:
    with fal_emulator.start(isolation="inline") as plane:
        yield plane


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "app.py"
    path.write_text(textwrap.dedent(_FILE))
    return str(path)


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, plane: fal_emulator.Plane) -> Iterator[Any]:
    options: dict[str, Any] = {"host": plane.host, "api_key": plane.key}
    if request.param == "sync":
        with plane.client() as client:
            yield client
        return
    loop = Loop()
    client = async_client(loop, **options)
    yield client
    client.close()
    loop.close()


def test_a_function_is_called_once(client: Any, file: str) -> None:
    events: list[Any] = []
    result = client.run(f"{file}::add", on_event=events.append)
    assert isinstance(result, RunResult)
    assert result.value == {"sum": 3}
    assert "adding" in [event.message for event in events if isinstance(event, RunLog)]
    assert isinstance(events[-1], Finished)


def test_only_plain_data_is_unpickled(client: Any, file: str) -> None:
    result = client.run(f"{file}::strange")
    assert (result.value, bool(result.serialized)) == (None, True)


def test_what_a_function_raises_is_reported(client: Any, file: str) -> None:
    with pytest.raises(exceptions.UserFunctionException, match="ValueError: no way") as caught:
        client.run(f"{file}::boom")
    assert "in boom" in caught.value.traceback


def test_an_app_serves_until_its_limit(client: Any, file: str) -> None:
    import httpx

    answers: list[Any] = []

    def call(event: Any) -> None:
        if isinstance(event, Serving):
            answers.append(httpx.post(event.urls.sync["/"], trust_env=False).json())

    client.run(f"{file}::Greeter", on_event=call, limit_max_requests=1)
    assert answers == [{"text": "hello"}]


def test_bad_input_sends_nothing(client: Any, file: str) -> None:
    with pytest.raises(exceptions.InvalidInput):
        client.run(file + "::add", limit_max_requests=0)
    with pytest.raises(exceptions.InvalidInput):
        client.run(file + "::add", machine_type="")
    with pytest.raises(exceptions.AppLoadError):
        client.run(file + "::nothing")


def test_a_function_runs_in_this_process(client: Any, file: str) -> None:
    assert client.run_local(f"{file}::add") == {"sum": 3}
    with pytest.raises(ValueError, match="no way"):
        client.run_local(f"{file}::boom")
