"""The callable that a bundle becomes on a runner."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from .app import app_service
from .service import Hints, function_service

APP_FILES_ROOT = "FAL_APP_FILES_ROOT"


class Launcher:
    """Serves an app or function; called by the process that loaded the bundle."""

    # The platform runs callables on a thread unless they say so; signals only arrive on the main thread.
    _run_on_main_thread = True
    _fal_local_app = True

    def __init__(
        self,
        target: Any,
        hints: Hints,
        routes: list[str],
        app_files_dir: str | None,
        limit_max_requests: int | None = None,
    ) -> None:
        self.target = target
        self.hints = hints
        self._routes = routes
        self.app_files_dir = app_files_dir
        self.limit_max_requests = limit_max_requests
        self.__name__ = self.__qualname__ = target.__name__

    def __call__(
        self, *, exposed_port: int | None = None, exposed_metrics_port: int | None = None
    ) -> Awaitable[None] | None:
        from .server import serve

        if self.app_files_dir is not None:
            enter_app_files(self.app_files_dir)
        of = app_service if isinstance(self.target, type) else function_service
        service = of(self.target, self.hints)
        return serve(
            service,
            exposed_port=exposed_port,
            exposed_metrics_port=exposed_metrics_port,
            limit_max_requests=self.limit_max_requests,
        )


class Call:
    """A function that is run once, not served.

    Args:
        target: The function.
        app_files_dir: As for `Launcher`.
        arguments: What it is called with; None leaves that to who calls it.
    """

    def __init__(
        self,
        target: Any,
        app_files_dir: str | None,
        arguments: tuple[tuple[Any, ...], dict[str, Any]] | None = None,
    ) -> None:
        self.target = target
        self.app_files_dir = app_files_dir
        self.arguments = arguments
        self.__name__ = self.__qualname__ = target.__name__

    @property
    def __signature__(self) -> inspect.Signature:
        # Who calls it may ask which arguments it takes.
        return inspect.signature(self.target) if self.arguments is None else inspect.Signature()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.app_files_dir is not None:
            enter_app_files(self.app_files_dir)
        if self.arguments is not None:
            args, kwargs = self.arguments
        return self.target(*args, **kwargs)


def enter_app_files(folder: str) -> None:
    """Work in the folder of the app's files, and let them be imported."""
    path = Path(os.getenv(APP_FILES_ROOT, "/app")) / folder
    if path.is_dir():
        sys.path.append(str(path))
        os.chdir(path)
