"""What the serving runtime itself needs to be installed."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable

# The versions here are those the endpoints were described and packed with.
PINNED = ("fastapi", "pydantic")
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def serving(*, websocket: bool, realtime: bool) -> list[str]:
    """Return the requirements of an app with such endpoints."""
    needed = [f"{name}=={version}" if (version := _installed(name)) else name for name in PINNED]
    needed.append("uvicorn")
    if websocket or realtime:
        needed.append("websockets")
    if realtime:
        needed.append("msgpack")
    return needed


def merge(own: list[str] | list[list[str]], extra: list[str]) -> list[str] | list[list[str]]:
    """Add requirements to the author's, as a layer of their own when those are layered.

    A distribution the author names keeps the author's version.
    """
    layers = [layer for layer in own if isinstance(layer, list)]
    flat = [item for item in own if isinstance(item, str)]
    present = {_name(item) for layer in [flat, *layers] for item in layer}
    added = [item for item in extra if _name(item) not in present]
    if layers:
        return [*layers, added] if added else layers
    return [*flat, *added]


def names(requirements: Iterable[str]) -> set[str]:
    """Return the normal names of the distributions some requirements ask for."""
    return {_name(requirement) for requirement in requirements}


def _installed(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _name(requirement: str) -> str:
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else requirement
