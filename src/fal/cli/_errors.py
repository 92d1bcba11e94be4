"""Errors: what went wrong, why and what to do next, in one paragraph; and the exit code that says what kind it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fal import exceptions

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
    (exceptions.NotFound, NOT_FOUND),
    ((exceptions.Unauthenticated, exceptions.PermissionDenied), NOT_ALLOWED),
    ((exceptions.Unavailable, exceptions.DeadlineExceeded), NOT_REACHED),
    ((exceptions.ConfigurationError, exceptions.InvalidInput, exceptions.InvalidType), USAGE),
)
_CALL = re.compile(r"client\.((?:\w+\.)?\w+)\((?:\.\.\.)?\)")
_OPTIONS = (
    ("client.with_options(timeout=SECONDS)", "--timeout SECONDS"),
    ("give api_key=", "choose a profile with --profile"),
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
        return [*([error.usage.rstrip()] if error.usage else []), f"error: {error}"]
    if not isinstance(error, exceptions.FalServerlessError):
        return [f"error: {type(error).__name__}: {error}"]
    text = f"error: {(error.message or type(error).__name__).rstrip('.')}."
    if error.hint:
        text += f" {_as_commands(error.hint)}"
    about = [part for part in (error.method, error.code) if part]
    about += [f"request {error.request_id}"] if error.request_id else []
    about += [f"{error.attempts} attempts"] if error.attempts > 1 else []
    return [f"{text} [{', '.join(about)}]" if about else text]


def _data(error: Exception) -> dict[str, Any]:
    found: dict[str, Any] = {"type": type(error).__name__, "message": str(error), "exit_code": exit_code(error)}
    if isinstance(error, exceptions.FalServerlessError):
        found |= {
            "message": error.message,
            "hint": _as_commands(error.hint) if error.hint else None,
            "code": error.code,
            "http_status": error.http_status,
            "method": error.method,
            "request_id": error.request_id,
            "attempts": error.attempts,
            "retryable": error.retryable,
        }
    return found


def _as_commands(hint: str) -> str:
    """Return advice about the SDK as advice about the command."""
    from fal.cli import _tree

    for spoken, typed in _OPTIONS:
        hint = hint.replace(spoken, typed)
    if not _CALL.search(hint):
        return hint
    lines = {
        command.calls[0]: f"fal {group.name} {command.name}" if group else f"fal {command.name}"
        for group, command in reversed(_tree.everything())
        if command.calls
    }
    return _CALL.sub(lambda match: f"`{lines[match[1]]}`" if match[1] in lines else match[0], hint)
