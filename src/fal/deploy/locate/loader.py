"""Run the user's file once, isolated from other modules, and find the app in it."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import os
import site
import sys
import sysconfig
import threading
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fal.exceptions import DeployError

from ..errors import (
    AppExited,
    AppImportFailed,
    AppInvalid,
    AppRaised,
    AppSyntaxError,
    NoAppFound,
    SeveralAppsFound,
)

MODULE_NAME = "__fal_app__"

# What is installed under another name than it is imported by, of what apps import.
_DISTRIBUTIONS = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dotenv": "python-dotenv",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}

# sys.path, sys.modules and the working directory belong to the process: one file is loaded at a time.
_LOADING = threading.RLock()


@dataclass(slots=True)
class LoadedFile:
    """A file that was run: its module, its source, and the modules beside it that it imported."""

    path: Path
    source: str
    module: types.ModuleType
    sibling_files: list[Path] = field(default_factory=list)


@contextlib.contextmanager
def load(path: Path) -> Iterator[LoadedFile]:
    """Run a file and keep its module alive while the block runs; afterwards the process is as it was.

    Raises:
        AppLoadError: The file cannot be read or run; the message shows the frames of the user's own code.
    """
    source, code = _compile(path)
    folder = str(path.parent)
    with _LOADING:
        path_before, cwd_before, no_bytecode = list(sys.path), _cwd(), sys.dont_write_bytecode
        restore_environment, recursion_before = _environment(), sys.getrecursionlimit()
        hidden = _hide(path.parent)
        before = set(sys.modules)
        module = types.ModuleType(MODULE_NAME)
        module.__file__ = str(path)
        outer = sys.modules.get(MODULE_NAME)
        sys.modules[MODULE_NAME] = module
        # Cached bytecode beside the user's files would hide an edit made within the same second.
        sys.dont_write_bytecode = True
        sys.path.insert(0, folder)
        if cwd_before is not None and cwd_before != folder:
            sys.path.append(cwd_before)  # a project is often written to be run from its root
        importlib.invalidate_caches()  # a file written a moment ago must be seen
        loaded = LoadedFile(path, source, module)
        try:
            _run(code, loaded)
            _note_siblings(loaded, _own_modules(before, [path.parent, *([Path(cwd_before)] if cwd_before else [])]))
            with _explain(loaded):
                yield loaded
        finally:
            for name, _ in _own_modules(before, [path.parent, *([Path(cwd_before)] if cwd_before else [])]):
                del sys.modules[name]
            if outer is None:
                sys.modules.pop(MODULE_NAME, None)
            else:
                sys.modules[MODULE_NAME] = outer
            sys.modules.update(hidden)
            sys.dont_write_bytecode = no_bytecode
            sys.setrecursionlimit(recursion_before)
            restore_environment()
            sys.path[:] = path_before
            sys.path_importer_cache.pop(folder, None)
            if cwd_before is not None and _cwd() != cwd_before:
                os.chdir(cwd_before)


def _environment() -> Callable[[], None]:
    """Return a function that restores the environment, whose keys must not be in a variable of a frame that a traceback shows."""
    before = dict(os.environ)

    def restore() -> None:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update({name: value for name, value in before.items() if os.environ.get(name) != value})

    return restore


def _cwd() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # the folder was deleted
        return None


def _compile(path: Path) -> tuple[str, types.CodeType]:
    try:
        raw = path.read_bytes()
        code = compile(raw, str(path), "exec", dont_inherit=True)
        return importlib.util.decode_source(raw), code
    except OSError as error:
        raise AppSyntaxError(f"{path} cannot be read: {error.strerror or error}") from None
    except SyntaxError as error:
        shown = "".join(traceback.format_exception_only(error)).rstrip()
        raise AppSyntaxError(f"{path} is not valid Python:\n{shown}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise AppSyntaxError(f"{path} is not valid Python: {error}") from None


def _run(code: types.CodeType, loaded: LoadedFile) -> None:
    with _explain(loaded):
        exec(code, loaded.module.__dict__)


@contextlib.contextmanager
def _explain(loaded: LoadedFile) -> Iterator[None]:
    """Turn what the user's code raises into an error that says where and what to do."""
    path = loaded.path
    try:
        yield
    except SystemExit as error:
        raise AppExited(
            _lines(
                f"{path.name} called sys.exit({error.code!r}) while being loaded:",
                user_frames(error),
                "Put script code below `if __name__ == '__main__':`",
            )
        ) from error
    except DeployError:
        raise
    except SyntaxError as error:
        shown = "".join(traceback.format_exception_only(error)).rstrip()
        raise AppSyntaxError(f"{path.name} imports a file that is not valid Python:\n{shown}") from error
    except ImportError as error:
        if _is_ours(error):
            raise AppImportFailed(f"{path.name} cannot be packaged: {error}") from error
        raise AppImportFailed(
            _lines(f"{path.name} cannot be loaded: {error}", user_frames(error), _import_hint(error, path))
        ) from error
    except Exception as error:
        shown = "".join(traceback.format_exception_only(error)).rstrip()
        frames = user_frames(error)
        if _is_ours(error):
            raise AppInvalid(_lines(f"{path.name} does not define a valid app: {error}", frames)) from error
        raise AppRaised(_lines(f"{path.name} raised an exception while being loaded:", frames, shown)) from error


