"""Read the result or the exception of a function without trusting it.

It comes as a pickle, and a pickle is a program. Values of Python's own types are let through; all else is refused by name.
"""

from __future__ import annotations

import builtins
import io
import pickle
from typing import TYPE_CHECKING, Any

from fal.exceptions import DataLoss, UserFunctionException

if TYPE_CHECKING:
    from fal._gen.proto import common_pb2

_VALUES = {
    "builtins": {"bytearray", "complex", "frozenset", "range", "set", "slice"},
    "collections": {"Counter", "OrderedDict", "deque"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "fractions": {"Fraction"},
    "pathlib": {"PosixPath", "PurePosixPath", "PureWindowsPath"},
    "pathlib._local": {"PosixPath", "PurePosixPath", "PureWindowsPath"},
    "uuid": {"UUID"},
}


def returned(value: common_pb2.SerializedObject) -> Any:
    """Return what a function has returned.

    Raises:
        UserFunctionException: It has raised; the cause is what it raised, when that is one of Python's own exceptions.
        DataLoss: It has returned something that cannot be read here.
    """
    if not value.was_it_raised:
        return _read(value.definition)
    try:
        cause = _read(value.definition)
    except DataLoss:
        cause = None
    text = ": ".join(part for part in (value.exception_type_name, value.exception_message) if part)
    error = UserFunctionException(text or "the function failed", traceback=value.stringized_traceback)
    raise error from (cause if isinstance(cause, Exception) else None)


def _read(pickled: bytes) -> Any:
    try:
        return _Unpickler(io.BytesIO(pickled)).load()
    except DataLoss:
        raise
    except Exception as error:  # broken pickles raise nearly anything
        raise DataLoss(f"what the function returned cannot be read: {type(error).__name__}: {error}") from None


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        known = getattr(builtins, global_name, None) if module_name == "builtins" else None
        if isinstance(known, type) and issubclass(known, Exception):
            return known
        if global_name in _VALUES.get(module_name, ()):
            return super().find_class(module_name, global_name)
        raise DataLoss(
            f"the function returned or raised a {module_name}.{global_name}, which cannot be loaded here",
            hint="Return plain data: numbers, text, bytes, lists, dicts; files go through fal.toolkit.File.",
        )
