"""Read the house's docstrings: a summary, then sections."""

from __future__ import annotations

import re
from inspect import cleandoc

_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Yields|Example):$", re.MULTILINE)
_PARAMETER = re.compile(r"^    (\w+): (.*(?:\n(?:     .*)?)*)", re.MULTILINE)


def summary(text: str | None) -> str:
    """Return the first sentence of a docstring, "" when there is none."""
    first = cleandoc(text or "").partition("\n\n")[0].replace("\n", " ")
    return first.partition(". ")[0].removesuffix(".") + "." if first else ""


def description(text: str | None) -> str:
    """Return what stands before the first section, in paragraphs."""
    return _SECTION.split(cleandoc(text or ""))[0].strip()


def parameters(text: str | None) -> dict[str, str]:
    """Return the description of each parameter, on one line."""
    parts = _SECTION.split(cleandoc(text or ""))
    section = dict(zip(parts[1::2], parts[2::2], strict=False)).get("Args", "")
    return {name: " ".join(words.split()) for name, words in _PARAMETER.findall(section.rstrip())}
