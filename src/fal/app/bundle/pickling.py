"""Pickle an author's objects by value, without what must not or cannot travel."""

from __future__ import annotations

import copy
import copyreg
import dataclasses
import enum
import inspect
import io
import logging
import os
import random
import sys
import threading
import typing
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from types import CodeType, FunctionType, ModuleType
from typing import Any

import cloudpickle  # type: ignore[import-untyped]  # it has no annotations
from cloudpickle.cloudpickle import _should_pickle_by_reference  # type: ignore[import-untyped]

from ..authoring.define import KEYWORDS
from ..authoring.image import ContainerImage
from ..errors import AppDefinitionError
from ..runtime.app import App
from ..runtime.restore import (
    fill_object,
    fill_part,
    restore_class,
    restore_enum,
    restore_model,
    restore_part,
    restore_private,
)
from .reducers import reducer_of
from .sharing import Filled, Shared, fillings, shared_of

_FILE_NAME = 10  # the place of co_filename among the arguments of CodeType
_REGISTRY = threading.RLock()  # which modules go by value is a setting of the whole process

# What pydantic makes out of a model's fields: cannot be pickled in general, and is recreated on the runner.
DERIVED = ("__pydantic_core_schema__", "__pydantic_validator__", "__pydantic_serializer__", "__signature__")
# How Python 3.14 makes annotations when somebody asks for them; nobody could on a runner, where the module is not.
LAZY = ("__annotate__", "__annotate_func__", "__annotations_cache__")
# Each process has one of them: plain pickle would make another one, or fail.
SINGLE: dict[ModuleType, tuple[str, ...]] = {
    dataclasses: ("MISSING", "KW_ONLY"),
    os: ("environ", "environb"),  # by value, it would be this machine's, with its secrets
    random: ("_inst",),  # of which `random.choice` and its like are methods: by value, all runners would draw the same
    sys: (
        *("stdout", "stderr", "stdin", "path", "argv", "modules"),
        *("version_info", "flags", "float_info", "int_info", "hash_info", "thread_info"),
    ),
}
# How to deploy: of no use on a runner, and it may hold passwords.
DEPLOYMENT = (KEYWORDS, "host_kwargs", "image", "local_file_path")


@dataclasses.dataclass(frozen=True)
class Pickled:
    """A pickle, and what belongs to it.

    Attributes:
        payload: The pickle.
        referred: Modules of this library that it refers to.
        file: File name of the author's module in it.
        lines: Numbers of the lines of that file whose code is in it.
    """

    payload: bytes
    referred: set[str]
    file: str
    lines: set[int]


def dumps(obj: Any, main: ModuleType, local: Iterable[str] = ()) -> Pickled:
    """Pickle `obj`, and what it refers to in the module `main`, by value.

    Args:
        obj: What to pickle.
        main: The module that does not exist on a runner.
        local: The author's other modules, which are imported there anew when something of them is used.
    """
    with _by_value(main):
        known = frozenset(local)
        stream, pickler = _dumped(obj, main, known, {})
        shared = shared_of(pickler.referred & known)
        met: set[int] | None = None if shared else set()
        while met != pickler.met:  # what is filled in may lead to more
            met = pickler.met
            stream, pickler = _dumped(Filled(obj, fillings(shared, met, main.__name__)), main, known, shared)
    referred = {name for name in pickler.referred if name.startswith("fal.")}
    return Pickled(stream.getvalue(), referred, pickler.shown(pickler.file or "app.py"), pickler.lines)


def _dumped(obj: Any, main: ModuleType, local: frozenset[str], shared: Shared) -> tuple[io.BytesIO, Pickler]:
    stream = io.BytesIO()
    pickler = Pickler(stream, main, local, shared)
    pickler.dump(obj)
    return stream, pickler


@contextmanager
def _by_value(module: ModuleType) -> Iterator[None]:
    with _REGISTRY:
        if module.__name__ == "__main__" or module.__name__ in cloudpickle.list_registry_pickle_by_value():
            yield  # by value already
            return
        cloudpickle.register_pickle_by_value(module)
        try:
            yield
        finally:
            cloudpickle.unregister_pickle_by_value(module)