def _is_ours(error: BaseException) -> bool:
    """Whether an exception is of a class of this SDK: its message says all there is to say."""
    return type(error).__module__.partition(".")[0] == "fal"


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _import_hint(error: ImportError, path: Path) -> str:
    if (
        isinstance(error, ImportError)
        and not isinstance(error, ModuleNotFoundError)
        and (error.name or "").startswith("fal")
    ):
        return _offered(str(error.name))
    if "no known parent package" in str(error):
        return f"{path.name} is loaded on its own, not as a part of a package: import what is beside it without the leading dot"
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return "The module was found but does not have this name; check its spelling and version"
    top = error.name.partition(".")[0]
    if top == "fal":
        return _offered(error.name)
    return (
        f"Install {_DISTRIBUTIONS.get(top, top)!r} here too: the file is run on this machine before it is sent. If only "
        f"the app needs it, import it inside the method that uses it. Your own modules are looked up beside {path.name}"
    )


def _offered(module: str) -> str:
    """Say what this SDK has instead of what a file imports from it. Installing the package `fal` of PyPI would replace it."""
    while module not in sys.modules:
        module = module.rpartition(".")[0]
    names = [name for name in getattr(sys.modules[module], "__all__", ()) if not name.startswith("_")]
    listed = f"; {module} has {', '.join(names)}" if names else ""
    return (
        f"This fal is the one of fal-management-sdk{listed}. Do not install the package 'fal' beside it: they share "
        "one folder, and break each other"
    )


def user_frames(error: BaseException) -> str:
    """Format the frames of a traceback that belong to the user's code: neither this package nor the import system."""
    ours = os.path.dirname(os.path.abspath(sys.modules["fal"].__file__ or ""))
    kept = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<") and not os.path.abspath(frame.filename).startswith(ours + os.sep)
    ]
    while kept and _is_library(kept[0].filename):
        kept.pop(0)  # how we got there: the caller of deploy, contextlib, ...
    return "".join(traceback.format_list(kept)).rstrip()


