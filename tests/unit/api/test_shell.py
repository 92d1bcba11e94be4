"""Programs on a runner: what is sent, what comes back, and what is refused before anything is sent."""

from __future__ import annotations

import gc
from typing import Any

import grpc
import pytest

from fal._gen.proto import controller_pb2 as pb
from fal.api import ExecResult, ShellOutput
from fal.exceptions import DataLoss, FailedPrecondition, FalServerlessException, InvalidInput, InvalidType, NotFound
from tests.support.waiting import Background

Given = list[pb.ShellRunnerInput]


def answering(wire: Any, *answers: pb.ShellRunnerOutput, all_of_it: bool = True) -> Given:
    """Answer ShellRunner, after the whole input if asked to; return what will have been sent."""
    sent: Given = []

    def answer(messages: Any) -> Any:
        for message in messages:
            sent.append(message)
            if not all_of_it:
                break
        yield from answers

    wire.answers["ShellRunner"] = answer
    return sent


def test_a_command_is_sent_with_its_input_and_comes_back_whole(wire: Any, client: Any) -> None:
    sent = answering(
        wire,
        pb.ShellRunnerOutput(data=b"one ", stream=1),
        pb.ShellRunnerOutput(data=b"oh", stream=2),
        pb.ShellRunnerOutput(data=b"two", stream=1),
        pb.ShellRunnerOutput(close=True, exit_code=3),
    )
    result = client.runners.exec("runner-id", ["grep", "-c", ""], stdin=b"lines\n")
    assert result == ExecResult(3, b"one two", b"oh")
    assert sent == [
        pb.ShellRunnerInput(runner_id="runner-id", command=["grep", "-c", ""], tty=False),
        pb.ShellRunnerInput(data=b"lines\n"),
        pb.ShellRunnerInput(close=True),
    ]


def test_a_terminal_is_typed_at_and_resized(wire: Any, client: Any) -> None:
    sent = answering(wire, pb.ShellRunnerOutput(data=b"$ "), pb.ShellRunnerOutput(close=True, exit_code=0))
    with client.runners.shell("runner-id", columns=100, rows=40) as shell:
        shell.send(b"ls\r")
        shell.resize(77, 30)
        shell.end_input()
        shell.end_input()
        assert shell.exit_code is None
        assert list(shell.output()) == [ShellOutput(b"$ ", "stdout")]
        assert shell.exit_code == 0
        with pytest.raises(FailedPrecondition):
            shell.send(b"more")
    assert sent == [
        pb.ShellRunnerInput(runner_id="runner-id", tty=True),
        pb.ShellRunnerInput(tty_size=pb.TerminalSize(height=40, width=100)),
        pb.ShellRunnerInput(data=b"ls\r"),
        pb.ShellRunnerInput(tty_size=pb.TerminalSize(height=30, width=77)),
    ]


def test_who_leaves_early_hangs_up(wire: Any, client: Any) -> None:
    answering(wire, *[pb.ShellRunnerOutput(data=b"again")] * 100, all_of_it=False)
    with client.runners.shell("runner-id") as shell:
        assert next(iter(shell.output())).data == b"again"
    with pytest.raises(FailedPrecondition):
        shell.send(b"too late")


def test_an_end_without_an_exit_code_is_an_error(wire: Any, client: Any) -> None:
    answering(wire, pb.ShellRunnerOutput(data=b"half"))
    with pytest.raises(DataLoss):
        client.runners.exec("runner-id", ["ls"])


def test_what_the_platform_refuses_is_raised_where_the_output_is_read(wire: Any, client: Any) -> None:
    def refuse(messages: Any) -> Any:
        next(messages)
        return grpc.StatusCode.NOT_FOUND, "no such runner"

    wire.answers["ShellRunner"] = refuse
    with pytest.raises(NotFound), client.runners.shell("runner-id") as shell:
        list(shell.output())


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda runners: runners.exec("", ["ls"]), InvalidInput),
        (lambda runners: runners.exec("id", "ls -la"), InvalidType),
        (lambda runners: runners.exec("id", []), InvalidInput),
        (lambda runners: runners.exec("id", ["ls", 1]), InvalidType),
        (lambda runners: runners.exec("id", ["l\0s"]), InvalidInput),
        (lambda runners: runners.exec("id", ["\ud800"]), InvalidInput),
        (lambda runners: runners.exec("id", ["ls"], stdin="text"), InvalidType),
        (lambda runners: runners.exec("id", ["ls"], timeout=-1), InvalidInput),
        (lambda runners: runners.shell("id", tty="yes"), InvalidType),
        (lambda runners: runners.shell("id", columns=80), InvalidInput),
        (lambda runners: runners.shell("id", columns=0, rows=1), InvalidInput),
        (lambda runners: runners.shell("id", columns=80, rows=True), InvalidType),
        (lambda runners: runners.shell("id", tty=False, columns=80, rows=24), InvalidInput),
        (lambda runners: runners.shell("id", tty=False).resize(80, 24), InvalidInput),
    ],
)
def test_what_cannot_be_meant_is_refused_before_it_is_sent(wire: Any, client: Any, call: Any, kind: Any) -> None:
    with pytest.raises(kind):
        call(client.runners)
    assert not wire.calls


def test_a_command_without_a_thread_for_its_output_is_an_error_of_ours(
    wire: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if wire.kind == "async":
        pytest.skip("the answers of an async client need no thread")

    def exhausted(_: Any) -> None:
        raise RuntimeError("can't start new thread")

    answering(wire, pb.ShellRunnerOutput(close=True, exit_code=0))
    with monkeypatch.context() as patched:
        patched.setattr("grpc._channel.cygrpc.ForkManagedThread.start", exhausted)
        with pytest.raises(FalServerlessException, match="can't start new thread") as caught:
            client.runners.exec("runner-id", ["true"])
    assert "may have been carried out" in str(caught.value)
    assert Background(lambda: client.runners.exec("runner-id", ["true"])).result().exit_code == 0
    del caught
    Background(gc.collect).result()  # the end of the channel would wait forever, in whatever thread that is
