"""Copy a folder of this machine into the data volume of the account."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from fal.api import SyncServerlessClient
from fal.exceptions import InvalidInput


def sync_dir(local_dir: str | os.PathLike[str], remote_dir: str, force_upload: bool = False) -> str:
    """Upload the files of a folder that the data volume does not have yet, and return the folder there.

    Args:
        local_dir: The folder on this machine.
        remote_dir: The folder below /data.
        force_upload: Whether files that are there with the same size are uploaded anyway.

    Raises:
        InvalidInput: `local_dir` is not a folder, or `remote_dir` is not below /data.
        FalServerlessException: The platform refused, or was not reached.

    Example:
        fal.sync_dir("training-images", "/data/training-images")
    """
    folder, target = Path(local_dir), PurePosixPath(remote_dir)
    if not folder.is_dir():
        raise InvalidInput(f"local_dir: {str(local_dir)!r} is not a folder on this machine")
    if not target.is_relative_to("/data") or ".." in target.parts:
        raise InvalidInput(f"remote_dir: {remote_dir!r} is not below /data; pass for instance '/data/models'")
    with SyncServerlessClient() as client:
        for path in sorted(file for file in folder.rglob("*") if file.is_file()):
            there = target / path.relative_to(folder).as_posix()
            if force_upload or _size(client, there) != path.stat().st_size:
                client.files.upload(path, str(there))
    return str(target)


def _size(client: SyncServerlessClient, path: PurePosixPath) -> int | None:
    """Return the bytes of a file of the volume, None when there is none."""
    sizes = {file.path: file.size for file in client.files.list(str(path.parent))}
    return next((size for name, size in sizes.items() if PurePosixPath(name).name == path.name), None)