@functools.cache
def _libraries() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = [paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"], site.getusersitepackages()]
    return tuple(os.path.join(folder, "") for folder in folders)


def _is_library(filename: str) -> bool:
    return filename.startswith(_libraries())


def _places(module: Any, real_folder: Callable[[str], str]) -> list[str]:
    """Return where a module really lies: its file, or the folders of a package without one.

    `real_folder` is os.path.realpath, and may remember.
    """
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        folder, name = os.path.split(file)
        return [os.path.realpath(file) if os.path.islink(file) else os.path.join(real_folder(folder), name)]
    try:
        return [os.path.realpath(place) for place in getattr(module, "__path__", [])]
    except Exception:
        return []


def _hide(folder: Path) -> dict[str, types.ModuleType]:
    """Take away loaded modules that share their name with one beside the file, so that the file gets its own."""
    try:
        entries = list(folder.iterdir())
    except OSError:  # a folder may be entered but not listed
        entries = []
    names = {entry.name.removesuffix(".py") for entry in entries if entry.suffix == ".py" or entry.is_dir()}
    names -= set(sys.stdlib_module_names) | {"fal", "__main__", MODULE_NAME}
    hidden: dict[str, types.ModuleType] = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in names and not _from_library(module):
            hidden[name] = sys.modules.pop(name)
    return hidden


def _from_library(module: Any) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and _is_library(os.path.realpath(file))


def _own_modules(before: set[str], folders: list[Path]) -> list[tuple[str, Any]]:
    """Return the modules loaded since `before` that come from the user's folders."""
    below = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)
    new = [(name, sys.modules[name]) for name in sorted(set(sys.modules) - before)]

    @functools.cache  # many modules lie in few folders
    def real_folder(folder: str) -> str:
        return os.path.realpath(folder)

    return [
        (name, module)
        for name, module in new
        if name.partition(".")[0] not in {MODULE_NAME, "fal"}
        and any(place.startswith(below) and not _is_library(place) for place in _places(module, real_folder))
    ]


def _note_siblings(loaded: LoadedFile, modules: list[tuple[str, Any]]) -> None:
    for _, module in modules:
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            loaded.sibling_files.append(Path(file))


def find_app(loaded: LoadedFile, symbol: str | None) -> tuple[Any, str]:
    """Return the app of a loaded file and the name it has there.

    Raises:
        NoAppFound: There is none, or none of that name.
        SeveralAppsFound: There are several and `symbol` is None.
        AppInvalid: The app overrides `__init__`.
    """
    from fal.app import App, IsolatedFunction

    members = vars(loaded.module)
    path = loaded.path

    def is_app(value: Any) -> bool:
        return isinstance(value, type) and issubclass(value, App) and value is not App

    apps = {name: value for name, value in members.items() if is_app(value) and value.__module__ == MODULE_NAME}
    bases = {base for value in apps.values() for base in value.__mro__[1:]}
    apps = {name: value for name, value in apps.items() if value not in bases or symbol == name}
    functions = {name: value for name, value in members.items() if isinstance(value, IsolatedFunction)}
    if symbol is not None:
        if symbol not in members:
            known = sorted({*apps, *functions})
            listed = f"; it contains {', '.join(known)}" if known else "; it contains no app"
            raise NoAppFound(f"{path.name} has no {symbol!r}{listed}")
        value = members[symbol]
        if not is_app(value) and not isinstance(value, IsolatedFunction):
            raise NoAppFound(
                f"{symbol!r} in {path.name} is neither a subclass of fal.App nor decorated with @fal.function"
            )
        _check_init(value, App, path)
        return value, symbol
    candidates = _unique(apps) or _unique(functions)
    if not candidates:
        raise NoAppFound(
            f"{path.name} holds no app: no subclass of fal.App is defined in it and nothing is decorated "
            "with @fal.function"
        )
    if len(candidates) > 1:
        refs = "\n".join(f"  '{path.name}::{name}'" for name in candidates)
        raise SeveralAppsFound(f"{path.name} contains {len(candidates)} apps; choose one:\n{refs}")
    [(name, value)] = candidates.items()
    _check_init(value, App, path)
    return value, name


def _unique(candidates: dict[str, Any]) -> dict[str, Any]:
    """Drop second names of one and the same app."""
    seen: dict[int, str] = {}
    for name, value in candidates.items():
        seen.setdefault(id(value), name)
    return {name: candidates[name] for name in seen.values()}


def _check_init(value: Any, base: type, path: Path) -> None:
    if not isinstance(value, type):
        return
    for klass in value.__mro__:
        if klass is base:
            return
        if "__init__" in vars(klass) and issubclass(klass, base):
            raise AppInvalid(
                f"{klass.__name__} in {path.name} overrides __init__, which would run before the runner is ready; "
                "move that code to setup(self)"
            )
