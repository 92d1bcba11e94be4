"""How this package is installed: the command that adds an extra, and what must not stand beside it."""

from __future__ import annotations

import functools
from pathlib import Path

DISTRIBUTION = "fal-management-sdk"


def install_command(extra: str = "") -> str:
    """Return the command that installs this package, with an extra, from where it was installed itself.

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
    name = f"{DISTRIBUTION}[{extra}]" if extra else DISTRIBUTION
    address = str(origin.get("url", ""))
    if "dir_info" in origin:
        folder = url2pathname(urlsplit(address).path)
        editable = "-e " if origin["dir_info"].get("editable") else ""
        return f"python -m pip install {editable}'{folder}{name.removeprefix(DISTRIBUTION)}'"
    if "vcs_info" in origin:
        system = origin["vcs_info"]
        address = f"{system.get('vcs')}+{address}@{system.get('commit_id')}"
    return f"python -m pip install '{name} @ {address}'" if address else f"python -m pip install '{name}'"


@functools.cache
def other_fal(folder: Path = Path(__file__).parents[1]) -> str | None:
    """Return the version of the package `fal` of PyPI when it is in the same folder: each overwrites files of the other."""
    beside = next(folder.glob("fal-[0-9]*.dist-info"), None)
    return None if beside is None else beside.name.removeprefix("fal-").removesuffix(".dist-info")
