"""How this package is installed: the command that adds an extra, and what must not stand beside it."""

from __future__ import annotations

import functools
from pathlib import Path

DISTRIBUTION = "fal-management-sdk"


def install_command(extra: str) -> str:
    """Return the command that installs an extra, from where this package was installed itself.

    Example:
        >>> install_command("deploy").startswith("python -m pip install ")
        True
    """
    import json
    from importlib import metadata
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        origin = json.loads(metadata.distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError, OSError):
        origin = {}
    source, editable = DISTRIBUTION, ""
    url = urlsplit(str(origin.get("url", "")))
    if url.scheme == "file" and (folder := Path(url2pathname(url.path))).is_dir():
        source = str(folder)
        editable = "-e " if origin.get("dir_info", {}).get("editable") else ""
    return f"python -m pip install {editable}'{source}[{extra}]'"


@functools.cache
def other_fal(folder: Path = Path(__file__).parents[1]) -> str | None:
    """Return the version of the package `fal` of PyPI when it is in the same folder: each overwrites files of the other."""
    beside = next(folder.glob("fal-[0-9]*.dist-info"), None)
    return None if beside is None else beside.name.removeprefix("fal-").removesuffix(".dist-info")
