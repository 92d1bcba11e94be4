"""Runners, the machines that run apps: `client.runners`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from fal._core import arguments
from fal._core.outbox import Outbox
from fal._gen import convert, rpc
from fal.api import _gpus
from fal.api import _spans as spans
from fal.api._namespace import Namespace, nothing
from fal.api._shell import ExecResult, RunnerShell, first_messages, words
from fal.api._waiting import Patience
from fal.exceptions import DataLoss
from fal.sdk import RunnerState

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Literal

    from fal._gen.proto import controller_pb2 as pb
    from fal._gen.rest.models.serverless_runner_history import ServerlessRunnerHistory
    from fal.api._gpus import GpuUsage
    from fal.api._spans import Bucket
    from fal.sdk import RunnerInfo

_ENDED = (RunnerState.DEAD, RunnerState.TERMINATED)
_EXAMPLE = "a runner id, as client.runners.list() shows it"


class RunnersNamespace(Namespace):
    """List, stop and kill runners.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        runners = client.runners.list()
        client.runners.stop("runner-id")
    """

    def list(self, *, since: datetime | None = None) -> List[RunnerInfo]:
        """List the runners of all apps, including those that are starting.

        Args:
            since: Only runners that started at this time or later. A time without a zone is local time.

        Returns:
            One entry for each runner.

        Raises:
            InvalidType: `since` is not a datetime. A TypeError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            from datetime import datetime, timedelta

            all_runners = client.runners.list()
            recent = client.runners.list(since=datetime.now() - timedelta(minutes=10))
        """
        return self._call(
            rpc.LIST_RUNNERS,
            convert.list_runners_request(list_pending=True, start_time=arguments.moment("since", since)),
            lambda rows: rows,
        )

    def history(
        self,
        app_name: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        bucket: Bucket | None = None,
        aggregation: Literal["max", "avg"] = "max",
        environment_name: str | None = None,
    ) -> ServerlessRunnerHistory:
        """Count the runners of an app over time.

        Args:
            app_name: The name of the app.
            since: Start of the range; None leaves it to the platform. A time without a zone is local time.
            until: End of the range, exclusive; None is now.
            bucket: The length of a step: "minute", "hour", "day", "week" or "month"; None chooses by the length of the range.
            aggregation: The value of a step: the largest count, "max", or the average, "avg".
            environment_name: The environment of the app; None is the main one.

        Returns:
            The counts in `history`: running, idle, pending and draining runners per step, earliest first.

        Raises:
            InvalidInput: An argument is malformed or unknown. A ValueError.
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            for step in client.runners.history("my-app", bucket="hour").history:
                print(step.timestamp, step.running, step.idle)
        """
        full = arguments.app("app_name", app_name, arguments.optional_environment(environment_name))
        narrowed = spans.span(since, until)
        timeframe = spans.choice("bucket", bucket, spans.BUCKETS)
        wanted = arguments.one_of("aggregation", aggregation, ("max", "avg"))
        from fal._gen import rest

        return self._send(
            rest.serverless_get_runner_history(self._owner(), full, timeframe=timeframe, aggregation=wanted, **narrowed)
        )

    def stop(self, runner_id: str, replace_first: bool = False) -> None:
        """Stop a runner gracefully: it finishes its requests and takes no new ones.

        Args:
            runner_id: The id of the runner.
            replace_first: Whether to start another runner before this one stops.

        Raises:
            NotFound: There is no such runner.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.runners.stop("runner-id")
        """
        request = convert.stop_runner_request(
            runner_id=arguments.identifier("runner_id", runner_id, _EXAMPLE),
            replace_first=arguments.flag("replace_first", replace_first),
        )
        self._call(rpc.STOP_RUNNER, request, nothing)

    def kill(self, runner_id: str) -> None:
        """Kill a runner at once; its requests fail.

        Args:
            runner_id: The id of the runner.

        Raises:
            NotFound: There is no such runner.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.runners.kill("runner-id")
        """
        request = convert.kill_runner_request(runner_id=arguments.identifier("runner_id", runner_id, _EXAMPLE))
        self._call(rpc.KILL_RUNNER, request, nothing)

    def shell(
        self,
        runner_id: str,
        command: Sequence[str] | None = None,
        *,
        tty: bool = True,
        columns: int | None = None,
        rows: int | None = None,
        timeout: float | None = None,
    ) -> RunnerShell:
        r"""Start a program on a runner, and talk to it while it runs: a shell, when no command is given.

        It runs in the folder and the environment of the app. Close it with `close()`, or use it in a `with` statement. The
        command `fal runners shell` connects it to your terminal.

        Args:
            runner_id: The id of the runner.
            command: The program and its arguments; None starts a shell.
            tty: Whether the program gets a terminal; without one, standard output and standard error are kept apart.
            columns: The width of the terminal, in characters; the platform chooses one when it is left out.
            rows: The height of the terminal, in lines; given together with `columns`.
            timeout: How long it may last, in seconds; None sets no limit.

        Returns:
            The program: what it writes, and what it is sent.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.

        Example:
            with client.runners.shell("runner-id") as shell:
                shell.send(b"nvidia-smi; exit\r")
                for piece in shell.output():
                    print(piece.data.decode(errors="replace"), end="")
        """
        wanted = arguments.identifier("runner_id", runner_id, _EXAMPLE)
        terminal = arguments.flag("tty", tty)
        limit = arguments.optional_seconds("timeout", timeout)
        outbox: Outbox[pb.ShellRunnerInput] = Outbox()
        for message in first_messages(wanted, command, tty=terminal, columns=columns, rows=rows):
            outbox.put(message)
        answers = self._converse(rpc.SHELL_RUNNER, outbox, is_last=lambda answer: answer.close, timeout=limit)
        return RunnerShell(outbox, answers, tty=terminal)

    def exec(
        self, runner_id: str, command: Sequence[str], *, stdin: bytes | None = None, timeout: float | None = None
    ) -> ExecResult:
        """Run a command on a runner, in the folder and the environment of the app, and return how it ended.

        Args:
            runner_id: The id of the runner.
            command: The program and its arguments. No shell reads them: for a line, pass ["sh", "-c", LINE].
            stdin: What the command reads from its standard input; None is nothing.
            timeout: How long it may take, in seconds; None sets no limit.

        Returns:
            Exit code and output. A command that fails raises nothing.

        Raises:
            InvalidInput: An argument is malformed. A ValueError.
            NotFound: There is no such runner.
            DeadlineExceeded: The command did not end in time; it is ended. A TimeoutError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            listed = client.runners.exec("runner-id", ["ls", "-la"])
            print(listed.exit_code, listed.stdout.decode())
        """
        running = self.shell(runner_id, words(command), tty=False, timeout=timeout)
        if stdin is not None:
            running.send(stdin)
        running.end_input()
        written: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}
        body = closing(running.output())
        with body as arriving:
            for piece in arriving:
                written[piece.stream] += piece.data
        if running.exit_code is None:
            raise DataLoss("the platform ended the command without its exit code", method=rpc.SHELL_RUNNER.name)
        return ExecResult(running.exit_code, bytes(written["stdout"]), bytes(written["stderr"]))

    def wait_until_stopped(self, runner_id: str, *, timeout: float = 600.0) -> None:
        """Wait until a runner has ended.

        Args:
            runner_id: The id of the runner.
            timeout: How long to wait, in seconds.

        Raises:
            DeadlineExceeded: The runner did not end in time. A TimeoutError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.runners.stop("runner-id")
            client.runners.wait_until_stopped("runner-id", timeout=60)
        """
        patience = Patience(timeout)
        wanted = arguments.identifier("runner_id", runner_id, _EXAMPLE)
        while True:
            runner = next((runner for runner in self.list() if runner.runner_id == wanted), None)
            if runner is None or runner.state in _ENDED:
                return
            self._pause(patience.next(f"runner {wanted!r} is {runner.state}"))

    def gpus(self) -> GpuUsage:
        """Count the GPUs that all runners use.

        Returns:
            The counts by GPU type, and their total.

        Raises:
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            usage = client.runners.gpus()
            print(usage["total"], usage["gpus"])
        """
        from fal._gen import rest  # loaded here, as few scripts need the REST operations

        return _gpus.of_all(self._send(rest.get_user_metrics()))
