"""Options by name: an unknown one is refused with the closest known name."""

from __future__ import annotations

from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")


def known_options(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function raise InvalidType, a TypeError, for an unknown option."""
    code = function.__code__
    known = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]

    @wraps(function)
    def checked(*args: P.args, **options: P.kwargs) -> R:
        try:
            check_known(function.__qualname__.removesuffix(".__init__"), options, known)
            return function(*args, **options)
        except BaseException:
            # They may include a key, and error reporters show the variables of frames.
            del args, options
            raise

    return checked


def check_known(place: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse an option that is not among the known ones.

    Raises:
        InvalidType: There is one. A TypeError.
    """
    known = sorted(known)
    unknown = next((name for name in given if name not in known), None)
    if unknown is None:
        return
    from fal._sentences import closest
    from fal.exceptions import InvalidType

    near = closest(unknown, known, cutoff=0.5)
    hint = f"Did you mean {near}?" if near else f"Known options: {', '.join(known)}."
    raise InvalidType(f"{place} has no option {unknown!r}", hint=hint)
