"""Errors of deploying an app, beyond the general classes of `fal.exceptions`."""

from __future__ import annotations

from fal.exceptions import AppLoadError, DeployError

__all__ = [
    "AppExited",
    "AppImportFailed",
    "AppInvalid",
    "AppRaised",
    "AppSyntaxError",
    "FileError",
    "NoAppFound",
    "PythonVersionMismatch",
    "SeveralAppsFound",
    "UntrustedAnswer",
]


class AppSyntaxError(AppLoadError):
    """The file is not valid Python."""


class AppImportFailed(AppLoadError):
    """The file imports a module that cannot be found or does not have the name."""


class AppExited(AppLoadError):
    """The file called `sys.exit()` while being loaded."""


class AppRaised(AppLoadError):
    """The file raised an exception while being loaded."""


class NoAppFound(AppLoadError):
    """The file contains no app, or none of that name."""


class SeveralAppsFound(AppLoadError):
    """The file contains several apps, and the reference names none of them."""


class AppInvalid(AppLoadError):
    """The app was found but cannot be deployed as it is written."""


class PythonVersionMismatch(AppLoadError):
    """The app asks for a Python version other than the one that packages it."""


class FileError(DeployError, ValueError):
    """A file cannot be sent with an app."""


class UntrustedAnswer(DeployError):
    """The platform's response contains more than plain data and was not read."""
