"""`fal runners`: the machines that run apps."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from fal.cli import _errors
from fal.cli._output import Columns, Done, Facts, Output, Table, shown
from fal.cli._tree import runners
from fal.exceptions import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fal.api import GpuUsage, RunnerShell
    from fal.cli._session import Session
    from fal.sdk import RunnerInfo

STATES = ("all", "idle", "running", "pending", "setup", "crash_backoff", "terminated")
_RUNNER: Columns = {
    "Runner": "runner_id",
    "State": "state",
    "App": "alias",
    "Uptime": "uptime",
    "Requests": "in_flight_requests",
    "Expires in": lambda runner: None if runner.expiration_countdown is None else f"{runner.expiration_countdown}s",
    "Machine": "machine_type",
    "Revision": "revision",
    "Replacement": "replacement",
}


def runner_table(runners: Sequence[RunnerInfo]) -> Output:
    """Return a table of runners, with their number by state."""
    counts: dict[str, int] = {}
    for runner in runners:
        counts[shown(runner.state)] = counts.get(shown(runner.state), 0) + 1
    note = ", ".join(f"{count} {state}" for state, count in counts.items()) or "No runners."
    return Table("runners", runners, _RUNNER, note=note)


def counted(usage: GpuUsage) -> Output:
    """Return how many GPUs of each type are in use."""
    return Facts({**usage["gpus"], "Total": usage["total"]}, dict(usage))


@runners.command("list", calls=["runners.list"], choices={"state": STATES}, metavars={"state": "STATE"})
def list_runners(session: Session, *, since: datetime | None = None, state: Sequence[str] | None = None) -> Output:
    """
    Args:
        since: Also runners that ended since this time, e.g. 30m, 2h, 7d or 2026-01-31T12:00.
        state: Only runners in one of these states.
    """
    from fal._core.arguments import states

    wanted = states("state", state)
    runners = session.client.runners.list(since=since)
    return runner_table(runners if wanted is None else [runner for runner in runners if runner.state in wanted])


@runners.command(
    "stop", calls=["runners.stop"], flags={"replace_first": ["-r", "--replace"]}, metavars={"runner_id": "ID"}
)
def stop(session: Session, **options: Any) -> Output:
    session.client.runners.stop(**options)
    return Done(f"Runner {options['runner_id']} stops after its current requests.", runner_id=options["runner_id"])


@runners.command("kill", calls=["runners.kill"], metavars={"runner_id": "ID"})
def kill(session: Session, runner_id: str) -> Output:
    """
    Args:
        runner_id: The id of the runner.
    """
    session.client.runners.kill(runner_id)
    return Done(f"Killed runner {runner_id}.", runner_id=runner_id)


@runners.command("wait", calls=["runners.wait_until_stopped"], metavars={"runner_id": "ID"})
def wait(session: Session, **options: Any) -> Output:
    session.client.runners.wait_until_stopped(**options)
    return Done(f"Runner {options['runner_id']} has ended.", runner_id=options["runner_id"])


@runners.command("gpus", calls=["runners.gpus"])
def gpus(session: Session) -> Output:
    return counted(session.client.runners.gpus())


@runners.command(
    "logs",
    "log",
    calls=["logs.history", "logs.stream"],
    without=["app_name", "environment_name", "runner_id", "limit"],
    flags={"follow": ["--follow", "-f"], "lines": ["--lines", "-n"]},
    metavars={"runner_id": "ID", "lines": "N"},
    examples=["fal runners logs ID --follow", "fal runners logs ID --since 30m --search Traceback --lines 20"],
)
def logs(session: Session, runner_id: str, *, follow: bool = False, lines: str | None = None, **filters: Any) -> Output:
    """Show what a runner wrote.

    Args:
        runner_id: The id of the runner.
        follow: Follow lines as they are written, until Ctrl-C; starts a minute ago unless --since says otherwise.
        lines: Only the newest N lines; +N for the oldest.
    """
    from fal.cli._logs import answer

    return answer(session, follow=follow, lines=lines, runner_id=runner_id, **filters)


@runners.command(
    "shell",
    calls=["runners.shell"],
    without=["command", "tty", "columns", "rows"],
    metavars={"runner_id": "ID"},
    examples=["fal runners shell ID"],
)
def shell(session: Session, runner_id: str, *, timeout: float | None = None) -> int:
    """Open a shell on a runner, in the folder and the environment of its app.

    It ends with `exit` or Ctrl-D; the exit code is then that of the shell.

    Args:
        runner_id: The id of the runner.
        timeout: How long it may last, in seconds; without it, there is no limit.
    """
    if session.screen.json:
        raise InvalidInput("a shell has no answer that JSON could hold; `fal runners exec --json` runs one command")
    return _attached(session, runner_id, None, timeout, tty=True)


@runners.command(
    "exec",
    calls=["runners.exec", "runners.shell"],
    without=["stdin"],
    flags={"interactive": ["-it", "--interactive"]},
    metavars={"runner_id": "ID", "command": "CMD"},
    remainder="command",
    examples=[
        "fal runners exec ID nvidia-smi",
        "fal runners exec -it ID -- python",
        "fal runners exec --json ID pip list",
    ],
)
def execute(
    session: Session,
    runner_id: str,
    command: Sequence[str],
    *,
    interactive: bool = False,
    timeout: float | None = None,
) -> Output | int:
    """Run a command on a runner, in the folder and the environment of its app.

    The exit code is that of the command.

    Args:
        runner_id: The id of the runner.
        command: The command and its arguments. Options of `fal` itself stand before the id.
        interactive: Connect the command to this terminal, as `fal runners shell` does; without one, to standard input.
        timeout: How long it may take, in seconds; without it, there is no limit.
    """
    words = list(command)[1:] if command and command[0] == "--" else list(command)
    if not words:
        raise InvalidInput("there is no command to run; give it after the id, as in: fal runners exec ID nvidia-smi")
    if session.screen.json:
        if interactive:
            raise InvalidInput("--interactive connects a terminal, and --json writes one document; give one of them")
        return _executed(session, runner_id, words, timeout)
    if interactive:
        return _attached(session, runner_id, words, timeout, tty=sys.stdin.isatty())
    from fal.cli._terminal import show

    with session.client.runners.shell(runner_id, words, tty=False, timeout=timeout) as running:
        running.end_input()
        show(running, session.screen)
    return _code(running)


def _executed(session: Session, runner_id: str, words: Sequence[str], timeout: float | None) -> int:
    ended = session.client.runners.exec(runner_id, words, timeout=timeout)
    out, err = (text.decode(errors="replace") for text in (ended.stdout, ended.stderr))
    session.screen.document({"exit_code": ended.exit_code, "stdout": out, "stderr": err})
    return ended.exit_code


def _attached(
    session: Session, runner_id: str, words: Sequence[str] | None, timeout: float | None, *, tty: bool
) -> int:
    from fal.cli._terminal import attach, size

    columns, rows = size()
    with session.client.runners.shell(
        runner_id, words, tty=tty, columns=columns, rows=rows, timeout=timeout
    ) as running:
        attach(running, session.screen)
    return _code(running)


def _code(ended: RunnerShell) -> int:
    return _errors.FAILURE if ended.exit_code is None else ended.exit_code
