"""Options by name: an unknown one is refused with the closest known name."""

from __future__ import annotations

from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")


def known_options(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function raise InvalidType, a TypeError, for an unknown option."""
    code = function.__code__
    known = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]

    @wraps(function)
    def checked(*args: P.args, **options: P.kwargs) -> R:
        unknown = [name for name in options if name not in known]
        try:
            if unknown:
                _refuse(function.__qualname__, unknown[0], known)
            return function(*args, **options)
        except BaseException:
            # They may include a key, and error reporters show the variables of frames.
            del args, options
            raise

    return checked


def _refuse(place: str, name: str, known: tuple[str, ...]) -> None:
    import difflib

    from fal.exceptions import InvalidType

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Known options: {', '.join(sorted(known))}."
    raise InvalidType(f"{place.removesuffix('.__init__')} has no option {name!r}", hint=hint)
