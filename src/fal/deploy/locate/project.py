"""Find a project and read its `[tool.fal]` table. Nothing is remembered between calls."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fal.exceptions import ProjectError

from ..paths import is_folder
from .tables import Problem, check_tool_table
from .tomllines import key_lines

_HAS_TOOL_TABLE = re.compile(r"""^\s*\[+\s*["']?tool["']?\s*\.\s*["']?fal\b""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder and the apps that its pyproject.toml declares."""

    root: Path
    apps: Mapping[str, Mapping[str, Any]]
    lines: Mapping[tuple[str, ...], int]
    text: bytes = b""

    @property
    def file(self) -> Path:
        """The pyproject.toml of the project, which may not exist."""
        return self.root / "pyproject.toml"

    def where(self, app: str) -> str:
        """Say where an app is declared, for an error."""
        line = self.lines.get(("tool", "fal", "apps", app))
        return f"{self.file}:{line}" if line else str(self.file)


def find_project(start: Path) -> Project | None:
    """Return the project nearest to a folder: one that holds .git, or a pyproject.toml with [tool.fal].

    Raises:
        ProjectError: The pyproject.toml has mistakes; all of them are listed.
    """
    folder = start.absolute()
    for candidate in (folder, *folder.parents):
        project = _read(candidate)
        if project is not None:
            return project
        if os.path.exists(candidate / ".git"):
            return Project(candidate, MappingProxyType({}), MappingProxyType({}))
    return None


def open_project(root: Path) -> Project:
    """Return the project in exactly this folder.

    Raises:
        ProjectError: There is no such folder, or its pyproject.toml has mistakes.
    """
    folder = root.parent if root.name == "pyproject.toml" else root
    if not is_folder(folder):
        raise ProjectError(f"root={str(root)!r} is not a folder")
    return _read(folder) or Project(folder, MappingProxyType({}), MappingProxyType({}))


def broken_file(start: Path) -> str | None:
    """Return what is wrong with the nearest pyproject.toml, when it is not TOML: an app may have been meant to be in it."""
    folder = start.absolute()
    for candidate in (folder, *folder.parents):
        file = candidate / "pyproject.toml"
        try:
            tomllib.loads(file.read_bytes().decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            return f"{file} is not valid TOML: {error}"
        except OSError:
            continue
        return None
    return None


def _read(folder: Path) -> Project | None:
    file = folder / "pyproject.toml"
    try:
        raw = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ProjectError(f"{file} cannot be read: {error.strerror or error}") from None
    try:
        text = raw.decode("utf-8-sig")
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # A broken file only concerns us when it seems to be ours.
        if not _HAS_TOOL_TABLE.search(raw.decode("utf-8", "replace")):
            return None
        raise ProjectError(f"{file} is not valid TOML: {error}") from None
    tool = data.get("tool")
    if not isinstance(tool, dict) or "fal" not in tool:
        return None
    table = tool["fal"]
    apps, problems = check_tool_table(table, folder)
    lines = key_lines(text)
    if problems:
        raise ProjectError(_list(file, problems, lines))
    return Project(folder, MappingProxyType(dict(apps)), MappingProxyType(lines), raw)


def _list(file: Path, problems: list[Problem], lines: Mapping[tuple[str, ...], int]) -> str:
    places = sorted(((_line(problem.key, lines), number) for number, problem in enumerate(problems)))
    rows = [f"  line {line}: {_described(problems[n])}" for line, n in places]
    noun = "1 problem" if len(rows) == 1 else f"{len(rows)} problems"
    return "\n".join([f"{file} has {noun}:", *rows])


def _described(problem: Problem) -> str:
    space = "" if problem.text.startswith("[") else " "  # an index belongs to the key
    return f"{_dotted(problem.key)}{space}{problem.text}"


def _line(key: tuple[str, ...], lines: Mapping[tuple[str, ...], int]) -> int:
    while key:
        if key in lines:
            return lines[key]
        key = key[:-1]
    return 1


def _dotted(key: tuple[str, ...]) -> str:
    return ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else repr(part) for part in key)
