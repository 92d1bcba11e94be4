"""Call an app of this process on the platform, for tests: `with AppClient.connect(MyApp) as client: client.run(...)`."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as Late
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fal.api._app_requests import address
from fal.api.client import SyncServerlessClient
from fal.app.authoring.app import App
from fal.app.runtime.routes import Route, routes_of
from fal.app.runtime.service import resolved_hints
from fal.exceptions import DeployError, FalServerlessException

if TYPE_CHECKING:
    from fal._gen import models
    from fal.deploy import LogLine
    from fal.deploy.send.run import Run

_TIMEOUT = 3600.0
# How a platform answers for an app that has not started; 0 is no answer at all.
_NOT_YET = frozenset({0, 404, 500, 502, 503, 504})


class AppClientError(FalServerlessException):
    """An endpoint responded with an error.

    Attributes:
        message: Its message.
        status_code: Its HTTP status.
        headers: Of the response; empty when there was none.
    """

    def __init__(self, message: str, status_code: int = 0, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, http_status=status_code or None)
        self.status_code = status_code
        self.headers = dict(headers or {})


class AppSpawnInfo:
    """An app that runs for as long as this process listens; made by `App.spawn`.

    Attributes:
        future: What ends when the run does, with its failure if it failed.
        logs: What the app and its build print, line by line.

    Example:
        app = MyApp.spawn()
        app.wait()
        print(app.url)
        app.stop()
    """

    def __init__(self, future: Run, address: Future[models.ServiceURLs], logs: SimpleQueue[LogLine]) -> None:
        self.future = future
        self.logs = logs
        self._address = address

    @classmethod
    def of(cls, app: type[App], on_log: Callable[[LogLine], object] | None = None) -> AppSpawnInfo:
        """Run an app, with the settings of the environment or the profile.

        Args:
            app: The app's class.
            on_log: Called with each line that is printed, instead of keeping it in `logs`.

        Raises:
            DeployError: It cannot be packaged.
        """
        from fal.deploy import submit_call

        address: Future[models.ServiceURLs] = Future()
        logs: SimpleQueue[LogLine] = SimpleQueue()
        running = submit_call(app, (), {}, address.set_result, on_log=on_log or logs.put)
        running.add_done_callback(lambda _: address.done() or address.cancel())
        return cls(running, address, logs)

    @property
    def url(self) -> str:
        """Where it is called; waits until the platform says it.

        Raises:
            DeployError: It cannot be built or started.
        """
        return self._urls(None).run

    @property
    def application(self) -> str:
        """Owner and name, as `fal.apps.run` takes it."""
        return urlsplit(self.url).path.strip("/")

    def wait(
        self,
        *,
        health_request_timeout: float = 30.0,
        startup_timeout: float = 600.0,
        health_check_interval: float = 0.5,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Wait until GET /health answers.

        Args:
            health_request_timeout: How long one check may take, in seconds.
            startup_timeout: How long the build and the start may take, in seconds.
            health_check_interval: Seconds between two checks.
            headers: Sent with each check, beside those of the settings.

        Raises:
            DeployError: It cannot be built or started, or not in time.
            AppClientError: It says that it is not healthy.
        """
        until = time.monotonic() + startup_timeout
        url = self._urls(startup_timeout).run
        with SyncServerlessClient() as client:
            while True:
                try:
                    _send(client, "GET", url, "/health", timeout=health_request_timeout, headers=headers)
                    return
                except AppClientError as error:
                    if error.status_code not in _NOT_YET:
                        raise
                    if self.future.done():
                        self.future.result()
                    if time.monotonic() + health_check_interval > until:
                        raise DeployError(
                            f"{self.application} is not healthy after {startup_timeout:g} seconds: {error.message}"
                        ) from error
                time.sleep(health_check_interval)

    def stop(self) -> None:
        """End the run, and wait a little for it: whoever comes next may need its machine."""
        self.future.stop()
        with suppress(Exception, CancelledError):
            self.future.exception(timeout=5)

    def _urls(self, timeout: float | None) -> models.ServiceURLs:
        try:
            return self._address.result(timeout=timeout)
        except Late:
            raise DeployError(f"the app did not start within {timeout:g} seconds") from None
        except CancelledError:
            self.future.result()  # raises what went wrong
            raise DeployError("the app ended before it was ready") from None


