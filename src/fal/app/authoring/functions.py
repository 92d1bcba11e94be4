"""The decorator that makes a function deployable."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

from .. import checks as c
from ..errors import AppDefinitionError
from ..runtime.app import App
from ..runtime.calls import IsolatedFunction as RuntimeFunction
from ..runtime.service import finished
from ..settings import check_all, check_together
from .define import settings_of
from .hosts import FalServerlessHost, LocalHost, Options
from .metadata import function_metadata

P = ParamSpec("P")
R = TypeVar("R")


class IsolatedFunction(RuntimeFunction[P, R]):
    """A function with the settings it is deployed with; made by `fal.function`.

    Calling it runs it on the platform, in its own environment, with the key of the environment or the profile; on a
    runner, and with `local=True`, in place. Neither key nor settings travel.

    Example:
        @fal.function(requirements=["pyjokes"])
        def joke() -> str:
            import pyjokes
            return pyjokes.get_joke()

        print(joke())
    """

    def __init__(
        self,
        func: Callable[P, R],
        settings: dict[str, Any],
        *,
        serve: bool,
        setup_function: Any = None,
        local: bool = False,
        host: FalServerlessHost | None = None,
    ) -> None:
        super().__init__(func, serve=serve)
        self.settings = settings
        self.setup_function = setup_function
        self.local = local
        self.host = host

    @property
    def options(self) -> Options:
        """The settings, by what they are about: a copy."""
        return Options.of(self.settings, serve=self.serve)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the function on the platform, and return what it returns.

        Raises:
            Exception: What the function raised, when that is one of Python's own exceptions; its cause holds the traceback.
            FalServerlessException: The platform refused, or the function raised something else.
        """
        if self.local:
            return self.func(*args, **kwargs)
        from fal.deploy import submit_call

        result: R = submit_call(self, args, kwargs, host=self.host).outcome()
        return result

    def submit(self, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run the function on the platform, and return at once what will hold its result.

        Example:
            jokes = [joke.submit() for _ in range(3)]
            print([found.result() for found in jokes])
        """
        from fal.deploy import submit_call

        if self.local:
            return _in_place(self.func, args, kwargs)
        return submit_call(self, args, kwargs, host=self.host)

    def map(self, *iterables: Iterable[Any]) -> Iterator[R]:
        """Run the function once for each set of arguments, all at the same time, and yield the results in order.

        Args:
            iterables: One for each argument, as for the built-in `map`.

        Example:
            print(list(square.map([1, 2, 3])))
        """
        call: Any = self.submit
        return iter([running.result() for running in [call(*args) for args in zip(*iterables, strict=False)]])

    def on(self, host: LocalHost | FalServerlessHost | None = None, **config: Any) -> IsolatedFunction[P, R]:
        """Return the same function with other settings.

        Args:
            host: Where calls run; where they did when left out.
            config: Settings by name, as `fal.function` takes them.

        Example:
            joke.on(machine_type="L")()
        """
        kind = config.pop("kind", self.settings.get("kind", "virtualenv"))
        given: dict[str, Any] = {
            **{name: value for name, value in self.settings.items() if name != "kind"},
            "serve": self.serve,
            "setup_function": self.setup_function,
            "local": self.local and host is None,
            **config,
        }
        return function(kind, host=host or self.host, **given)(self.func)

    def build_metadata(self) -> dict[str, Any]:
        """Return the metadata of the function for the platform."""
        return function_metadata(self.func, self.settings.get("metadata", {}), serve=self.serve)


def _in_place(func: Callable[..., R], args: Any, kwargs: Any) -> Future[R]:
    future: Future[R] = Future()
    try:
        future.set_result(func(*args, **kwargs))
    except BaseException as error:
        future.set_exception(error)
    return future


def wrap_app(cls: type[App], **config: Any) -> IsolatedFunction[..., None]:
    """Make a function of an app: calling it serves the app right here, until it is asked to stop.

    Args:
        cls: The app.
        config: Settings that replace those of the class.

    Raises:
        AppDefinitionError: It is not an app, or a setting does not fit.

    Example:
        if __name__ == "__main__":
            fal.wrap_app(MyApp)()
    """
    if not (isinstance(cls, type) and issubclass(cls, App)):
        raise AppDefinitionError(f"fal.wrap_app takes a subclass of fal.App, not {cls!r}")
    settings = {**settings_of(cls), **check_all("fal.wrap_app", config)}

    def serve_here(*, exposed_port: int | None = None, exposed_metrics_port: int | None = None) -> None:
        running = cls.run_local(exposed_port=exposed_port, exposed_metrics_port=exposed_metrics_port)
        if running is not None:
            import asyncio

            asyncio.run(finished(running))

    serve_here.__name__ = serve_here.__qualname__ = cls.__name__
    return IsolatedFunction(serve_here, settings, serve=False, local=True)


def function(
    kind: str = "virtualenv",
    *,
    serve: bool = False,
    local: bool = False,
    host: LocalHost | FalServerlessHost | None = None,
    local_python_modules: list[str] | None = None,
    setup_function: Callable[..., Any] | None = None,
    **config: Any,
) -> Callable[[Callable[P, R]], IsolatedFunction[P, R]]:
    """Make a function deployable.

    Args:
        kind: Kind of environment: "virtualenv", "conda" or "container".
        serve: True answers POST / with the function; False runs the function once per runner.
        local: True runs it in place when it is called.
        host: Where it runs when it is called: `LocalHost()` is `local=True`, a `FalServerlessHost` names a platform, and None
            takes that of the environment or the profile.
        local_python_modules: Modules beside the file that the function imports.
        setup_function: Runs before the function when the platform runs it once.
        config: Every setting of an App by the same name, and `exposed_port`.

    Returns:
        A decorator that makes an `IsolatedFunction`.

    Raises:
        AppDefinitionError: A setting is unknown or invalid.

    Example:
        >>> @function(serve=True, machine_type="S", requirements=["pyjokes"])
        ... def joke(topic: str) -> str:
        ...     return f"a joke about {topic}"
        ...
        >>> joke.func("fish")
        'a joke about fish'
    """
    if callable(kind):
        raise AppDefinitionError("fal.function needs parentheses: write @fal.function() instead of @fal.function")
    c.flag("fal.function: serve", serve)
    c.flag("fal.function: local", local)
    if host is not None and not isinstance(host, LocalHost | FalServerlessHost):
        raise AppDefinitionError(f"fal.function: host must be a LocalHost or a FalServerlessHost, not {host!r}")
    elsewhere = host if isinstance(host, FalServerlessHost) else None
    if elsewhere and local:
        raise AppDefinitionError(
            "fal.function: local=True runs in place, and host names another place; keep one of them"
        )
    if config.get("image") is not None:
        kind = "container"
    if "force" in config:
        config.setdefault("force_env_build", config.pop("force"))
    values = {"kind": kind, "local_python_modules": local_python_modules, **config}
    checked = check_all("fal.function", values, extra=("serve", "setup_function"))
    check_together("fal.function", checked)
    if setup_function is not None:
        c.function("fal.function: setup_function", setup_function)

    def decorate(func: Callable[P, R]) -> IsolatedFunction[P, R]:
        if isinstance(func, IsolatedFunction):
            raise AppDefinitionError(f"{func.func.__name__} is decorated with fal.function twice; remove one")
        if not inspect.isfunction(func):
            raise AppDefinitionError(f"fal.function must decorate a function, not a {type(func).__name__}")
        in_place = local or isinstance(host, LocalHost)
        return IsolatedFunction(
            func, checked, serve=serve, setup_function=setup_function, local=in_place, host=elsewhere
        )

    return decorate


isolated = function  # as older apps call it
