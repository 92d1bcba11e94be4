"""Call an app of this process on the platform, for tests: `with AppClient.connect(MyApp) as client: client.run(...)`."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fal.api._app_requests import address
from fal.api.client import SyncServerlessClient
from fal.app.authoring.app import App
from fal.app.runtime.routes import Route, routes_of
from fal.app.runtime.service import resolved_hints
from fal.exceptions import DeployError, FalServerlessException

if TYPE_CHECKING:
    from fal._gen import models
    from fal.deploy.send.run import Run

_TIMEOUT = 3600.0


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
        cls, app_cls: Any, *, startup_timeout: float = 600.0, timeout: float | None = None
    ) -> Iterator[AppClient]:
        """Run an app for as long as the block lasts, with the settings of the environment or the profile.

        Args:
            app_cls: The app's class, or what `fal.wrap_app` made of it.
            startup_timeout: How long the build and the start may take, in seconds.
            timeout: How long a call may take, in seconds.

        Yields:
            A client whose methods are the app's endpoints.

        Raises:
            DeployError: It cannot be packaged, built or started.

        Example:
            with AppClient.connect(MyApp) as client:
                assert client.run(Input(prompt="a cat")).images
        """
        from fal.deploy import submit_call

        app = getattr(app_cls, "app", app_cls)
        future: Future[models.ServiceURLs] = Future()
        running = submit_call(app, (), {}, on_addresses=lambda urls: future.set_result(urls))
        running.add_done_callback(lambda _: future.done() or future.cancel())
        try:
            urls = future.result(timeout=startup_timeout)
        except Late:
            raise DeployError(f"{app.__name__} did not start within {startup_timeout:g} seconds") from None
        finally:
            if not future.done() or future.cancelled():
                running.result(timeout=0)  # raises what went wrong, if something did
        with SyncServerlessClient() as client:
            try:
                yield cls(app, urls.run, client, timeout)
            finally:
                _end(running)

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
        from fal._gen.method import Operation, Policy
        from fal.api._app_requests import content

        policy = Policy(self._timeout, None, False, frozenset({"connect"}), 3)
        url = address(self.url, path.strip("/")) if path.strip("/") else self.url
        operation: Operation[Any] = Operation(
            "call", method, url, policy, content, json=body, success=frozenset(range(200, 300))
        )
        try:
            return self._client._caller.send(operation)
        except FalServerlessException as error:
            raise AppClientError(error.message, error.http_status or 0) from error


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _end(running: Run) -> None:
    """End a run and wait for it briefly: the next run may need its machine."""
    running.stop()
    until = time.monotonic() + 5
    while not running.done() and time.monotonic() < until:
        time.sleep(0.05)
