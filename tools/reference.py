"""The reference as Markdown: what mkdocstrings shows as HTML, for those who read text."""

from __future__ import annotations

import enum
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from types import ModuleType

from tools.public_api import members, names

_DIRECTIVE = re.compile(r"^::: (\S+)$", re.M)
_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Yields|Example):$", re.M)


class _Written(str):
    """An annotation that a signature shows as it stands in the source, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def rendered(page: str) -> str:
    """Return a page with what each of its directives (`::: a.name`) stands for."""
    return _DIRECTIVE.sub(lambda match: "\n".join(_value(_found(match[1]), "##")).strip(), page)


def _found(name: str) -> object:
    """Return the module, or what a module has, that is called `name`."""
    module, _, last = name.rpartition(".")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return getattr(importlib.import_module(module), last)


def _value(value: object, heading: str) -> Iterator[str]:
    if isinstance(value, ModuleType):
        yield from _documented(value)
        for each in names(value):
            attribute = getattr(value, each)
            # What a module only imports is described where it is defined.
            own = hasattr(value, "__all__") or getattr(attribute, "__module__", "") == value.__name__
            if own and (inspect.isclass(attribute) or inspect.isfunction(attribute)):
                yield from _value(attribute, heading)
    elif inspect.isclass(value):
        yield from _class(value, heading)
    elif inspect.isfunction(value):
        yield from _function(value.__name__, value, heading)


def _class(cls: type, heading: str) -> Iterator[str]:
    yield from (f"{heading} {cls.__name__}", "")
    if issubclass(cls, enum.Enum):
        yield from _documented(cls)
        yield from ("Members: " + ", ".join(f"`{item.name}`" for item in cls) + ".", "")
        return
    if inspect.isfunction(cls.__init__):
        yield from _code(f"{cls.__name__}{_signature(cls)}")
    yield from _documented(cls)
    for name, member in members(cls).items():
        if isinstance(member, property):
            yield from (f"{heading}# {name}", "")
            yield from _documented(member)
        elif inspect.isfunction(member):
            yield from _function(name, member, f"{heading}#")


def _function(name: str, function: Callable[..., object], heading: str) -> Iterator[str]:
    yield from (f"{heading} {name}", "")
    prefix = "async def" if inspect.iscoroutinefunction(function) else "def"
    yield from _code(f"{prefix} {name}{_signature(function)}")
    yield from _documented(function)


def _signature(value: Callable[..., object]) -> str:
    signature = inspect.signature(value)
    said = [each.replace(annotation=_written(each.annotation)) for each in signature.parameters.values()]
    return str(signature.replace(parameters=said, return_annotation=_written(signature.return_annotation)))


def _written(annotation: object) -> object:
    return _Written(annotation) if isinstance(annotation, str) else annotation


def _code(text: str) -> Iterator[str]:
    yield from ("```python", text, "```", "")


def _documented(value: object) -> Iterator[str]:
    """Yield a docstring with its sections as lists, and its example as code."""
    said = inspect.getdoc(value)
    if inspect.isclass(value) and vars(value).get("__doc__") is None:
        said = None  # what Python found is the docstring of a base
    description, *sections = _SECTION.split(said or "")
    if description.strip():
        yield from (description.strip(), "")
    for title, text in zip(sections[::2], sections[1::2], strict=True):
        body = inspect.cleandoc(text)
        if title == "Example":
            yield from _code(body)
            continue
        # A line that is not indented begins an entry.
        entries = [body] if title in ("Returns", "Yields") else re.split(r"\n(?=\S)", body)
        yield from (f"{title}:", "", *(f"- {' '.join(entry.split())}" for entry in entries), "")
