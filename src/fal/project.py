"""Find the project that a file belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fal.deploy.locate.project import find_project


def find_project_root(srcs: Sequence[str] | None) -> tuple[Path, str]:
    """Return the folder of a project, and how it was recognised.

    Args:
        srcs: Files and folders of the project; the current folder when left out.

    Returns:
        The nearest folder around all of them that holds `.git` or a pyproject.toml with `[tool.fal]`, with ".git directory" or
        "pyproject.toml"; or else the root of the file system, with "file system root".

    Raises:
        ProjectError: A pyproject.toml has mistakes.

    Example:
        root, how = find_project_root(["app.py"])
    """
    places = [Path(src).resolve() for src in srcs or ["."]]
    around = [{*place.parents, *([place] if place.is_dir() else [])} for place in places]
    start = max(set.intersection(*around), key=lambda folder: len(folder.parts))
    project = find_project(start)
    if project is None:
        return Path(start.anchor), "file system root"
    return project.root, ".git directory" if (project.root / ".git").exists() else "pyproject.toml"


def find_pyproject_toml(path_search_start: tuple[str, ...] | None = None) -> str | None:
    """Return the pyproject.toml of a project, None where it has none.

    Args:
        path_search_start: As for `find_project_root`.
    """
    file = find_project_root(path_search_start)[0] / "pyproject.toml"
    return str(file) if file.is_file() else None