class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Leaves out deployment settings and machine paths, and makes pydantic models travel."""

    def __init__(self, stream: io.BytesIO, main: ModuleType, local: frozenset[str], shared: Shared) -> None:
        super().__init__(stream, protocol=5)
        self.local = local
        self.shared = shared
        self.met: set[int] = set()  # which of the shared containers it came upon
        self.single = {
            id(vars(module)[name]): (module, name)
            for module, names in SINGLE.items()
            for name in names
            if name in vars(module)
        }
        self.file: str | None = getattr(main, "__file__", None)
        self._folder = Path(self.file).absolute().parent if self.file else None
        self.referred: set[str] = set()
        self.lines: set[int] = set()

    def reducer_override(self, obj: Any) -> Any:
        self._note(obj)
        if isinstance(obj, ContainerImage):
            return type(None), ()
        if id(obj) in self.single:
            return getattr, self.single[id(obj)]
        if isinstance(obj, CodeType):
            if obj.co_filename == self.file:
                self.lines |= {line for _, _, line in obj.co_lines() if line is not None}
            reduced: Any = self.dispatch_table[CodeType](obj)
            rebuild, parts = reduced
            # Tracebacks show it; from 3.1.3 on, cloudpickle would put a word of its own there.
            return rebuild, (*parts[:_FILE_NAME], self.shown(obj.co_filename), *parts[_FILE_NAME + 1 :])
        if isinstance(obj, PurePath) and (path := self._there(str(obj))) != str(obj):
            return type(obj), (path,)
        if isinstance(obj, logging.FileHandler):
            # What it has open stays here; it opens its file when it has something to write.
            named = {"stream": None, "delay": True, "baseFilename": self._there(obj.baseFilename)}
            return copyreg.__newobj__, (type(obj),), {**vars(obj), **named}  # type: ignore[attr-defined]
        if type(obj).__name__ == "PydanticRecursiveRef":
            return typing.cast, (None, _meant(obj))
        if isinstance(obj, FunctionType) and _is_private_to_pydantic(obj):
            return restore_private, (obj.__module__, obj.__name__)
        if type(obj).__module__.startswith(("pydantic.fields", "pydantic._internal.")) and _is_plain(obj):
            return restore_part, (type(obj),), _state(obj), None, None, fill_part
        if isinstance(obj, BaseException) and _is_made_by_python(type(obj)):
            # Its arguments need not be those of its `__init__`.
            return copyreg.__newobj__, (type(obj), *obj.args), vars(obj) or None  # type: ignore[attr-defined]
        reduce = reducer_of(type(obj))
        if reduce is not None:
            return reduce(obj)
        if isinstance(obj, FunctionType):
            _evaluate(obj)
        reduced = super().reducer_override(obj)
        if isinstance(obj, type) and isinstance(reduced, tuple) and vars(obj).get("__pydantic_complete__") is False:
            _complete(obj)
            reduced = super().reducer_override(obj)
        if not isinstance(reduced, tuple):
            return self._unasked(obj) if hasattr(type(obj), "__getattr__") else reduced
        if isinstance(obj, FunctionType):
            return self._function(reduced)
        if isinstance(obj, type):
            return self._class(obj, reduced)
        return reduced

    def persistent_id(self, obj: Any) -> tuple[str, str] | None:
        """Name what is there once on a runner, and a container that modules share: each would have one of its own otherwise."""
        if id(obj) in self.shared:
            self.met.add(id(obj))
            return self.shared[id(obj)][:2]
        if type(obj) in (dict, list) and id(obj) in self.single:  # for which pickle does not ask for a reduction
            module, name = self.single[id(obj)]
            return module.__name__, name
        return None

    def _note(self, obj: Any) -> None:
        """Note the modules that are referred to: those of this library have to travel, too."""
        if isinstance(obj, ModuleType):
            module = obj.__name__
        elif isinstance(obj, (type, FunctionType)):
            module = obj.__module__ or ""  # code that was made by exec may say nothing
        else:
            return
        self.referred.add(module)

    def _unasked(self, obj: Any) -> Any:
        """Fill in an object whose `__getattr__` pickle would ask for `__setstate__` while there is nothing in it yet."""
        if type(obj) in self.dispatch_table or hasattr(type(obj), "__setstate__") or not _is_plain(obj):
            return NotImplemented
        make, arguments, *parts = obj.__reduce_ex__(5)
        state, items, pairs = (*parts, None, None, None)[:3]
        return make, arguments, state, items, pairs, fill_object

    def _function(self, reduced: tuple[Any, ...]) -> tuple[Any, ...]:
        for argument in reduced[1]:
            if isinstance(argument, dict) and isinstance(argument.get("__file__"), str):
                argument["__file__"] = self.shown(argument["__file__"])
        return reduced

    def _class(self, cls: type, reduced: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(reduced) < 6 or not isinstance(reduced[2], tuple):
            return reduced  # by reference
        attributes, slots = dict(reduced[2][0]), reduced[2][1]
        if issubclass(cls, enum.Enum):
            # cloudpickle leaves out aliases
            members = {name: _kept(member.value) for name, member in cls.__members__.items()}
            reduced = (
                reduced[0],
                tuple(members if isinstance(part, dict) else part for part in reduced[1]),
                *reduced[2:],
            )
            for name in members:
                attributes.pop(name, None)
        if hooks := _hooks(cls, self.local):
            reduced = (restore_class, (hooks, *reduced[:2]), *reduced[2:])
        for name in LAZY:
            attributes.pop(name, None)
        annotations = _annotations(cls)
        if annotations:
            attributes["__annotations__"] = annotations
        if any(map(_names_by_text, annotations.values())):
            attributes["__annotations__"] = resolved = _resolved(cls, annotations)
            if "__dataclass_fields__" in attributes:
                fields = attributes["__dataclass_fields__"].items()
                attributes["__dataclass_fields__"] = {name: _typed(item, resolved) for name, item in fields}
        if issubclass(cls, App):
            for name in DEPLOYMENT:
                attributes.pop(name, None)
        if given := _attributes_of_members(cls):
            return (*reduced[:2], (reduced[5], (attributes, slots), given), None, None, restore_enum)
        if "__pydantic_fields__" not in vars(cls):
            return (*reduced[:2], (attributes, slots), *reduced[3:])
        for name in DERIVED:
            attributes.pop(name, None)
        attributes["__pydantic_complete__"] = False
        attributes["__pydantic_parent_namespace__"] = None  # every local variable around the class
        return (*reduced[:2], (attributes, slots), *reduced[3:5], restore_model)

    def _there(self, path: str) -> str:
        """Return where a path is on a runner: the author's folder does not exist there, and it works in the app's files."""
        if self._folder is not None and PurePath(path).is_relative_to(self._folder):
            return PurePath(path).relative_to(self._folder).as_posix()
        return path

    def shown(self, path: str) -> str:
        """Return the name of a file without the folders it is in here."""
        if not PurePath(path).is_absolute():
            return path
        for folder in (self._folder, *sorted(filter(None, sys.path), key=len, reverse=True)):
            if folder is not None and PurePath(path).is_relative_to(folder):
                return PurePath(path).relative_to(folder).as_posix()
        return PurePath(path).name


def _is_private_to_pydantic(function: FunctionType) -> bool:
    """Whether a function of pydantic's modules may be absent from another version."""
    module, name = function.__module__ or "", function.__name__
    return module.startswith("pydantic.") and name[0] == "_" and getattr(sys.modules[module], name, None) is function


