"""Print templates with jinja2, strictly."""

from __future__ import annotations

import functools
import textwrap
from pathlib import Path
from typing import Any

import jinja2

from generator.output.formatting import LINE

TEMPLATES = Path(__file__).parent / "templates"


class Templates:
    """The templates of one folder below `templates/`, with what is shared.

    Args:
        folder: Its name.
        header: What every file begins with that is rendered from them.
    """

    def __init__(self, folder: str, header: str) -> None:
        self._environment = _environment(folder)
        self._header = header

    def write(self, template: str, target: Path, **context: Any) -> None:
        """Render one template into one file."""
        target.parent.mkdir(parents=True, exist_ok=True)
        text = self._header + self._environment.get_template(template).render(context)
        target.write_text(text, encoding="utf-8", newline="\n")


@functools.cache
def _environment(folder: str) -> jinja2.Environment:
    """Return the environment of a folder; it compiles each template once."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES / folder, TEMPLATES / "shared"], encoding="utf-8"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Python source, not markup
    )
    env.filters["doc"] = _doc
    env.filters["literal"] = repr
    env.filters["comment"] = lambda text, indent=0: _wrap(text, "# ", indent)
    return env


def _wrap(text: str, prefix: str, indent: int) -> str:
    lines = textwrap.wrap(text, LINE - indent - len(prefix))
    return ("\n" + " " * indent).join(prefix + line for line in lines)


def _doc(text: str, indent: int = 4) -> str:
    """Return `text` as the inside of a docstring, wrapped."""
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    lines = textwrap.wrap(safe, LINE - indent - 6) or [""]
    if len(lines) == 1:
        # A quote at the end would run into the closing quotes.
        return lines[0] + (" " if lines[0].endswith('"') else "")
    return ("\n" + " " * indent).join(lines) + "\n" + " " * indent
