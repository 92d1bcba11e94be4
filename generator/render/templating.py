"""Print templates with jinja2, strictly."""

from __future__ import annotations

import functools
import textwrap
from pathlib import Path
from typing import Any

import jinja2

from generator.output.formatting import LINE

TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def environment(folder: str) -> jinja2.Environment:
    """Return the template environment of one folder below `templates/`, with what is shared; it compiles each once."""
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


def write(env: jinja2.Environment, template: str, target: Path, **context: Any) -> None:
    """Render one template into one file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    text = env.get_template(template).render(context)
    target.write_text(text, encoding="utf-8", newline="\n")


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
