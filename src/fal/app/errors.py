"""Errors in how an app is declared, before anything is deployed."""

from __future__ import annotations

import importlib
from types import ModuleType

from .runtime.errors import AppDefinitionError as AppDefinitionError
from .runtime.errors import AppDefinitionWarning as AppDefinitionWarning


class MissingDependencyError(ImportError):
    """A package that only deploying or serving needs is not installed."""


def need(module: str, purpose: str) -> ModuleType:
    """Import a package of the `deploy` extra.

    Raises:
        MissingDependencyError: The package is not installed; the message says how to get it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise  # the package is there, something inside it is broken
        from fal._installation import install_command

        raise MissingDependencyError(
            f"{purpose} needs the package {error.name!r}, which is not installed; "
            f"install the deploy extra: {install_command('deploy')}",
            name=error.name,
        ) from None
