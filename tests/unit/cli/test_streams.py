"""Standard output and standard error, as different systems have them."""

from __future__ import annotations

import errno
import io
import json
import signal
import sys
from types import SimpleNamespace

import pytest

import fal.cli
from fal import exceptions
from fal.cli import _errors, _local, _output, _screen, _terminal
from fal.cli._parser import UsageError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    """A pipe that nobody reads any more."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self._error = error

    def write(self, text: str) -> int:
        raise self._error

    def fileno(self) -> int:
        return self._other

    _other = -1


@pytest.mark.parametrize(
    ("system", "kind", "wanted"),
    [
        ("linux", None, False),
        ("linux", "dumb", False),
        ("linux", "xterm", True),
        ("win32", None, True),
        ("win32", "dumb", False),
    ],
)
def test_what_a_terminal_is(monkeypatch: pytest.MonkeyPatch, system: str, kind: str | None, wanted: bool) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.delenv("TERM", raising=False)
    if kind is not None:
        monkeypatch.setenv("TERM", kind)
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert _screen.Screen().is_terminal == wanted


@pytest.mark.parametrize(
    ("system", "number", "code"),
    [
        ("linux", errno.EPIPE, 141),
        ("linux", errno.EINVAL, 1),
        ("linux", errno.ENOSPC, 1),
        ("win32", errno.EPIPE, 141),
        ("win32", errno.EINVAL, 141),  # so Windows says that the reader has ended
    ],
)
@pytest.mark.parametrize("line", ["--version", "--help", "completion bash --json"])
def test_an_answer_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, line: str, system: str, number: int, code: int
) -> None:
    errors = io.StringIO()
    with io.FileIO("/dev/null" if sys.platform != "win32" else "NUL", "w") as nothing:
        gone = Gone(OSError(number, "it is so"))
        gone._other = nothing.fileno()
        monkeypatch.setattr(sys, "stdout", gone)
        monkeypatch.setattr(sys, "stderr", errors)
        monkeypatch.setattr(sys, "platform", system)
        assert fal.cli.main(line.split()) == code
    assert ("it is so" in errors.getvalue()) == (code == 1)


def test_messages_that_nobody_reads_are_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Gone(BrokenPipeError()))
    _screen.Screen().message("still going")


def test_no_signal_is_sent_where_it_would_be_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("os.kill", lambda *_: pytest.fail("a signal was sent"))
    assert not _local._is_alive(1)


def test_json_holds_nothing_that_a_terminal_obeys() -> None:
    said = {"name": "\x1b[31mred\x9b31m\u202eback\x7f\n", "plain": "caf\u00e9"}
    text = _screen.as_json(said)
    assert json.loads(text) == said
    assert not _screen._CONTROL.search(text)
    assert "caf\u00e9" in text


def test_a_row_is_a_line_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": "a\nb  c\x1b[2J"}, {"name": "d"}]
    _output.Table("names", rows, {"Name": lambda each: each["name"]}).show(_screen.Screen())
    assert capsys.readouterr().out == "NAME\na b  c\N{REPLACEMENT CHARACTER}[2J\nd\n"


class Shell:
    """A program on a runner, as far as a keyboard is concerned."""

    def __init__(self) -> None:
        self.typed: list[bytes] = []
        self.ended = False

    def send(self, data: bytes) -> None:
        self.typed.append(data)

    def end_input(self) -> None:
        self.ended = True


def test_where_keys_come_as_lines_ctrl_c_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    before, shell = signal.getsignal(signal.SIGINT), Shell()
    with _terminal._keys_for(shell):  # type: ignore[arg-type]
        signal.raise_signal(signal.SIGINT)
    assert shell.typed == [b"\x03"]
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(("system", "typed"), [("win32", b"ls\n"), ("linux", b"ls\r\n")])
def test_lines_end_as_a_terminal_ends_them(monkeypatch: pytest.MonkeyPatch, system: str, typed: bytes) -> None:
    monkeypatch.setattr(sys, "platform", system)
    keyboard = SimpleNamespace(raw=io.BytesIO(b"ls\r\n"))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=keyboard))
    shell = Shell()
    _terminal._type(shell)  # type: ignore[arg-type]
    assert (shell.typed, shell.ended) == ([typed], True)


def test_every_error_has_the_same_keys() -> None:
    known = {
        frozenset(_errors._data(error)) for error in (OSError("x"), exceptions.NotFound("x"), UsageError("x", "y"))
    }
    assert len(known) == 1
    assert {"type", "message", "exit_code", "hint", "request_id"} <= set(*known)
