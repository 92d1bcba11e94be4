"""Upload a file in parts, several at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..rest import post, put

THRESHOLD = 100 * 1024 * 1024
CHUNK_SIZE = 10 * 1024 * 1024
MAX_CONCURRENCY = 10


def upload_parts(
    reserved: Any,
    content_type: str,
    content: bytes | Path,
    chunk_size: int | None = None,
    max_concurrency: int | None = None,
) -> None:
    """Send the parts of a file to a reserved address, and complete it.

    Args:
        reserved: What the storage answered; its `upload_url` takes the parts.
        content_type: Media type.
        content: Bytes, or a file of this machine.
        chunk_size: Bytes of a part.
        max_concurrency: How many parts are sent at the same time; so many are in memory.
    """
    address, _, query = reserved.upload_url.partition("?")

    def of(tail: str) -> str:
        return f"{address}/{tail}" + (f"?{query}" if query else "")

    def one(numbered: tuple[int, bytes]) -> dict[str, Any]:
        number, part = numbered
        headers = put(of(str(number)), part, content_type)
        return {"partNumber": number, "etag": headers.get("etag", "")}

    at_once = max_concurrency or MAX_CONCURRENCY
    parts: list[dict[str, Any]] = []
    waiting: list[tuple[int, bytes]] = []
    with ThreadPoolExecutor(at_once) as pool:
        for numbered in enumerate(_chunks(content, chunk_size or CHUNK_SIZE), start=1):
            waiting.append(numbered)
            if len(waiting) == at_once:
                parts += pool.map(one, waiting)
                waiting = []
        parts += pool.map(one, waiting)
    post(of("complete"), json.dumps({"parts": parts}).encode())


def _chunks(content: bytes | Path, size: int) -> Iterator[bytes]:
    if isinstance(content, bytes):
        for start in range(0, len(content) or 1, size):  # an empty file has one part, too
            yield content[start : start + size]
        return
    with content.open("rb") as file:
        yield file.read(size)
        while chunk := file.read(size):
            yield chunk