def _is_plain(obj: Any) -> bool:
    """Whether an object says nothing itself about how it is pickled."""
    own: Any = type(obj)
    return (
        not isinstance(obj, type | tuple)
        and own.__reduce__ is object.__reduce__
        and own.__reduce_ex__ is object.__reduce_ex__
    )


def _state(obj: Any) -> dict[str, Any]:
    slots = [name for cls in type(obj).__mro__ for name in getattr(cls, "__slots__", ())]
    return {name: getattr(obj, name) for name in (*slots, *getattr(obj, "__dict__", ())) if hasattr(obj, name)}


def _hooks(cls: type, local: frozenset[str]) -> list[tuple[type, str, type | None]]:
    """Return what of the author's own is called when a class is made, and has been: whose it is, its name, who else's to call."""
    kind = type(cls)

    def is_foreign(item: type) -> bool:
        return item.__module__ not in local and bool(_should_pickle_by_reference(item))

    foreign = next(item for item in inspect.getmro(kind) if is_foreign(item))
    places: list[tuple[tuple[type, ...], str, type | None]] = [
        (cls.__mro__[1:], name, None) for name in ("__init_subclass__", "__pydantic_init_subclass__")
    ]
    places += [(inspect.getmro(kind), name, foreign) for name in ("__prepare__", "__new__", "__init__")]
    owners = [
        (next((item for item in mro if name in vars(item)), object), name, instead) for mro, name, instead in places
    ]
    return [place for place in owners if not is_foreign(place[0])]


