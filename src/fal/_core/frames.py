"""Frames of the SDK in tracebacks: error reporters would show their variables."""

from __future__ import annotations

from typing import TypeVar

from fal.exceptions import FalServerlessException

E = TypeVar("E", bound=FalServerlessException)


def forget_frames(error: E) -> E:
    """Return an error of ours without the frames that it came through, which may hold a request with a secret in it.

    An error that it was raised from keeps its own when it is not ours: those are the frames of an author's code.
    """
    link: BaseException | None = error
    while isinstance(link, FalServerlessException):
        link.__traceback__ = None
        link.__context__ = None
        link = link.__cause__
    return error
