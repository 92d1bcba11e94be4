"""Draw README's badges from what is so: python -m tools.badges writes docs/images/badges.svg, and a test compares."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "images" / "badges.svg"
_CHARACTER = 6.6  # pixels, of a letter at 11 pixels: the text is fitted to it
_HEIGHT, _MARGIN, _GAP = 20, 7, 6


def core(name: str) -> set[str]:
    """Return a distribution with all that it pulls in without its extras, by their canonical names."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name not in reached:
            reached.add(name)
            # What only an older Python needs is left out, so that the picture is the same on each.
            needs = [
                need
                for need in metadata.requires(name) or []
                if "extra ==" not in need and "python_version" not in need
            ]
            waiting += [re.split(r"[^\w.-]", need, maxsplit=1)[0] for need in needs]
    return reached


def facts() -> list[tuple[str, str]]:
    """Return label and value of each badge."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, tools = pyproject["project"], pyproject["tool"]
    versions = [match[1] for line in project["classifiers"] if (match := re.search(r":: (3\.\d+)$", line))]
    checkers = [
        name for name, strict in (("mypy --strict", tools["mypy"]["strict"]), ("pyright", tools["pyright"])) if strict
    ]
    return [
        ("Python", " | ".join(versions)),
        ("types", ", ".join(checkers)),
        ("core", f"{len(core(project['name']))} distributions"),
        ("licence", project["license"]),
    ]


def picture(badges: list[tuple[str, str]]) -> str:
    """Return the badges side by side, as SVG that loads nothing."""
    parts, left = [], 0.0
    for label, value in badges:
        for text, colour in ((label, "#444"), (value, "#1f6feb")):
            length = len(text) * _CHARACTER
            width = length + 2 * _MARGIN
            parts.append(
                f'<rect x="{left:g}" width="{width:g}" height="{_HEIGHT}" fill="{colour}"/>'
                f'<text x="{left + _MARGIN:g}" y="14" textLength="{length:g}">{text}</text>'
            )
            left = round(left + width, 1)
        left += _GAP
    said = ", ".join(f"{label}: {value}" for label, value in badges)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{left - _GAP:g}" height="{_HEIGHT}" role="img" aria-label="{said}">'
    font = '<g fill="#fff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">'
    return "\n".join([head, font, *parts, "</g>", "</svg>", ""])


def main() -> int:
    """Write the picture; return the exit status."""
    TARGET.write_text(picture(facts()), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
