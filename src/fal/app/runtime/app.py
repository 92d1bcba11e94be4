"""An app as a runner knows it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from .context import RequestContext, current, served
from .errors import AppDefinitionError
from .routes import Route, routes_of
from .service import Hints, Service, endpoint_of, finished


class App:
    """The settings and hooks of an app. What a class says about its deployment was checked when it was packed."""

    requirements: ClassVar[list[str] | list[list[str]]] = []
    requirements_context_dir: ClassVar[str | None] = None
    local_python_modules: ClassVar[list[str]] = []
    python_version: ClassVar[str | None] = None
    kind: ClassVar[str | None] = None
    image: ClassVar[Any] = None
    resolver: ClassVar[str | None] = "uv"

    machine_type: ClassVar[str | list[str]] = "S"
    num_gpus: ClassVar[int | None] = None
    regions: ClassVar[list[str] | None] = None
    metrics_port: ClassVar[int | None] = None

    keep_alive: ClassVar[int | None] = 60
    min_concurrency: ClassVar[int | None] = None
    max_concurrency: ClassVar[int | None] = None
    concurrency_buffer: ClassVar[int | None] = None
    concurrency_buffer_perc: ClassVar[int | None] = None
    scaling_delay: ClassVar[int | None] = None
    max_multiplexing: ClassVar[int | None] = None
    request_timeout: ClassVar[int | None] = None
    request_start_timeout: ClassVar[int | None] = None
    startup_timeout: ClassVar[int | None] = None
    termination_grace_period_seconds: ClassVar[int | None] = None

    app_name: ClassVar[str | None] = None
    app_auth: ClassVar[str | None] = None
    app_files: ClassVar[list[str]] = []
    app_files_ignore: ClassVar[list[str]] = [r"\.pyc$", r"__pycache__/", r"\.git/", r"\.DS_Store$"]
    app_files_context_dir: ClassVar[str | None] = None
    secrets: ClassVar[list[str] | None] = None
    data_mounts: ClassVar[list[str] | None] = None
    volumes: ClassVar[dict[str, str] | None] = None
    private_logs: ClassVar[bool | None] = None
    skip_retry_conditions: ClassVar[list[str] | None] = None
    retry_config: ClassVar[Any] = None

    version: ClassVar[str] = "unknown"
    local_file_path: ClassVar[str | None] = None  # the file that it is written in, on the machine that has it
    host_kwargs: ClassVar[dict[str, Any]] = {}  # settings by name, as older apps give them

    def __init_subclass__(cls, **_: Any) -> None:
        super().__init_subclass__()

    def __init__(self, *, _allow_init: bool = True) -> None:
        """Make an instance without running anything; the PyPI package wants to be told that this is meant."""

    def setup(self) -> Awaitable[None] | None:
        """Load what the endpoints need; runs once per runner, before it takes requests. May be async."""

    def teardown(self) -> Awaitable[None] | None:
        """Release what `setup` acquired; runs after the last request. May be async."""

    @asynccontextmanager
    async def lifespan(self, app: Any) -> AsyncIterator[None]:  # noqa: ARG002 - for those who override it
        """Surround the time in which requests are taken: `setup` runs before it, `teardown` after it.

        Args:
            app: The FastAPI application.
        """
        await finished(self.setup())
        try:
            yield
        finally:
            await finished(self.teardown())

    def handle_exit(self) -> None:
        """React to the request to stop while requests are still being processed."""

    def health(self) -> Any:
        """Return the answer of GET /health; raise if unhealthy. May be async."""
        return {"version": self.version}

    def provide_hints(self) -> list[str]:
        """Return hints for routing requests to this runner.

        Raises:
            NotImplementedError: The app gives no hints.
        """
        raise NotImplementedError

    @property
    def current_request(self) -> RequestContext | None:
        """The current request; an empty one while the app is served and works on none, and None when it is not served."""
        return current.get() or (RequestContext() if served.app is self else None)

    def collect_routes(self) -> dict[Route, Callable[..., Any]]:
        """Return the endpoints and where they are reachable.

        Raises:
            AppDefinitionError: Two are reachable at one path.
        """
        names: dict[str, str] = {}
        for name, route in routes_of(type(self)):
            first = names.setdefault(route.path, name)
            if first != name:
                raise AppDefinitionError(f"{first} and {name} both serve {route.path!r}; give one another path")
        return {route: getattr(self, name) for name, route in routes_of(type(self))}

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI description of the endpoints."""
        document: dict[str, Any] = self._build_app().openapi()
        return document

    def _build_app(self) -> Any:
        """Make the FastAPI application; for those who change it."""
        from .web import build

        service, metrics = self._parts or (service_of(self, None), None)
        return build(service, metrics)

    def _add_extra_middlewares(self, app: Any) -> None:
        """Add middlewares to the FastAPI application, beside those that there are."""

    def _add_extra_routes(self, app: Any) -> None:
        """Add routes to the FastAPI application, beside the endpoints."""

    _parts: tuple[Service, Any] | None = None  # what the application is made of, while it is served

    @classmethod
    def get_endpoints(cls) -> list[str]:
        """Return the paths of the endpoints."""
        return [route.path for _, route in routes_of(cls)]

    @classmethod
    def run_local(
        cls, *, exposed_port: int | None = None, exposed_metrics_port: int | None = None, host: str | None = None
    ) -> Awaitable[None] | None:
        """Serve the app until the process is asked to stop.

        Args:
            exposed_port: Port to serve on; 8080 when left out.
            exposed_metrics_port: Port of /metrics; 9090 when left out.
            host: Address to listen on; when left out, FAL_APP_BIND_HOST, all of them on a runner, and elsewhere 127.0.0.1.

        Returns:
            An awaitable on the main thread; on another thread it returns None when the app has stopped.
        """
        from .server import serve

        ports = {"exposed_port": exposed_port, "exposed_metrics_port": exposed_metrics_port}
        return serve(app_service(cls), **ports, host=host)


def app_service(cls: type[App], hints: Hints | None = None) -> Service:
    """Instantiate an app and describe how to serve it."""
    return service_of(cls(), hints)


def service_of(app: App, hints: Hints | None) -> Service:
    """Describe how to serve an app; `hints` are the annotations of its endpoints, when they were evaluated before."""
    return Service(
        name=app.app_name or type(app).__name__,
        endpoints=[endpoint_of(route, method, hints) for route, method in app.collect_routes().items()],
        lifespan=app.lifespan,
        add_middlewares=app._add_extra_middlewares,
        add_routes=app._add_extra_routes,
        handle_exit=app.handle_exit,
        health=app.health,
        hints=app.provide_hints,
        version=str(app.version),
        startup_timeout=app.startup_timeout,
        metrics_port=app.metrics_port,
        app=app,
    )
