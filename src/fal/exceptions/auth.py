"""Errors of credentials, under the name that scripts import them by."""

from __future__ import annotations

from . import UnauthenticatedException as UnauthenticatedException
