"""Record a terminal for the documentation: python -m tools.recording writes docs/images/terminal.svg.

The commands really run, on a terminal, against a local control plane. What they write appears in the picture one command after the
other, over and over.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pexpect
from rich.console import Console
from rich.text import Text

import fal_emulator

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "images" / "terminal.svg"
COMMANDS = (
    "fal deploy hello.py::Hello",
    "fal api hello name=you",
    "fal runners list",
    "fal queue size hello",
)
WIDTH = 104  # characters
_PAUSE = 2.0  # seconds between two commands
_REST = 6.0  # seconds that the whole is shown
_LINE_HEIGHT = 24.4  # of what rich draws
# Rich's own form loads its font from elsewhere.
_FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
.{unique_id}-matrix {{ font: 20px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }}
{styles}
@media (prefers-reduced-motion: no-preference) {{
/* steps */
}}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""
_WRITTEN = re.compile(r"\r?\n|\r|\x1b\[[?\d;]*[A-Za-z]|[^\r\n\x1b]+")


def shown(written: str) -> str:
    """Return what is left on the screen of all that a command wrote, with its colours."""
    lines, row = [""], 0
    for part in _WRITTEN.findall(written):
        if part.endswith("\n"):
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif part.endswith("A"):  # up
            row = max(0, row - int(part[2:-1] or 1))
        elif part.endswith("K"):  # clear the line
            lines[row] = ""
        elif part.endswith("m") or part[0] not in "\r\x1b":  # a colour, or text
            lines[row] += part
    return "\n".join(lines).strip("\n")


def record(folder: Path, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each command with what it left on the screen."""
    for command in COMMANDS:
        words = [sys.executable, "-m", *command.split()]
        child = pexpect.spawn(
            words[0],
            words[1:],
            cwd=str(folder),
            env=dict(environ),
            dimensions=(40, WIDTH),
            encoding="utf-8",
            timeout=120,
        )
        child.expect(pexpect.EOF)
        child.close()
        if child.exitstatus != 0:
            raise SystemExit(f"{command}: status {child.exitstatus}\n{child.before}")
        yield command, shown(str(child.before))


def picture(steps: list[tuple[str, str]]) -> str:
    """Return the picture; each step appears when its time has come."""
    first_lines = []
    line = 0
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True, color_system="truecolor")
        for command, said in steps:
            first_lines.append(line)
            console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
            console.print(Text.from_ansi(said))
            console.print()
            line = console.export_text(clear=False).count("\n")
        drawn = console.export_svg(title="", unique_id="terminal", code_format=_FORMAT)
    total = _PAUSE * len(steps) + _REST
    styles = [
        f"@keyframes step{number} {{ 0% {{ opacity: 0 }} {100 * _PAUSE * number / total:.1f}% {{ opacity: 1 }} }}\n"
        f".step{number} {{ animation: step{number} {total}s step-end infinite }}"
        for number in range(1, len(steps))
    ]

    def numbered(match: re.Match[str]) -> str:
        line = round((float(match[2]) - 20) / _LINE_HEIGHT)
        step = max(number for number, first in enumerate(first_lines) if first <= line)
        return f'<text class="{match[1]} step{step}"'

    drawn = re.sub(r'<text class="(terminal-r\d+)"(?=[^>]* y="([\d.]+)")', numbered, drawn)
    return drawn.replace("/* steps */", "\n".join(styles)).replace("\N{NO-BREAK SPACE}", "&#160;")


def main() -> None:
    """Run the commands in a folder of their own, and write the picture."""
    with tempfile.TemporaryDirectory() as scratch, fal_emulator.start(isolation="inline") as plane:
        folder = Path(scratch)
        shutil.copy(ROOT / "examples" / "hello.py", folder)
        own = {name: value for name, value in os.environ.items() if not name.startswith(("FAL_", "ISOLATE_"))}
        screen = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "FAL_URL_OUTPUT": "none"}
        steps = list(record(folder, {**own, **plane.env(), **screen, "HOME": scratch}))
    TARGET.write_text(picture(steps), encoding="utf-8", newline="\n")
    print(TARGET.relative_to(ROOT))


if __name__ == "__main__":
    main()
