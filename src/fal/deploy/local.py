"""Run a function or an app in this process, without the platform."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .errors import NoAppFound
from .locate.loader import find_app, load
from .locate.reference import resolve
from .options import DeployOptions

if TYPE_CHECKING:
    import os
    from collections.abc import Awaitable

    from .options import AppRef


def run_local(
    app_ref: AppRef = None,
    *,
    exposed_port: int | None = None,
    exposed_metrics_port: int | None = None,
    limit_max_requests: int | None = None,
    root: str | os.PathLike[str] | None = None,
) -> Any:
    """Call a function and return what it returns, or serve an app until it is asked to stop.

    Args:
        app_ref: As for `deploy`.
        exposed_port: The port of the endpoints; 8080 when left out.
        exposed_metrics_port: The port of /metrics; 9090 when left out.
        limit_max_requests: How many requests an app answers before it ends; None sets no limit.
        root: The folder to look for pyproject.toml in.

    Raises:
        DeployError: The app was not found or not loaded.
        Exception: What the function raised.
    """
    from fal.app import IsolatedFunction
    from fal.app.bundle.pack import launcher

    target = resolve(app_ref, DeployOptions(root=root).folder)
    if target.file is None:
        raise NoAppFound("only an app or function of a Python file runs here, and this is an entry point or an image")
    failure: BaseException | None = None
    value: Any = None
    with load(target.file) as loaded:
        app, _ = find_app(loaded, target.symbol)
        start = launcher(app, limit_max_requests=limit_max_requests)
        try:
            if isinstance(app, IsolatedFunction) and not app.serve:
                value = start()
            else:
                running = start(exposed_port=exposed_port, exposed_metrics_port=exposed_metrics_port)
                if running is not None:
                    asyncio.run(_waited(running))
        except BaseException as error:
            failure = error  # it is the function's, and not one of loading the file
    if failure is not None:
        raise failure
    return value


async def _waited(running: Awaitable[None]) -> None:
    await running
