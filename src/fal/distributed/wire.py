"""The messages between runner and workers."""

from __future__ import annotations

import base64
import io
import json
import pickle
from typing import Any

READY, CALL, END = "ready", "call", "end"
RESULT, PIECE, FAILED = "result", "piece", "failed"


def pack(kind: str, content: Any = None) -> bytes:
    """Return a message; tensors go to the CPU, which every process can read."""
    import cloudpickle  # type: ignore[import-untyped]  # it has no annotations

    packed: bytes = cloudpickle.dumps((kind, on_cpu(content)))
    return packed


def unpack(message: bytes) -> tuple[str, Any]:
    """Return kind and content of a message of a process of ours."""
    kind, content = pickle.loads(message)
    return kind, content


def on_cpu(value: Any) -> Any:
    """Return a value with its tensors on the CPU."""
    if type(value).__module__.partition(".")[0] == "torch" and hasattr(value, "detach"):
        return value.detach().cpu()
    if isinstance(value, dict):
        return {name: on_cpu(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(on_cpu(item) for item in value)
    return value


def text_event(value: Any, image_format: str = "jpeg") -> bytes:
    """Return a value as a server-sent event; images become data URIs."""
    return b"data: " + json.dumps(_plain(value, image_format)).encode() + b"\n\n"


def _plain(value: Any, image_format: str) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(item, image_format) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, image_format) for item in value]
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if type(value).__module__.startswith("PIL."):
        content = io.BytesIO()
        value.save(content, format=image_format)
        return f"data:image/{image_format};base64,{base64.b64encode(content.getvalue()).decode()}"
    return value.tolist() if hasattr(value, "tolist") else value
