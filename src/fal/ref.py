"""The app that is being served, from anywhere in its code."""

from __future__ import annotations

from fal.app.runtime.app import App
from fal.app.runtime.context import served


def get_current_app() -> App | None:
    """Return the app that this process serves, or None outside of a runner.

    Example:
        def request_id() -> str | None:
            app = get_current_app()
            return app.current_request.request_id if app and app.current_request else None
    """
    app: App | None = served.app
    return app


def set_current_app(app: App) -> None:
    """Say which app this process serves: for tests of code that asks for it, outside of a runner.

    Args:
        app: The app; it replaces the one that was set before.
    """
    served.app = app
