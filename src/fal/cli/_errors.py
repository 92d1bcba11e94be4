"""Errors: what went wrong, why and what to do next, in one paragraph; and the exit code that says what kind it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fal import exceptions
from fal._sentences import ended, followed
from fal.deploy.errors import NoAppFound, SeveralAppsFound

if TYPE_CHECKING:
    from fal.cli._screen import Screen

FAILURE = 1
USAGE = 2
NOT_FOUND = 3
NOT_ALLOWED = 4
NOT_REACHED = 5
INTERRUPTED = 130
OUTPUT_CLOSED = 141  # what a shell says of a program that SIGPIPE ended

_CODES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], int], ...] = (
    ((exceptions.NotFound, exceptions.AppNotFoundError, NoAppFound), NOT_FOUND),
    ((exceptions.Unauthenticated, exceptions.PermissionDenied), NOT_ALLOWED),
    ((exceptions.Unavailable, exceptions.DeadlineExceeded), NOT_REACHED),
    ((exceptions.ConfigurationError, exceptions.InvalidInput, exceptions.InvalidType), USAGE),
    ((exceptions.ProjectError, SeveralAppsFound), USAGE),
)
_CALL = re.compile(r"client\.((?:\w+\.)?\w+)\((?:\.\.\.|'([^']*)')?((?:(?:, )?\w+=(?:'[^']*'|[A-Z]+))*)\)")
_KEYWORD = re.compile(r"(\w+)=(?:'([^']*)'|([A-Z]+))")
# What the SDK advises, and what that is on a command line.
ADVICE = (
    ("client.with_options(timeout=SECONDS)", "--timeout SECONDS"),
    ("with timeout=.", "with --timeout SECONDS."),
    ("a key belongs in api_key.", "a key belongs in FAL_KEY."),
    ("or pass api_key=", "or log in with `fal auth login`"),
    ("Pass overwrite=True to replace it.", "Leave out --no-overwrite to replace it."),
    ("Profiles().set(NAME)", "`fal profile set NAME`"),
    ("For its pyproject.toml, pass the folder as root=.", "For its pyproject.toml, change into the folder."),
    ("Log in again.", "Log in again with `fal auth login`."),
)


class Refused(exceptions.FalServerlessError):
    """A command does nothing, as nobody has agreed to it."""


def exit_code(error: BaseException) -> int:
    """Return the exit code of a command that ended with an error."""
    from fal.cli._parser import UsageError

    if isinstance(error, UsageError | Refused):
        return USAGE
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILURE)


def show(error: Exception, screen: Screen) -> None:
    """Write an error: to standard error for people, or as the JSON document."""
    if screen.json:
        screen.document({"error": _data(error)})
        return
    for line in _paragraph(error):
        screen.message(line)


def _paragraph(error: Exception) -> list[str]:
    from fal.cli._parser import UsageError

    if isinstance(error, UsageError):
        return [f"error: {followed(str(error), error.hint)}"]
    if not isinstance(error, exceptions.FalServerlessError):
        return [f"error: {type(error).__name__}: {error}"]
    text = f"error: {as_commands(error.message or type(error).__name__)}"
    hint = _hint(error)
    text = followed(text, hint) if hint else ended(text)
    about = [part for part in (error.method, error.code) if part]
    about += [f"request {error.request_id}"] if error.request_id else []
    about += [f"{error.attempts} attempts"] if error.attempts > 1 else []
    return [f"{text} [{', '.join(about)}]" if about else text]


def _data(error: Exception) -> dict[str, Any]:
    """Return the same keys for every error; what one does not tell is None."""
    told = error.message if isinstance(error, exceptions.FalServerlessError) else None
    return {
        "type": type(error).__name__,
        "message": str(error) if told is None else as_commands(told),
        "exit_code": exit_code(error),
        "hint": _hint(error),
        "code": getattr(error, "code", None),
        "http_status": getattr(error, "http_status", None),
        "method": getattr(error, "method", None),
        "request_id": getattr(error, "request_id", None),
        "attempts": getattr(error, "attempts", 0),
        "retryable": getattr(error, "retryable", False),
    }


def _hint(error: Exception) -> str | None:
    """Return what to do next, in the words of the command."""
    hint = getattr(error, "hint", None)
    if hint is None:
        return None
    if isinstance(error, exceptions.Unauthenticated) and not error.attempts:
        from fal.cli._local import POINT, LocalPlane

        if LocalPlane().running() is not None:
            hint = f"{hint} A local control plane is running: {POINT} points this terminal at it."
    return as_commands(hint)


def as_commands(text: str) -> str:
    """Return what an error of the SDK says in the words of the command."""
    from fal.cli import _parameters, _tree

    for spoken, typed in ADVICE:
        text = text.replace(spoken, typed)
    if not _CALL.search(text):
        return text
    commands = {
        command.calls[0]: (f"fal {group.name} {command.name}" if group else f"fal {command.name}", command)
        for group, command in reversed(_tree.everything())
        if command.calls
    }

    def line(call: re.Match[str]) -> str:
        if call[1] not in commands:
            return call[0]
        typed, command = commands[call[1]]
        words = [typed, *([call[2]] if call[2] else [])]
        flags = {parameter.name: parameter.flags for parameter in _parameters.of(command)} if call[3] else {}
        for name, text, blank in _KEYWORD.findall(call[3]):
            if not flags.get(name):
                return call[0]  # no command line says that
            words += [flags[name][0], text or blank]
        return f"`{' '.join(words)}`"

    return _CALL.sub(line, text)
