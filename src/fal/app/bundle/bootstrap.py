"""Runs first when a bundle is loaded on a runner; shipped as text, on its own, with nothing but the standard library."""

from __future__ import annotations

import importlib.abc
import importlib.util
import io
import linecache
import operator
import pickle
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_RUNTIME = "fal.app.runtime"  # where it stands on the deploying machine
# Modules that helper modules import for what only matters when deploying, and for decorators.
STAND_INS = ("fal", "fal.api", "fal.app", "fal.container", "fal.realtime", "fal.sdk")

Sources = dict[str, tuple[str, bool, str]]  # module name -> source, is it a package, file name for tracebacks


class SourceFinder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports modules from text in memory."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        if fullname not in self.sources:
            return None
        package, file = self.sources[fullname][1:]
        spec = ModuleSpec(fullname, self, origin=file, is_package=package)
        spec.has_location = True
        return spec

    def get_source(self, fullname: str) -> str:
        return self.sources[fullname][0]

    def is_package(self, fullname: str) -> bool:
        return self.sources[fullname][1]

    def exec_module(self, module: ModuleType) -> None:
        source, _, file = self.sources[module.__name__]
        exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)


class FalFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers `import fal` with the bundle's authoring names; asked last, so an installed fal comes first."""

    def __init__(self, runtime: str, sources: Sources) -> None:
        self.runtime = runtime
        self.sources = sources

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        if fullname in STAND_INS:
            return ModuleSpec(fullname, self, is_package=True)
        if f".{fullname}" in self.sources:
            return ModuleSpec(fullname, self, is_package=self.sources[f".{fullname}"][1])
        if fullname.startswith("fal."):
            raise ModuleNotFoundError(
                f"No module named {fullname!r} on this runner; add the distribution that has it to the app's requirements",
                name=fullname,
            )
        return None

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ not in STAND_INS:
            sys.modules[module.__name__] = importlib.import_module(f"{self.runtime}.{module.__name__}")
            return
        names = importlib.import_module(f"{self.runtime}.names")
        of = names.managing if module.__name__ in ("fal.api", "fal.sdk") else names.__getattribute__
        module.__getattr__ = of  # type: ignore[method-assign]


def load(python: str, runtime: str, sources: Sources, local: Sources, main: tuple[str, str], payload: bytes) -> Any:
    """Install the runtime and the author's modules in memory, and load the app.

    Args:
        python: Version of the Python that made the bundle: "3.11".
        runtime: Name the runtime goes by here, apart from any installed fal.
        sources: Modules of the runtime.
        local: The author's own modules, which win over installed ones of the same name.
        main: File name of the module that the app is defined in, and those of its lines that run here, for tracebacks.
        payload: The app, pickled.
    """
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if here != python:
        raise RuntimeError(
            f"the app was packed with Python {python}, but this runner has Python {here}; "
            f"deploy with Python {here} or set python_version='{python}'"
        )
    if importlib.util.find_spec("cloudpickle") is None:
        raise ModuleNotFoundError("the runner lacks cloudpickle; add it to the app's requirements", name="cloudpickle")
    if runtime not in sys.modules:
        sys.meta_path.insert(0, SourceFinder({f"{runtime}{name}": entry for name, entry in sources.items()}))
        sys.meta_path.append(FalFinder(runtime, sources))
    if local:
        sys.meta_path.insert(0, SourceFinder(local))
    file, text = main
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names, restore = importlib.import_module(f"{runtime}.names"), importlib.import_module(f"{runtime}.restore")

    def below(name: str) -> Any:
        """Return a module below fal that is reached as an attribute: one that travels before an installed one."""
        try:
            if not name.startswith("__"):
                return import_module(f"fal.{name}")
        except ModuleNotFoundError:
            pass
        raise AttributeError(f"module 'fal' has no attribute {name!r} on this runner")

    names.__getattr__ = below  # type: ignore[method-assign]

    def renamed(module: str) -> str:
        if module.startswith(_RUNTIME):
            return runtime + module.removeprefix(_RUNTIME)
        if f".{module}" in sources and module != "fal":
            return f"{runtime}.{module}"
        return names.__name__ if _is_ours(module) else module  # what only matters when deploying has a stand-in there

    def import_module(name: str) -> ModuleType:
        return importlib.import_module(renamed(name))

    class Unpickler(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            if name == "subimport" and module.startswith("cloudpickle"):
                return import_module
            return super().find_class(renamed(module), name)

        def persistent_load(self, place: tuple[str, str]) -> Any:
            return operator.attrgetter(place[1])(import_module(place[0]))

    app = Unpickler(io.BytesIO(payload)).load()
    restore.rebuild_models()
    return app


def _is_ours(module: str) -> bool:
    return module in ("fal", "fal.app") or module.startswith("fal.app.")
