"""What the serving runtime itself needs to be installed."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable

from ..errors import AppDefinitionError

# The versions here are those the endpoints were described and packed with.
PINNED = ("fastapi", "pydantic")
_OLD_PYDANTIC = re.compile(r"\s*pydantic\s*(\[.*\])?\s*((==|~=|<=)\s*1(\.|$)|(.*,)?\s*<\s*2\s*(,|;|$))", re.IGNORECASE)
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


# What the released runtime needs, and apps import without naming it: by the name that is imported.
BROUGHT = {
    "httpx": "httpx>=0.20",
    "packaging": "packaging",
    "structlog": "structlog",
    "tomli": "tomli",
    "tomli_w": "tomli-w",
}


def serving(own: Iterable[str], *, websocket: bool, realtime: bool, imports: Iterable[str] = ()) -> list[str]:
    """Return the requirements of an app with such endpoints, beside its own.

    The package `fal` of PyPI allows for some versions of the framework only: with it, the newest that fits is taken.

    Args:
        own: Its own.
        websocket: Whether an endpoint is a websocket.
        realtime: Whether one is a realtime endpoint.
        imports: The modules that its file imports.
    """
    pinned = "fal" not in names(own)
    needed = [f"{name}=={version}" if pinned and (version := _installed(name)) else name for name in PINNED]
    needed.append("uvicorn")
    if websocket or realtime:
        needed.append("websockets")
    if realtime:
        needed.append("msgpack")
    return [*needed, *(BROUGHT[name] for name in sorted(BROUGHT.keys() & set(imports)))]


def check_pydantic(owner: str, own: Iterable[str]) -> None:
    """Refuse a pydantic of another generation than the one that the app's models are made with here.

    Raises:
        AppDefinitionError: The message names both versions.
    """
    for requirement in own:
        if _OLD_PYDANTIC.match(requirement) is None:
            continue
        here = _installed("pydantic")
        if here is not None and not here.startswith("1."):
            raise AppDefinitionError(
                f"{owner}: requirements ask for {requirement.strip()!r}, and this machine packs the app with pydantic "
                f"{here}: models of one do not load with the other; ask for pydantic>=2"
            )


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
    match = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", match[1]).lower() if match else requirement
