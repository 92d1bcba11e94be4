"""Load an app from a file, for tools that work on apps without deploying them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fal.app import FalServerlessHost, IsolatedFunction, LocalHost, wrap_app
from fal.deploy.locate.loader import find_app, load


@dataclass(frozen=True)
class LoadedFunction:
    """What a file holds.

    Attributes:
        function: The function; an app as `fal.wrap_app` makes a function of it.
        app_name: The name that it is deployed under.
        app_auth: Who may call it, where the app says so.
        source_code: The text of the file.
        class_name: Its name in the file.
    """

    function: IsolatedFunction[..., Any]
    app_name: str | None
    app_auth: str | None
    source_code: str
    class_name: str


def load_function_from(
    host: FalServerlessHost | LocalHost | None,
    file_path: str | os.PathLike[str],
    function_name: str | None = None,
    *,
    app_name: str | None = None,
    app_auth: str | None = None,
) -> LoadedFunction:
    """Run a file, and return the app or function in it. `client.deploy` deploys it; this is for looking at it.

    Args:
        host: Where the function runs when it is called; None takes the platform of the environment or the profile.
        file_path: The file.
        function_name: The app or function, where the file holds several.
        app_name: Its name, in place of its own.
        app_auth: Who may call it, in place of what the app says.

    Raises:
        AppLoadError: The file cannot be read or run.
        AppNotFoundError: It holds no such app, or several.

    Example:
        loaded = load_function_from(None, "app.py", "MyApp")
        print(loaded.app_name, loaded.function.options.environment)
    """
    with load(Path(file_path).resolve()) as loaded:
        app, name = find_app(loaded, function_name)
    function = app if isinstance(app, IsolatedFunction) else wrap_app(app)
    return LoadedFunction(
        function=function if host is None else function.on(host),
        app_name=app_name or getattr(app, "app_name", None) or name,
        app_auth=app_auth or getattr(app, "app_auth", None),
        source_code=loaded.source,
        class_name=name,
    )
