"""The data volume of the account, by the method names of fsspec."""

from __future__ import annotations

import os
import posixpath
from typing import Any

from fal.api import FileInfo, SyncServerlessClient

_ROOT = "/data"


class FalFileSystem:
    """Files of the data volume by the methods that fsspec calls so; `client.files` has the same with types and errors of its own.

    Args:
        host: As for `SyncServerlessClient`.
        team: As for `SyncServerlessClient`.
        profile: As for `SyncServerlessClient`.

    Example:
        files = FalFileSystem()
        files.put("weights.bin", "/data/models/weights.bin")
        print(files.ls("/data/models", detail=False))
    """

    protocol = "fal"

    def __init__(self, *, host: str | None = None, team: str | None = None, profile: str | None = None) -> None:
        self._client = SyncServerlessClient(host=host, team=team, profile=profile)

    def ls(self, path: str, detail: bool = True) -> list[Any]:
        """List a folder: dicts with `name`, `size`, `type` and `mtime`, or names only.

        Args:
            path: The folder; a relative one is below /data.
            detail: Whether to return dicts.

        Raises:
            FileNotFoundError: There is no such folder.
        """
        place = _absolute(path)
        if place == "/":
            return [_folder(_ROOT)] if detail else [_ROOT]
        entries = [_entry(file) for file in self._client.files.list(place)]
        if not entries and place != _ROOT:
            self.info(place)
        return entries if detail else [entry["name"] for entry in entries]

    def info(self, path: str) -> dict[str, Any]:
        """Return the dict of one file or folder.

        Raises:
            FileNotFoundError: There is none.
        """
        place = _absolute(path)
        if place in ("/", _ROOT):
            return _folder(place)
        parent = posixpath.dirname(place)
        entry = next((file for file in self._client.files.list(parent) if file.path.rstrip("/") == place), None)
        if entry is None:
            raise FileNotFoundError(f"the data volume has no {place!r}")
        return _entry(entry)

    def exists(self, path: str) -> bool:
        """Whether there is such a file or folder."""
        try:
            self.info(path)
        except FileNotFoundError:
            return False
        return True

    def isdir(self, path: str) -> bool:
        """Whether it is a folder."""
        return self.exists(path) and self.info(path)["type"] == "directory"

    def isfile(self, path: str) -> bool:
        """Whether it is a file."""
        return self.exists(path) and self.info(path)["type"] == "file"

    def get_file(self, rpath: str, lpath: str | os.PathLike[str]) -> None:
        """Download a file; what is at `lpath` is replaced."""
        self._client.files.download(_absolute(rpath), lpath, overwrite=True)

    def put_file(self, lpath: str | os.PathLike[str], rpath: str) -> None:
        """Upload a file; what is at `rpath` is replaced."""
        self._client.files.upload(lpath, _absolute(rpath))

    def put_file_from_url(self, url: str, rpath: str) -> None:
        """Have the platform download a file into the volume."""
        self._client.files.upload_from_url(url, _absolute(rpath))

    def rm(self, path: str) -> None:
        """Delete a file or folder."""
        self._client.files.delete(_absolute(path))

    def rename(self, path: str, destination: str) -> None:
        """Move a file or folder."""
        self._client.files.rename(_absolute(path), _absolute(destination))

    get = get_file
    put = put_file
    mv = rename

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


def _absolute(path: str) -> str:
    place = posixpath.normpath(posixpath.join(_ROOT, path))
    return "/" if place == "//" else place


def _entry(file: FileInfo) -> dict[str, Any]:
    return {
        "name": file.path.rstrip("/"),
        "size": file.size,
        "type": "file" if file.is_file else "directory",
        "mtime": file.updated_at,
    }


def _folder(path: str) -> dict[str, Any]:
    return {"name": path, "size": 0, "type": "directory", "mtime": None}