class AppClient:
    """The endpoints of a running app, as methods of the same names.

    Args:
        app: The app's class.
        url: Where it runs.
        client: Who calls it.
        timeout: How long a call may take, in seconds.
    """

    def __init__(
        self, app: type[App], url: str, client: SyncServerlessClient | None = None, timeout: float | None = None
    ) -> None:
        self._client = client or SyncServerlessClient()
        self._timeout = timeout or _TIMEOUT
        self.url = url
        for name, route in routes_of(app):
            if not route.is_websocket:
                setattr(self, name, self._endpoint(getattr(app, name), route))

    @classmethod
    @contextmanager
    def connect(
        cls,
        app_cls: Any,
        *,
        health_request_timeout: float = 30.0,
        startup_timeout: float = 600.0,
        health_check_interval: float = 0.5,
        timeout: float | None = None,
    ) -> Iterator[AppClient]:
        """Run an app for as long as the block lasts, with the settings of the environment or the profile.

        Args:
            app_cls: The app's class, or what `fal.wrap_app` made of it.
            health_request_timeout: How long one check of its health may take, in seconds.
            startup_timeout: How long the build and the start may take, in seconds.
            health_check_interval: Seconds between two checks.
            timeout: How long a call may take, in seconds.

        Yields:
            A client whose methods are the app's endpoints.

        Raises:
            DeployError: It cannot be packaged, built or started.

        Example:
            with AppClient.connect(MyApp) as client:
                assert client.run(Input(prompt="a cat")).images
        """
        from fal.deploy.send.run import print_line

        app = getattr(app_cls, "app", app_cls)
        info = AppSpawnInfo.of(app, on_log=print_line)
        try:
            info.wait(
                health_request_timeout=health_request_timeout,
                startup_timeout=startup_timeout,
                health_check_interval=health_check_interval,
            )
            with SyncServerlessClient() as client:
                yield cls(app, info.url, client, timeout)
        finally:
            info.stop()

    def health(self) -> Any:
        """Return what GET /health answers."""
        return self._send("GET", "/health", None)

    def _endpoint(self, function: Callable[..., Any], route: Route) -> Callable[..., Any]:
        returns = resolved_hints(function).get("return")

        def call(*args: Any, **kwargs: Any) -> Any:
            """Call the endpoint: with its input, a model or a dict, or with its plain arguments by name."""
            if len(args) > 1:
                raise TypeError(f"{function.__name__}() takes its input, or plain arguments by name")
            answer = self._send("POST", route.path, _plain(args[0]) if args else _plain(kwargs))
            validate = getattr(returns, "model_validate", None) if inspect.isclass(returns) else None
            return answer if validate is None else validate(answer)

        call.__name__ = function.__name__
        return call

    def _send(self, method: str, path: str, body: Any) -> Any:
        return _send(self._client, method, self.url, path, body, timeout=self._timeout)


def _send(
    client: SyncServerlessClient,
    method: str,
    base: str,
    path: str,
    body: Any = None,
    *,
    timeout: float,
    headers: Mapping[str, str] | None = None,
) -> Any:
    from fal._gen.method import Operation, Policy
    from fal.api._app_requests import content

    policy = Policy(timeout, None, False, frozenset({"connect"}), 3)
    url = address(base, path.strip("/")) if path.strip("/") else base
    operation: Operation[Any] = Operation(
        "call",
        method,
        url,
        policy,
        content,
        headers=list((headers or {}).items()),
        json=body,
        success=frozenset(range(200, 300)),
    )
    try:
        return client._caller.send(operation)
    except FalServerlessException as error:
        raise AppClientError(error.message, error.http_status or 0) from error


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
