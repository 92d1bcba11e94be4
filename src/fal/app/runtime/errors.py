"""Errors and warnings about how an app is written."""

from __future__ import annotations


class AppDefinitionError(ValueError):
    """An app or function is declared in a way that cannot be deployed."""


class AppDefinitionWarning(UserWarning):
    """An app or function is declared in a way that is probably a mistake."""
