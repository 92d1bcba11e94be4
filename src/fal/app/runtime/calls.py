"""Deployable functions, and results that are cached for the life of a runner."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

from .errors import AppDefinitionError
from .service import function_service

P = ParamSpec("P")
R = TypeVar("R")


class IsolatedFunction(Generic[P, R]):
    """A deployable function. Calling it runs it in place; nothing is sent."""

    __name__: str

    def __init__(self, func: Callable[P, R], *, serve: bool) -> None:
        functools.update_wrapper(self, func)
        self.func = func
        self.serve = serve

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.func(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<fal.function {self.func.__name__}{' (served)' if self.serve else ''}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.func, self.serve)

    def run_local(self, *args: Any, **kwargs: Any) -> Any:
        """Serve the function until the process is asked to stop, or call it when it is not a served one.

        Args:
            args: Arguments of a function that is not served.
            kwargs: The same; for a served one `exposed_port` and `exposed_metrics_port`.
        """
        if not self.serve:
            for port in ("exposed_port", "exposed_metrics_port"):
                kwargs.pop(port, None)
            return self.func(*args, **kwargs)
        from .server import serve

        return serve(function_service(self.func), **kwargs)


def _restore(func: Callable[..., Any], serve: bool) -> IsolatedFunction[..., Any]:
    return IsolatedFunction(func, serve=serve)


class _Memory:
    """Results by arguments; travels empty, since results made while deploying are of no use on a runner."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.results: dict[Any, Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return (_Memory, ())

    def get(self, function: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        key = (args, tuple(sorted(kwargs.items())))
        try:
            hash(key)
        except TypeError as error:
            raise TypeError(
                f"fal.cached: {function.__name__} was called with an {error}; pass hashable values"
            ) from None
        with self.lock:  # a model must not be loaded twice because two requests came at once
            if key not in self.results:
                self.results[key] = function(*args, **kwargs)
            return self.results[key]  # type: ignore[no-any-return]


def cached(func: Callable[P, R]) -> Callable[P, R]:
    """Cache a function's results by arguments for the life of the process.

    Args:
        func: A plain function with hashable arguments, such as one that loads a model by name.

    Raises:
        AppDefinitionError: The function is async or a generator.

    Example:
        >>> @cached
        ... def load(name: str) -> list[str]:
        ...     return [name]
        ...
        >>> load("a") is load("a")
        True
    """
    if inspect.iscoroutinefunction(func) or inspect.isgeneratorfunction(func) or inspect.isasyncgenfunction(func):
        raise AppDefinitionError(f"fal.cached cannot cache the results of {func.__name__}: it is async or a generator")
    memory = _Memory()

    @functools.wraps(func)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return memory.get(func, args, kwargs)

    return wrapper