def _kept(value: Any) -> Any:
    """Mark what would be a method of an enum instead of its member."""
    return enum.member(value) if hasattr(value, "__get__") else value


def _is_made_by_python(kind: type[BaseException]) -> bool:
    """Whether Python code makes an exception, which holds nothing but its arguments and attributes."""
    builtin = next(item for item in kind.__mro__ if item.__module__ == "builtins")
    holds_no_more = builtin.__basicsize__ == BaseException.__basicsize__
    is_plain = kind.__reduce__ is BaseException.__reduce__ and kind.__reduce_ex__ is object.__reduce_ex__
    return isinstance(kind.__init__, FunctionType) and holds_no_more and is_plain


def _attributes_of_members(cls: type) -> dict[str, dict[str, Any]]:
    """Return what the members of an enum were given when they were made, beside their values."""
    if not issubclass(cls, enum.Enum):
        return {}
    of = {member.name: vars(member) for member in cls.__members__.values()}
    own = {
        name: {key: value for key, value in attributes.items() if not (key.startswith("_") and key.endswith("_"))}
        for name, attributes in of.items()
    }
    return {name: attributes for name, attributes in own.items() if attributes}


def _complete(model: type) -> None:
    """Let pydantic look up names that did not exist yet when the model was made."""
    if hasattr(model, "model_rebuild"):
        model.model_rebuild(raise_errors=False)
    else:
        from pydantic.dataclasses import rebuild_dataclass

        rebuild_dataclass(typing.cast(Any, model), raise_errors=False)


def _meant(recursive: Any) -> type:
    """Return the generic model that a reference is to; the reference holds names and addresses of this process."""
    from pydantic import BaseModel

    reference: str = recursive.type_ref
    waiting: list[type] = [BaseModel]
    while waiting:
        model = waiting.pop()
        made_of = vars(model).get("__pydantic_generic_metadata__") or {}
        arguments = [item for item in made_of.get("args", ()) if isinstance(item, type)]
        if f":{id(made_of.get('origin'))}[" in reference and all(str(id(item)) in reference for item in arguments):
            return model
        waiting += model.__subclasses__()
    raise AppDefinitionError(f"a generic model refers to {reference.partition(':')[0]}, which is no longer there")


def _typed(item: dataclasses.Field[Any], annotations: dict[str, Any]) -> dataclasses.Field[Any]:
    item = copy.copy(item)
    item.type = annotations.get(item.name, item.type)
    return item


if sys.version_info >= (3, 14):
    import annotationlib

    def _annotations(item: type | FunctionType) -> dict[str, Any]:
        """Return the annotations that stand in a class or function itself, as text where a name in them does not exist."""
        try:
            return annotationlib.get_annotations(item)
        except Exception:  # whatever the author's expression raises
            return annotationlib.get_annotations(item, format=annotationlib.Format.STRING)
else:

    def _annotations(item: type | FunctionType) -> dict[str, Any]:
        """Return the annotations that stand in a class or function itself."""
        return inspect.get_annotations(item)


def _evaluate(function: FunctionType) -> None:
    """Evaluate a function's annotations: cloudpickle asks for them, and fails when a name exists for type checkers only."""
    if sys.version_info >= (3, 14) and function.__annotate__ is not None:
        function.__annotations__ = _annotations(function)


def _names_by_text(annotation: Any) -> bool:
    """Whether a name in an annotation is a text that has to be evaluated."""
    if isinstance(annotation, (str, typing.ForwardRef)):
        return True
    return typing.get_origin(annotation) is not typing.Literal and any(map(_names_by_text, typing.get_args(annotation)))


def _resolved(cls: type, annotations: dict[str, Any]) -> dict[str, Any]:
    """Evaluate a class's textual annotations while its module exists; those that cannot be stay as they are."""
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except Exception:
        return annotations
    return {name: hints.get(name, annotation) for name, annotation in annotations.items()}
