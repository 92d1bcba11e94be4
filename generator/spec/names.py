"""Python names for the names of the wire: one rule for both wires."""

from __future__ import annotations

import builtins
import functools
import hashlib
import keyword
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable

_LOWER = r"[^\W\d_A-Z]"  # letters of other alphabets count as lower case
_WORD = re.compile(
    rf"[A-Z]+s(?![a-z0-9])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?{_LOWER}(?:{_LOWER}|\d)*|[A-Z][A-Z0-9]*(?![a-z])|[A-Z]|\d+{_LOWER}*"
)
_SYMBOLS = {
    "+": "plus",
    "-": "minus",
    "<": "lt",
    ">": "gt",
    "=": "eq",
    "*": "star",
    "%": "percent",
    "&": "and",
    "|": "or",
    "@": "at",
    "#": "hash",
    "$": "dollar",
    "!": "not",
    "/": "slash",
    ".": "dot",
    "~": "tilde",
    "[": "of",
    "?": "maybe",
}
_MODULE = 200  # bytes
BUILTINS = frozenset(name for name in dir(builtins) if name.islower() and not name.startswith("_"))


def words(name: str) -> list[str]:
    """Return the words of a name in any usual spelling, as they are written: `ServiceURLs` has `Service` and `URLs`."""
    if re.fullmatch(r"[+-][\d.]+.*", name):
        name = f"{_SYMBOLS[name[0]]} {name[1:]}"
    if not re.search("[A-Z]", name):
        return [part for part in re.split(r"[\W_]+", name) if part]
    return _WORD.findall(name)


@functools.cache  # a document repeats its names
def snake(name: str) -> str:
    """Return the name in snake case; empty when it holds no letter and no digit."""
    return "_".join(words(name)).lower()


@functools.cache
def pascal(name: str) -> str:
    """Return the name of a class: `APIKey` stays, `api_key` becomes `ApiKey`."""
    joined = "".join(word[:1].upper() + word[1:] for word in words(name))
    return joined if joined[:1].isalpha() else f"X{joined}"


def identifier(name: str, taken: Container[str] = (), prefix: str = "field_") -> str:
    """Return the name of a member, a parameter or a function; an underscore stands behind a name that Python keeps."""
    python = snake(name)
    if not python or not python[0].isalpha() or name.startswith("_"):
        python = f"{prefix}{python}".rstrip("_")
    while keyword.iskeyword(python) or python in taken:
        python += "_"
    return python


def module(name: str) -> str:
    """Return the name of a module for what is called so in Python: file systems take no more than 255 bytes."""
    return (
        name if len(name.encode()) <= _MODULE else f"{name.encode()[:_MODULE].decode(errors='ignore')}_{_digits(name)}"
    )


def constant(value: str | int) -> str:
    """Return the name of an enum's member, made of its value alone: another value beside it never renames it."""
    if isinstance(value, int):
        return f"VALUE_{value}" if value >= 0 else f"VALUE_NEGATIVE_{-value}"
    python = snake(value).upper()
    if not python:
        python = spelled(value).upper() or (f"VALUE_{_digits(value).upper()}" if value else "EMPTY")
    python = python if python[0].isalpha() else f"VALUE_{python}"
    return f"{python}_" if keyword.iskeyword(python) or python.lower() in ("mro", "name", "value") else python


def spelled(name: str) -> str:
    """Return the name in snake case with its symbols in words: `X<` becomes `x_lt`."""
    return snake("".join(f" {_SYMBOLS[char]} " if char in _SYMBOLS else char for char in name).strip())


def distinct(names: Iterable[str], make: Callable[[str], str]) -> dict[str, str]:
    """Return name -> a Python name of its own, made by `make`.

    Where several would have one, the name that is spelled most plainly keeps it; another one's symbols become words, and where
    that does not part them, digits do that are made of the name alone.
    """
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(dict.fromkeys(names), key=lambda item: (make(item) != item, len(re.sub(r"\w", "", item)), item)):
        for choice in (make(name), make(spelled(name)), f"{make(name)}_{_digits(name)}"):
            if choice.casefold() not in taken:
                chosen[name] = choice
                taken.add(choice.casefold())
                break
        else:
            raise AssertionError(f"two names are the same: {name!r}")
    return chosen


def constants(values: Iterable[str | int]) -> dict[str | int, str]:
    """Return value -> the name of its member, so that no other value beside it ever takes this name for itself.

    Where several values would have one name, none has it: their symbols become words, or digits part them.
    """
    plain = {value: constant(value) for value in values}
    worded = {
        value: constant(spelled(value) or value) if isinstance(value, str) else name for value, name in plain.items()
    }
    often = Counter(name.casefold() for value in plain for name in {plain[value], worded[value]})
    return {
        value: next(
            (choice for choice in (name, worded[value]) if often[choice.casefold()] == 1),
            f"{name.rstrip('_')}_{_digits(str(value))}",
        )
        for value, name in plain.items()
    }


def _digits(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:6]
