"""The class app authors derive from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ..runtime.app import App as RuntimeApp
from ..runtime.routes import routes_of
from .define import define
from .image import ContainerImage
from .metadata import app_metadata
from .policies import ApplicationHealthCheckConfig, RetryConfig, declared_check

if TYPE_CHECKING:
    from fal.app_client import AppSpawnInfo


class App(RuntimeApp):
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

    image: ClassVar[ContainerImage | None]
    retry_config: ClassVar[RetryConfig | Mapping[str, Any] | None]

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__()
        define(cls, keywords)

    @classmethod
    def get_health_check_config(cls) -> ApplicationHealthCheckConfig | None:
        """Return the health check of the app: the endpoint that was declared as one."""
        return declared_check(f"class {cls.__name__}", (route for _, route in routes_of(cls)))

    @classmethod
    def spawn(cls) -> AppSpawnInfo:
        """Run the app on the platform for as long as this process listens; nothing is deployed.

        Raises:
            DeployError: It cannot be packaged.

        Example:
            app = MyApp.spawn()
            app.wait()
            print(fal.apps.run(app.application, {"prompt": "a cat"}))
            app.stop()
        """
        from fal.app_client import AppSpawnInfo

        return AppSpawnInfo.of(cls)

    @classmethod
    def build_metadata(cls) -> dict[str, Any]:
        """Return the metadata of the endpoints for the platform."""
        return app_metadata(cls)
