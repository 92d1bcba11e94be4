"""Write a file atomically."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

TEMPORARY = ".new-"


def replace_file(path: Path, content: bytes | None) -> None:
    """Replace the content of a file, or, with None, remove it; a reader sees either the old content or the new."""
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
