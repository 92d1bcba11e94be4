"""Metadata of an app's endpoints for the platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import AppDefinitionError, need
from ..runtime.app import App, app_service
from ..runtime.routes import routes_of
from ..runtime.service import function_service, resolved_hints
from .define import settings_of
from .endpoints import DeclaredRoute
from .policies import billing_components


def app_metadata(cls: type[App]) -> dict[str, Any]:
    """Return the metadata of an app: {"openapi": ...}; nothing is started."""
    need("fastapi", "describing endpoints")
    from ..runtime.web import application_of

    routes = routes_of(cls)
    service = app_service(cls, {name: hints_of(getattr(cls, name)) for name, _ in routes})
    metadata = {**settings_of(cls).get("metadata", {}), "openapi": application_of(service).openapi()}
    billing = {
        route.path: billing_components(route.path, route.billing)
        for _, route in routes
        if isinstance(route, DeclaredRoute) and route.billing
    }
    return {**metadata, "billing_components": billing} if billing else metadata


def function_metadata(func: Callable[..., Any], own: Mapping[str, Any], *, serve: bool) -> dict[str, Any]:
    """Return the metadata of a function, beside what its author set."""
    if not serve:
        return dict(own)
    need("fastapi", "describing endpoints")
    from ..runtime.web import build

    return {**own, "openapi": build(function_service(func, {func.__name__: hints_of(func)})).openapi()}


def hints_of(function: Any) -> dict[str, Any]:
    """Return a function's annotations, evaluated while the module they name things of is there.

    Raises:
        AppDefinitionError: An annotation names something that does not exist at run time.
    """
    try:
        return resolved_hints(function)
    except (NameError, AttributeError, SyntaxError, TypeError) as error:
        raise AppDefinitionError(
            f"{function.__qualname__}: a type hint cannot be evaluated: {error}; "
            "import or define what it names at module level, outside of 'if TYPE_CHECKING'"
        ) from None
