"""The class app authors derive from."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from .context import RequestContext, current
from .routes import routes_of

if TYPE_CHECKING:
    from .image import ContainerImage
    from .policies import RetryConfig


class App:
    """An app of one or more endpoints, served by runners.

    Derive from it, set class attributes or class keywords, load models in `setup`, and mark methods with
    `fal.endpoint` or `fal.realtime`. Making an instance runs nothing, so that methods can be tested directly.

    Example:
        >>> class Hello(App, keep_alive=300):
        ...     machine_type = "S"
        ...
        >>> Hello.app_name
        'hello'
    """

    requirements: ClassVar[list[str] | list[list[str]]] = []
    requirements_context_dir: ClassVar[str | None] = None
    local_python_modules: ClassVar[list[str]] = []
    python_version: ClassVar[str | None] = None
    kind: ClassVar[str | None] = None
    image: ClassVar[ContainerImage | None] = None
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
    retry_config: ClassVar[RetryConfig | Mapping[str, Any] | None] = None

    version: ClassVar[str] = "unknown"
    host_kwargs: ClassVar[dict[str, Any]] = {}  # settings by name, as older apps give them

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__()
        from .define import define

        define(cls, keywords)

    _fal_keywords: ClassVar[dict[str, Any]] = {}

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
    def build_metadata(cls) -> dict[str, Any]:
        """Return what the platform is told about the endpoints."""
        from .spec import metadata

        return metadata(cls)

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
        from .service import app_service

        return serve(app_service(cls), exposed_port=exposed_port, exposed_metrics_port=exposed_metrics_port)
