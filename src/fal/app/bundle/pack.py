"""Pack an app or function into the bytes a runner loads."""

from __future__ import annotations

import functools
import hashlib
import inspect
import pickle
import sys
import zlib
from collections.abc import Iterable
from importlib.resources import files
from types import ModuleType
from typing import Any

from ..authoring.app import App
from ..authoring.define import settings_of
from ..authoring.functions import IsolatedFunction
from ..authoring.metadata import hints_of
from ..errors import AppDefinitionError, MissingDependencyError, need
from ..runtime.launch import Call, Launcher
from ..runtime.routes import routes_of
from ..runtime.service import Hints
from .library import library, not_there
from .local_modules import sources_of, text_of
from .source import Sources, lean, used
from .verify import by_name

# Evaluated by plain pickle.loads: runs the bootstrap's text and calls its load() with the other parts.
_EVALUATE = (
    "(parts := __import__('pickle').loads(__import__('zlib').decompress(blob)), "
    "space := {'__name__': '_fal_bundle'}, exec(parts[0], space), space['load'](*parts[1:]))[-1]"
)


def dump(
    obj: type[App] | IsolatedFunction[..., Any],
    *,
    local_python_modules: Iterable[str] = (),
    app_files_dir: str | None = None,
    arguments: tuple[tuple[Any, ...], dict[str, Any]] | None = None,
    limit_max_requests: int | None = None,
    with_fal: bool = False,
) -> bytes:
    """Pack an app or function with the small runtime that serves it.

    The module it is defined in travels by value, and the local modules it imports travel as source. Credentials,
    deployment settings and machine paths stay here.

    Args:
        obj: An App class, or what `fal.function` made.
        local_python_modules: Modules to include besides those that are found.
        app_files_dir: Folder among the app's files to work in, relative and with "/"; None when there are no app files.
        arguments: What a function that is not served is called with; None leaves that to who calls it.
        limit_max_requests: How many requests it answers before it ends; None sets no limit.
        with_fal: Whether the runner may have the released package, and with it what does not travel of this one.

    Returns:
        Bytes that plain `pickle.loads` turns into the callable, on the same minor version of Python.

    Raises:
        AppDefinitionError: It refers to something that cannot be packed.
        MissingDependencyError: cloudpickle is not installed.
    """
    need("cloudpickle", "packing an app")
    target = obj.func if isinstance(obj, IsolatedFunction) else obj
    main = sys.modules.get(target.__module__)
    if main is None:
        raise AppDefinitionError(f"{target.__name__} belongs to the module {target.__module__!r}, which is not loaded")
    local = sources_of([*_own_modules(obj), *local_python_modules], main)
    from .pickling import dumps

    try:
        pickled = dumps(launcher(obj, app_files_dir, arguments, limit_max_requests), main, local)
    except AppDefinitionError:
        raise
    except Exception as error:  # whatever the author's objects raise
        raise _unpackable(target.__name__, main, error) from error
    if names := by_name(pickled.payload, main.__name__):
        raise AppDefinitionError(
            f"{target.__name__} cannot be packed: {', '.join(names)} would be looked up in the app's own module, "
            "which does not exist on a runner; create such objects in setup() instead of at module level"
        )
    own_text = text_of(main)
    if absent := [] if with_fal else not_there(pickled.referred, used(own_text, pickled.lines)):
        raise AppDefinitionError(
            f"{target.__name__} uses {', '.join(absent)}, which is not there on a runner: it is for where apps are deployed from. "
            "To call other apps, add 'fal-client' to requirements and use that; or add 'fal' to them"
        )
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    own_texts = [own_text, *(text for text, _, _ in local.values())]
    realtime = isinstance(obj, type) and any(route.realtime is not None for _, route in routes_of(obj))
    runtime = {**_runtime(realtime=realtime), **library(own_texts, pickled.referred)}
    digest = hashlib.sha256(repr(runtime).encode()).hexdigest()[:8]
    parts = (
        _bootstrap(),
        python,
        f"_fal_runtime_{digest}",
        runtime,
        local,
        (pickled.file, _only(pickled.lines, own_text)),
        pickled.payload,
    )
    return pickle.dumps(_Evaluated(zlib.compress(pickle.dumps(parts, protocol=5), 9)), protocol=5)


def _unpackable(app: str, main: ModuleType, error: Exception) -> AppDefinitionError:
    """Return the error of something that pickle refuses, with the names of the module's variables that hold such."""
    from .pickling import dumps

    guilty = []
    for name, value in list(vars(main).items()):
        try:
            dumps(value, main)
        except Exception as fault:
            if (
                str(fault) == str(error)
                and not isinstance(value, type | IsolatedFunction)
                and not inspect.isroutine(value)
            ):
                guilty.append(name)
    of = f" ({', '.join(guilty)})" if guilty else ""
    return AppDefinitionError(
        f"{app} cannot be packed: {error}{of}; create such objects in setup() instead of at module level"
    )


def _only(lines: set[int], text: str) -> str:
    """Return a text with all lines emptied but these: runners get nothing else of the author's file."""
    kept = text.splitlines()
    return "\n".join(line if number in lines else "" for number, line in enumerate(kept, 1)).rstrip()


class _Evaluated:
    """Pickles as the call that makes the app out of `blob`; nothing of this package is needed to load it."""

    def __init__(self, blob: bytes) -> None:
        self.blob = blob

    def __reduce__(self) -> tuple[Any, ...]:
        return eval, (_EVALUATE, {"blob": self.blob})


def launcher(
    obj: type[App] | IsolatedFunction[..., Any],
    app_files_dir: str | None = None,
    arguments: tuple[tuple[Any, ...], dict[str, Any]] | None = None,
    limit_max_requests: int | None = None,
) -> Launcher | Call:
    """Return the callable that serves an app or calls a function."""
    if isinstance(obj, IsolatedFunction):
        if not obj.serve:
            return Call(obj.func, app_files_dir, arguments)
        return Launcher(obj.func, {obj.func.__name__: hints_of(obj.func)}, ["/"], app_files_dir, limit_max_requests)
    routes = routes_of(obj)
    hints: Hints = {name: hints_of(getattr(obj, name)) for name, _ in routes}
    return Launcher(obj, hints, sorted({route.path for _, route in routes}), app_files_dir, limit_max_requests)


def _own_modules(obj: type[App] | IsolatedFunction[..., Any]) -> list[str]:
    settings = obj.settings if isinstance(obj, IsolatedFunction) else settings_of(obj)
    return list(settings.get("local_python_modules", ()))


@functools.cache
def _runtime(*, realtime: bool) -> Sources:
    """Return the source of the runtime a runner needs, by name below its package."""
    left_out = {"__init__"} if realtime else {"__init__", "sessions"}
    sources: Sources = {"": ("", True, "<fal>/__init__.py")}
    for file in files("fal.app.runtime").iterdir():
        name, dot, kind = file.name.partition(".")
        if dot + kind == ".py" and name not in left_out:
            sources[f".{name}"] = (lean(file.read_text(encoding="utf-8")), False, f"<fal>/{file.name}")
    return dict(sorted(sources.items()))


@functools.cache
def _bootstrap() -> str:
    try:
        return lean((files("fal.app.bundle") / "bootstrap.py").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingDependencyError(
            "this installation of fal-management-sdk holds no source files, and a runner needs some of them; "
            "install it from its wheel, as pip does"
        ) from None
