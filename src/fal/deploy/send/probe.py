"""Read the result of a metadata probe without trusting it.

The result is a pickle, and a pickle is a program. Only the few instructions that build plain data are let through;
nothing can be imported, called or constructed.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
from typing import Any, NoReturn

from ..errors import UntrustedAnswer

MAX_BYTES = 16 * 1024 * 1024
_MAX_DEPTH = 200
_MAX_ITEMS = 1_000_000

_PLAIN_OPCODES = frozenset(
    """
    PROTO FRAME STOP MARK POP POP_MARK DUP MEMOIZE PUT BINPUT LONG_BINPUT GET BINGET LONG_BINGET
    NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT
    STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8
    BINBYTES SHORT_BINBYTES BINBYTES8
    EMPTY_LIST APPEND APPENDS LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3
    EMPTY_DICT DICT SETITEM SETITEMS
    """.split()  # noqa: SIM905 - a table reads better than 57 literals
)


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> NoReturn:
        raise UntrustedAnswer(f"the app's metadata refers to {module_name}.{global_name}; only plain data is accepted")

    def persistent_load(self, pid: Any) -> NoReturn:  # noqa: ARG002 - the signature is pickle's
        raise UntrustedAnswer("the app's metadata contains a persistent reference; only plain data is accepted")


def plain_data(pickled: bytes) -> Any:
    """Return the plain data (dict, list, str, numbers, bool, None) that a pickle holds.

    Raises:
        UntrustedAnswer: It contains anything else, is not a pickle, or is too large.
    """
    if len(pickled) > MAX_BYTES:
        raise UntrustedAnswer(f"the app's metadata has {len(pickled)} bytes; at most {MAX_BYTES} are read")
    try:
        _check_opcodes(pickled)
        return _Copy().of(_PlainUnpickler(io.BytesIO(pickled)).load(), 0)
    except UntrustedAnswer:
        raise
    except Exception as error:  # broken pickles raise nearly anything
        raise UntrustedAnswer(f"the app's metadata cannot be read: {type(error).__name__}: {error}") from None


def _check_opcodes(pickled: bytes) -> None:
    for count, (opcode, argument, _) in enumerate(pickletools.genops(pickled), 1):
        if opcode.name not in _PLAIN_OPCODES:
            raise UntrustedAnswer(
                f"the app's metadata uses the pickle instruction {opcode.name}; only plain data is accepted. "
                "build_metadata() must return a dict of str, numbers, lists and dicts"
            )
        if "PUT" in opcode.name and int(argument or 0) > count:
            # The memo is an array: a huge index would take all memory.
            raise UntrustedAnswer("the app's metadata is malformed: its memo has gaps")


class _Copy:
    """Copies plain data, counting: a small pickle can refer to one list so often that writing it out never ends."""

    def __init__(self) -> None:
        self.items = 0

    def of(self, value: Any, depth: int) -> Any:
        self.items += 1
        if depth > _MAX_DEPTH or self.items > _MAX_ITEMS:
            raise UntrustedAnswer("the app's metadata is nested too deeply, too large, or contains itself")
        if value is None or isinstance(value, (str, bool, int)):
            return value
        if isinstance(value, float):
            if not math.isfinite(value):
                raise UntrustedAnswer("the app's metadata contains a number that JSON does not have")
            return value
        if isinstance(value, (list, tuple)):
            return [self.of(item, depth + 1) for item in value]
        if isinstance(value, dict):
            bad = next((key for key in value if not isinstance(key, str)), None)
            if bad is not None:
                raise UntrustedAnswer(f"the app's metadata has a key of type {type(bad).__name__}; keys must be str")
            return {key: self.of(item, depth + 1) for key, item in value.items()}
        raise UntrustedAnswer(f"the app's metadata contains a {type(value).__name__}; only JSON types are accepted")
