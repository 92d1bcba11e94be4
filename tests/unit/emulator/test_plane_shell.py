"""Programs beside an app: its folder and its variables, terminals and pipes, and that nothing is left behind."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb
from fal.api import ShellOutput, SyncServerlessClient
from fal.exceptions import DeadlineExceeded, NotFound
from fal.sdk import RunnerState
from fal_emulator import Plane
from tests.support.plane import TIMEOUT, Wire, refused
from tests.support.processes import alive
from tests.support.waiting import LIMIT, eventually

HELLO = str(Path(__file__).parents[3] / "examples" / "hello.py") + "::Hello"
pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def client(plane: Plane) -> Iterator[SyncServerlessClient]:
    with plane.client() as client:
        yield client


@pytest.fixture(scope="module")
def runner(client: SyncServerlessClient) -> str:
    client.deploy(HELLO, app_name="shelled")
    client.apps.scale("shelled", min_concurrency=1)
    return str(eventually(lambda: client.apps.runners("shelled", state=["running", "idle"]))[0].runner_id)


def idle(client: SyncServerlessClient) -> list[str]:
    """Return the runners that wait for work."""
    return [each.runner_id for each in client.apps.runners("shelled") if each.state is RunnerState.IDLE]


def until(pieces: Iterator[ShellOutput], wanted: bytes) -> bytes:
    """Read until something has been written."""
    said = b""
    while wanted not in said:
        said += next(pieces).data
    return said


def rest(pieces: Iterator[ShellOutput]) -> bytes:
    return b"".join(piece.data for piece in pieces)


def test_a_command_sees_what_the_app_sees(client: SyncServerlessClient, runner: str) -> None:
    line = 'pwd; echo "$FAL_RUNNER_ID $FAL_APP_NAME"; cat; echo oh >&2; exit 5'
    ended = client.runners.exec(runner, ["sh", "-c", line], stdin=b"typed")
    folder, names, typed = ended.stdout.decode().split("\n", 2)
    assert Path(folder).parts[-3:] == ("runners", runner, "app")
    assert (names, typed, ended.stderr, ended.exit_code) == (f"{runner} local/shelled", "typed", b"oh\n", 5)


def test_much_goes_in_and_comes_out(client: SyncServerlessClient, runner: str) -> None:
    much = os.urandom(2_000_000)
    assert client.runners.exec(runner, ["cat"], stdin=much).stdout == much
    assert client.runners.exec(runner, ["true"], stdin=much).exit_code == 0, "nobody reads it"


@pytest.mark.parametrize(
    ("command", "code"), [(["no-such-program"], 127), (["/"], 126), (["sh", "-c", "kill -9 $$"], 137)]
)
def test_an_exit_code_is_that_of_a_shell(
    client: SyncServerlessClient, runner: str, command: list[str], code: int
) -> None:
    assert client.runners.exec(runner, command).exit_code == code


def test_a_terminal_is_one(client: SyncServerlessClient, runner: str) -> None:
    with client.runners.shell(runner, ["sh"], columns=100, rows=30) as shell:
        pieces = shell.output()
        shell.send(b"stty size\r")
        until(pieces, b"30 100")
        shell.resize(77, 33)
        shell.send(b"sh -c 'stty size; exec sleep 60'\r")
        until(pieces, b"33 77")
        shell.send(b"\x03")
        until(pieces, b"^C")
        shell.send(b"exit 4\r")
        rest(pieces)
    assert shell.exit_code == 4


def test_the_end_of_the_input_ends_a_shell(client: SyncServerlessClient, runner: str) -> None:
    with client.runners.shell(runner) as shell:
        shell.send(b"echo $((20 + 3))\r")
        shell.end_input()
        assert b"23" in rest(shell.output())
    assert shell.exit_code == 0


def test_nothing_is_left_when_nobody_listens(client: SyncServerlessClient, runner: str) -> None:
    with client.runners.shell(runner, ["sh", "-c", "trap '' HUP; echo pid=$$.; sleep 600"]) as shell:
        pieces = shell.output()
        said = until(pieces, b".")
    pid = int(said.partition(b"pid=")[2].partition(b".")[0])
    assert eventually(lambda: not alive(pid))
    with pytest.raises(DeadlineExceeded):
        client.runners.exec(runner, ["sh", "-c", "exec sleep 601"], timeout=0.5)


def test_it_ends_with_its_runner(client: SyncServerlessClient, runner: str) -> None:
    with client.runners.shell(runner) as shell:
        shell.send(b"echo ready-$((1))\r")
        pieces = shell.output()
        until(pieces, b"ready-1")
        client.runners.kill(runner)
        rest(pieces)
    assert shell.exit_code == 137
    eventually(lambda: runner not in idle(client))


@pytest.mark.usefixtures("runner")
def test_what_is_refused(plane: Plane, wire: Wire, client: SyncServerlessClient) -> None:
    with pytest.raises(NotFound):
        client.runners.exec("no-such-runner", ["ls"])
    result = eventually(lambda: idle(client))[0]
    first = pb.ShellRunnerInput(runner_id=result, tty=True)
    for *messages, word in (
        ("runner_id",),
        (pb.ShellRunnerInput(), "runner_id"),
        (pb.ShellRunnerInput(runner_id=result, tty_size=pb.TerminalSize(height=1, width=-1)), "tty_size"),
        (pb.ShellRunnerInput(runner_id=result, command=["a\0b"]), "command"),
        (first, pb.ShellRunnerInput(runner_id="another"), "runner_id"),
        (first, pb.ShellRunnerInput(command=["ls"]), "runner_id"),
        (first, pb.ShellRunnerInput(tty_size=pb.TerminalSize(height=99_999, width=1)), "tty_size"),
    ):
        with refused("INVALID_ARGUMENT", word):
            list(call(wire, messages))


def call(wire: Wire, messages: list[Any]) -> Any:
    """Call the RPC with messages, and leave its input open."""
    more: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def sent() -> Iterator[Any]:
        yield from messages
        if messages:  # and then nothing, and no end
            more.get(timeout=LIMIT)

    ask: Any = wire.channel.stream_stream(
        rpc.SHELL_RUNNER.path,
        request_serializer=rpc.SHELL_RUNNER.request.SerializeToString,
        response_deserializer=rpc.SHELL_RUNNER.response.FromString,
    )
    try:
        yield from ask(sent(), metadata=wire.metadata, timeout=TIMEOUT)
    finally:
        more.put(None)
