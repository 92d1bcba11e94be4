"""Run what is in this process on the platform: no revision, one runner, for as long as the caller listens."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from fal._core.auth import api_key_of
from fal._core.caller import Caller
from fal._core.settings import resolve
from fal.exceptions import UserFunctionException

from ..deadline import Deadline
from ..events import Finished, LogLine, RunLog, Serving
from ..options import DeployOptions
from ..package.prepare import prepare_object
from .running import RunExecution

if TYPE_CHECKING:
    from fal._core.settings import Settings
    from fal._gen import models
    from fal.app.authoring.hosts import FalServerlessHost

OnAddresses = Callable[["models.ServiceURLs"], object]
_ERRORS = ("STDERR", "ERROR", "WARNING")


def _settings(host: FalServerlessHost | None) -> Settings:
    if host is None or host.credentials is None:
        return resolve(host=host.url if host else None)
    return resolve(host=host.url, api_key=api_key_of(host.credentials))


class Run(Future[Any]):
    """A run on the platform, and what it will have returned."""

    def __init__(self, host: FalServerlessHost | None = None) -> None:
        super().__init__()
        self.caller = Caller(_settings(host))

    def outcome(self) -> Any:
        """Wait, and return what the function returns, or raise what it raised.

        Raises:
            Exception: What the function raised, when that is one of Python's own exceptions; its cause holds the traceback.
            FalServerlessException: The platform refused, or the function raised something else.
        """
        try:
            return self.result()
        except UserFunctionException as error:
            raised, error.__cause__ = error.__cause__, None
            if raised is None:
                raise
            raise raised from error

    def stop(self) -> None:
        """End the run: the platform takes the runner away when nobody listens."""
        self.caller.close()


def submit_call(
    app: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    on_addresses: OnAddresses | None = None,
    *,
    host: FalServerlessHost | None = None,
    on_log: Callable[[LogLine], object] | None = None,
) -> Run:
    """Run a function or app in a thread, with the settings of the environment or the profile.

    Args:
        app: What `fal.function` made, or a class that derives from `fal.App`.
        args: Arguments of the function.
        kwargs: The same, by name.
        on_addresses: Called with the addresses of what serves, in that thread; they are printed when left out.
        host: The platform; that of the settings when left out.
        on_log: Called with each line that it prints, in that thread; they are printed when left out.

    Returns:
        What will hold the result. Its `stop()`, or the end of this process, ends the run.

    Raises:
        DeployError: It cannot be packaged.
    """
    prepared = prepare_object(app, DeployOptions(), (args, kwargs))  # here, where an error points to the caller
    run = Run(host)
    run.set_running_or_notify_cancel()

    def work() -> None:
        try:
            auth = prepared.draft.auth_mode or "private"
            value = None
            for event in RunExecution(run.caller, prepared, Deadline(None), auth=auth, strict=True).events():
                if isinstance(event, LogLine):
                    (on_log or print_line)(event)
                elif isinstance(event, Serving):
                    (on_addresses or _print_addresses)(event.service_urls)
                elif isinstance(event, Finished):
                    value = event.result.value
            run.set_result(value)
        except BaseException as error:
            run.set_exception(error)
        finally:
            run.caller.close()

    threading.Thread(target=work, name=f"fal-run-{prepared.draft.name}", daemon=True).start()
    return run


def print_line(line: LogLine) -> None:
    """Print the output of the function to the stream that it wrote to; the log of the build is not part of the output."""
    own = isinstance(line, RunLog) and line.level not in _ERRORS
    print(line.message.rstrip("\n"), file=sys.stdout if own else sys.stderr, flush=True)


def _print_addresses(urls: models.ServiceURLs) -> None:
    print(f"Running at {urls.run}", file=sys.stderr, flush=True)
