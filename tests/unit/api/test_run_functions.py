"""Functions and apps of a script run on the platform when they are called."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fal_emulator
from fal import exceptions
from fal._gen.proto import common_pb2
from fal.deploy.send import results

pytestmark = [pytest.mark.timeout(120)]

SCRIPT = """
import os
import fal
from fal.app import AppClient, AppClientError
from fal.exceptions import AppException, UserFunctionException
from pydantic import BaseModel

FACTOR = 2

class Input(BaseModel):
    number: int

class Output(BaseModel):
    result: int

@fal.function()
def multiply(number, by=FACTOR):
    print("MULTIPLYING", flush=True)
    return {"result": number * by, "pid": os.getpid(), "key": os.environ["FAL_KEY"]}

@fal.function()
async def later():
    return b"bytes", {1, 2}

@fal.function()
def failing():
    raise LookupError("nothing there")

class Own(Exception):
    pass

@fal.function()
def failing_otherwise():
    raise Own("not here")

def error_of(call):
    try:
        call()
    except Exception as error:
        return error

class Multiplying(fal.App):
    def setup(self):
        print("PRINTED", flush=True)
        self.by = 3

    @fal.endpoint("/")
    def run(self, input: Input) -> Output:
        return Output(result=input.number * self.by)

    @fal.endpoint("/plain")
    def plain(self, number: int) -> int:
        return number

    @fal.endpoint("/refusing")
    def refuse(self) -> dict:
        raise AppException("not today", 418)

if __name__ == "__main__":
    returned = multiply(4, by=5)
    assert returned["result"] == 20 and returned["pid"] != os.getpid(), returned
    assert returned["key"] != os.environ["FAL_KEY"]  # the caller's key does not travel
    assert [one["result"] for one in multiply.map([1, 2], [3, 4])] == [3, 8]
    assert later.submit().result() == (b"bytes", {1, 2})
    assert multiply.on(local=True, machine_type="L")(1)["pid"] == os.getpid()
    assert multiply.on(fal.LocalHost())(1)["pid"] == os.getpid() == multiply.on(fal.local)(1)["pid"]
    assert multiply.on(fal.cloud)(1)["pid"] != os.getpid()
    key = os.environ.pop("FAL_KEY")
    there = fal.FalServerlessHost(os.environ["FAL_GRPC_HOST"], fal.FalServerlessKeyCredentials(*key.split(":")))
    assert multiply.on(there)(2)["pid"] != os.getpid()
    os.environ["FAL_KEY"] = key
    error = error_of(failing)
    assert type(error) is LookupError and "in failing" in error.__cause__.traceback, error
    error = error_of(failing.submit().result)
    assert type(error) is UserFunctionException and type(error.__cause__) is LookupError, error
    error = error_of(failing_otherwise)
    assert type(error) is UserFunctionException and "Own: not here" in str(error) and error.__cause__ is None, error
    running = Multiplying.spawn()
    running.wait()
    assert running.url.endswith("/" + running.application), running.url
    assert fal.apps.run(running.application, {"number": 5}) == {"result": 15}
    running.stop()
    assert running.future.done() and "PRINTED" in [running.logs.get().message.strip() for _ in range(running.logs.qsize())]
    with AppClient.connect(Multiplying, health_request_timeout=20, health_check_interval=0.05) as client:
        assert client.run(Input(number=2)) == Output(result=6) == client.run({"number": 2})
        assert client.plain(number=5) == 5
        assert client.health() == {"version": "unknown"}
        try:
            client.refuse()
        except AppClientError as error:
            assert (error.status_code, error.message) == (418, "not today")
    print("ALL DONE")
"""


@pytest.fixture(scope="module")
def plane() -> Iterator[fal_emulator.Plane]:
    with fal_emulator.start(isolation="inline") as started:
        yield started


def run(script: Path, plane: fal_emulator.Plane) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **plane.env()}
    return subprocess.run(
        [sys.executable, script.name], cwd=script.parent, env=environment, capture_output=True, text=True
    )


def test_a_script_calls_its_functions_and_apps(plane: fal_emulator.Plane, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = run(script, plane)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "ALL DONE"), done.stderr
    assert "MULTIPLYING" in done.stdout
    with plane.client() as client:
        assert client.apps.list() == []


def test_an_app_that_does_not_start_says_why(plane: fal_emulator.Plane, tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text(
        "import fal\nfrom fal.app import AppClient\n"
        "class Broken(fal.App):\n"
        "    def setup(self): raise RuntimeError('out of luck')\n"
        "    @fal.endpoint('/')\n"
        "    def run(self) -> dict: return {}\n"
        "with AppClient.connect(Broken): pass\n"
    )
    done = run(script, plane)
    assert done.returncode == 1
    assert "DeployError" in done.stderr
    assert "out of luck" in done.stderr


def test_an_app_that_is_not_healthy_is_given_up(plane: fal_emulator.Plane, tmp_path: Path) -> None:
    script = tmp_path / "ill.py"
    script.write_text(
        "import fal\n"
        "from fal.app import AppClientError\n"
        "class Ill(fal.App):\n"
        "    def health(self): raise fal.exceptions.AppException('ill', 418)\n"
        "    @fal.endpoint('/')\n"
        "    def run(self) -> dict: return {}\n"
        "app = Ill.spawn()\n"
        "try: app.wait()\n"
        "except AppClientError as error: print(error.status_code, error.message)\n"
        "finally: app.stop()\n"
    )
    done = run(script, plane)
    assert done.stdout.splitlines()[-1] == "418 ill", done.stderr


def answer(definition: bytes) -> common_pb2.SerializedObject:
    return common_pb2.SerializedObject(method="cloudpickle", definition=definition)


@pytest.mark.parametrize(
    "definition",
    [b"cos\nsystem\n(S'exit'\ntR.", b"cbuiltins\neval\n(S'1'\ntR.", b"cbuiltins\ngetattr\n.", b"cfal.api\nx\n."],
)
def test_nothing_is_executed_that_comes_back(definition: bytes) -> None:
    with pytest.raises(exceptions.DataLoss, match="cannot be loaded here"):
        results.returned(answer(definition))


@pytest.mark.parametrize("definition", [b"", b"\x80", b"nonsense"])
def test_what_is_not_a_pickle_is_reported(definition: bytes) -> None:
    with pytest.raises(exceptions.DataLoss, match="cannot be read"):
        results.returned(answer(definition))
