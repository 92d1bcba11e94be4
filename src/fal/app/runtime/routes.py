"""Where functions are reachable."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MARK = "__fal_route__"
MSGPACK = "application/msgpack"
JSON = "application/json"


class _FromAnnotations:
    """Stands for: take the model from the function's type hints."""

    def __repr__(self) -> str:
        return "<from the type hints>"

    def __reduce__(self) -> str:
        return "FROM_ANNOTATIONS"


FROM_ANNOTATIONS: Any = _FromAnnotations()


@dataclass(frozen=True)
class Realtime:
    """How a realtime endpoint talks to its clients."""

    buffering: int | None = None
    session_timeout: float | None = None
    max_batch_size: int = 1
    content_type: str = MSGPACK
    input_model: Any = FROM_ANNOTATIONS
    output_model: Any = FROM_ANNOTATIONS
    encode_message: Callable[[Any], bytes | str] | None = None
    decode_message: Callable[[bytes], Any] | None = None


@dataclass(frozen=True)
class Route:
    """Where a function is reachable."""

    path: str
    is_websocket: bool = False
    realtime: Realtime | None = None


def routes_of(cls: type) -> list[tuple[str, Route]]:
    """Return (method name, route) of every endpoint of a class, sorted by path."""
    routes = [
        (name, route)
        for name in dir(cls)
        if (route := getattr(inspect.getattr_static(cls, name), MARK, None)) is not None
    ]
    return sorted(routes, key=lambda item: (item[1].path, item[0]))
