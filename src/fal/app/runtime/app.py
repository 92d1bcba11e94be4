"""An app as a runner knows it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, ClassVar

from .context import RequestContext, current
from .routes import routes_of
from .service import Hints, Service, endpoint_of


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
    host_kwargs: ClassVar[dict[str, Any]] = {}  # settings by name, as older apps give them

    def __init_subclass__(cls, **_: Any) -> None:
        super().__init_subclass__()

    def __init__(self) -> None:
        """Make an instance without running anything."""

    def setup(self) -> Awaitable[None] | None:
        """Load what the endpoints need; runs once per runner, before it takes requests. May be async."""

    def teardown(self) -> Awaitable[None] | None:
        """Release what `setup` acquired; runs after the last request. May be async."""

    def handle_exit(self) -> None:
        """React to the request to stop, while requests are still being answered."""

    def health(self) -> Any:
        """Return what GET /health answers; raise to be unhealthy. May be async."""
        return {"version": self.version}

    def provide_hints(self) -> list[str]:
        """Return what this runner has at hand, for routing requests to it.

        Raises:
            NotImplementedError: The app gives no hints.
        """
        raise NotImplementedError

    @property
    def current_request(self) -> RequestContext | None:
        """The request being answered, or None outside of one."""
        return current.get()

    @classmethod
    def get_endpoints(cls) -> list[str]:
        """Return the paths of the endpoints."""
        return [route.path for _, route in routes_of(cls)]

    @classmethod
    def run_local(
        cls, *, exposed_port: int | None = None, exposed_metrics_port: int | None = None
    ) -> Awaitable[None] | None:
        """Serve the app until the process is asked to stop.

        Args:
            exposed_port: Port to serve on; 8080 when left out.
            exposed_metrics_port: Port of /metrics; 9090 when left out.

        Returns:
            An awaitable on the main thread; on another thread it returns None when the app has stopped.
        """
        from .server import serve

        return serve(app_service(cls), exposed_port=exposed_port, exposed_metrics_port=exposed_metrics_port)


def app_service(cls: type[App], hints: Hints | None = None) -> Service:
    """Instantiate an app and describe how to serve it."""
    app = cls()
    return Service(
        name=cls.app_name or cls.__name__,
        endpoints=[endpoint_of(route, getattr(app, name), hints) for name, route in routes_of(cls)],
        setup=app.setup,
        teardown=app.teardown,
        handle_exit=app.handle_exit,
        health=app.health,
        hints=app.provide_hints,
        version=str(cls.version),
        startup_timeout=cls.startup_timeout,
        metrics_port=cls.metrics_port,
        app=app,
    )
