"""Run the examples of a page of the documentation, top to bottom, in one folder and one namespace.

What a fenced block is: ```python runs; with title="NAME" it is written to that file, as is every other titled block; ```console
runs the lines that begin with `$ ` in a shell, each where the one before it left off, with its variables; the lines after a
command, or a ```text block after ```python, are what it prints. `...` stands for anything. ```yaml and ```toml without a title are
parsed. A comment <!--run ... --> runs as Python, unseen. ```sh is what cannot run in a test, as it installs, goes on for ever or
needs an account: it has to be a shell's, and every `fal`, recipe and extra in it has to be there.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fal.api import SyncServerlessClient

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(
    r"^<!--run\n(?P<hidden>.*?)^-->$|^```(?P<language>\w*)(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.S | re.M
)
_TITLE = re.compile(r'title="([^"]+)"')
# Leaves the folder and the variables of a shell for the next one.
_KEEP = '\nstatus=$?; pwd >"$0"; env --null >"$1"; exit $status'


@dataclass(frozen=True)
class Block:
    """One example: where it stands, its language, the file it is written to, and its text."""

    line: int
    language: str
    title: str | None
    text: str


def blocks(page: str) -> list[Block]:
    """Return the examples of a page."""
    collected = []
    for match in BLOCK.finditer(page):
        line = page.count("\n", 0, match.start()) + 1
        if match["hidden"] is not None:
            collected.append(Block(line, "python", None, match["hidden"]))
            continue
        title = _TITLE.search(match["info"])
        collected.append(Block(line, match["language"], title[1] if title else None, match["text"]))
    return collected


def matches(expected: str, said: str) -> bool:
    """Return whether `said` is what is expected, where `...` stands for anything; runs of blanks count as one."""
    wanted, given = (" ".join(text.split()) for text in (expected, said))
    return re.fullmatch(".*?".join(map(re.escape, re.split(r" ?\.\.\. ?", wanted))), given, re.S) is not None


class Page:
    """A page at work."""

    def __init__(self, path: Path, folder: Path, environ: Mapping[str, str]) -> None:
        self._path = path
        self._folder = folder
        self._place = folder
        self._environ = dict(environ)
        self._names: dict[str, Any] = {"__name__": "__main__"}
        self._runner = asyncio.Runner()

    def run(self) -> int:
        """Run every example; return how many ran.

        Raises:
            AssertionError: One fails, or prints something else than the page shows.
        """
        ran = 0
        with self._runner, contextlib.ExitStack() as left:
            left.callback(self._close)
            todo = blocks(self._path.read_text(encoding="utf-8"))
            for block, after in zip(todo, [*todo[1:], None], strict=True):
                place = f"{self._path.name}:{block.line}"
                if block.title is not None:
                    target = self._folder / block.title
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(block.text, encoding="utf-8")
                elif block.language == "python":
                    said = self._python(block, place)
                    if after is not None and after.language == "text":
                        assert matches(after.text, said), f"{place} prints\n{said}\nwhere the page shows\n{after.text}"
                elif block.language == "console":
                    for command, expected in commands(block.text):
                        self._console(command, expected, place)
                elif block.language == "sh":
                    self._check(block.text, place)
                elif block.language == "yaml":
                    assert yaml.safe_load(block.text) is not None, place
                elif block.language == "toml":
                    assert tomllib.loads(block.text), place
                else:
                    assert block.language == "text", f"{place}: {block.language} is not an example that can be run"
                    continue
                ran += 1
        return ran

    def _close(self) -> None:
        """Close the clients that the page left open, as the end of a script would."""
        for value in self._names.values():
            if isinstance(value, SyncServerlessClient):
                value.close()

    def _python(self, block: Block, place: str) -> str:
        source = "\n" * block.line + block.text
        code = compile(source, str(self._path), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                if code.co_flags & inspect.CO_COROUTINE:
                    self._runner.run(eval(code, self._names))
                else:
                    exec(code, self._names)
        except Exception as error:
            raise AssertionError(f"{place}: {type(error).__name__}: {error}") from error
        return printed.getvalue()

    def _console(self, command: str, expected: str, place: str) -> None:
        done, said = self._shell(command)
        assert done == 0, f"{place}: {command}: status {done}\n{said}"
        if expected.strip():
            assert matches(expected, said), f"{place}: {command} prints\n{said}\nwhere the page shows\n{expected}"

    def _shell(self, command: str) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as scratch:
            where, variables = Path(scratch) / "where", Path(scratch) / "variables"
            done = subprocess.run(
                ["bash", "-c", command + _KEEP, str(where), str(variables)],
                cwd=self._place,
                env=self._environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=120,
                check=False,
            )
            if variables.exists():
                self._place = Path(where.read_text().rstrip("\n"))
                self._environ = dict(each.split("=", 1) for each in variables.read_text().split("\0") if each)
        return done.returncode, done.stdout

    def _check(self, text: str, place: str) -> None:
        done = subprocess.run(["bash", "-n", "-c", text], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{place}: {done.stderr}"
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        extras = {
            name for each in re.findall(r"(?:fal-management-sdk|/clone)\[([\w,]+)\]", text) for name in each.split(",")
        }
        assert extras <= set(project["optional-dependencies"]), f"{place}: {extras}"
        recipes = (ROOT / "justfile").read_text(encoding="utf-8")
        for name in re.findall(r"\bjust ([\w-]+)", text):
            assert re.search(rf"^{name}\b", recipes, re.M), f"{place}: just {name}"
        for command in re.findall(r"^fal .*$", text, re.M):
            status, said = self._shell(f"{command} --help")
            assert status == 0, f"{place}: {command}: {said}"


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with what is shown of its output."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, rest = part.partition("\n")
        while command.endswith("\\"):
            more, _, rest = rest.partition("\n")
            command = f"{command[:-1]}{more.strip()}"
        yield command, rest
