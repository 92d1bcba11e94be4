"""The files of the data volume: `client.files`."""

from __future__ import annotations

from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING

from fal._core import arguments
from fal.api import _files as files
from fal.api._namespace import Namespace

if TYPE_CHECKING:
    import os

    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Callable
    from pathlib import Path

    from fal._gen.rest.models import MultipartPart
    from fal.api._files import FileInfo

_CANCEL_TIMEOUT = 5.0  # seconds; cleaning up after a failure is not worth a longer wait


class FilesNamespace(Namespace):
    """List, read and write the files of the account's data volume, which runners see as `/data`.

    Paths are absolute, below `/data`; relative ones are relative to it. No file is ever read into memory as a whole.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        for file in client.files.list("/data/models"):
            print(file.path, file.size, file.updated_at)
    """

    def list(self, path: str = "/data") -> List[FileInfo]:
        """List a folder of the data volume, without the contents of its subfolders.

        Args:
            path: The folder.

        Returns:
            Its files and folders, sorted by path.

        Raises:
            InvalidInput: The path is malformed or lies outside of `/data`. A ValueError.
            NotFound: The platform reports that there is no such folder; otherwise the list is empty.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            total = sum(file.size for file in client.files.list("models") if file.is_file)
        """
        folder = files.folder_path("path", path)
        from fal._gen import rest  # loaded here, as few scripts need the REST operations

        entries = self._send(rest.list_directory(dir=folder))
        return sorted(map(files.listed, entries), key=lambda file: file.path)

    def download(self, path: str, target: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Copy a file of the data volume to this machine.

        It is written beside `target` and renamed when it is complete, so a failure leaves nothing behind. It may take an
        hour, unless the client has a `timeout`.

        Args:
            path: The file.
            target: The local path. If it is an existing folder, the file keeps its name.
            overwrite: Whether to replace an existing file.

        Returns:
            The path of the local file.

        Raises:
            InvalidInput: A path is malformed, `path` lies outside of `/data`, or `target` cannot be written. A ValueError.
            AlreadyExists: The local file exists, and `overwrite` is not set.
            NotFound: There is no such file on the volume.
            FalServerlessException: The platform refused the call, could not be reached, or broke off; or the disk is full.

        Example:
            place = client.files.download("/data/models/base.bin", "base.bin", overwrite=True)
            print(place, place.stat().st_size)
        """
        remote = files.file_path("path", path)
        replace = arguments.flag("overwrite", overwrite)
        from fal._gen import rest

        file = files.Target("target", target, remote.rpartition("/")[2], overwrite=replace)
        try:
            body = closing(self._stream(rest.download_file(file=remote), check=partial(files.check_kind, remote)))
            with body as arriving:
                for piece in arriving:
                    if file.take(piece):
                        self._work(file.write)
            self._work(file.finish)
        finally:
            file.discard()
        return file.path

    def upload(
        self, source: str | os.PathLike[str], path: str, *, on_progress: Callable[[int, int], object] | None = None
    ) -> FileInfo:
        """Copy a local file to the data volume, replacing a file of the same path.

        A file of more than 10 MiB is sent in parts, each of which is sent again by itself when that is needed, and is compared
        with what was stored where the platform tells its MD5. When a part fails for good, the parts that have arrived are
        given up.

        Args:
            source: The local file.
            path: The path on the volume. If it ends in a slash, it is a folder in which the file keeps its name.
            on_progress: Called after each part with the bytes that are stored, and the size of the file in bytes.

        Returns:
            The file on the volume. Its times are None, as the platform does not tell them here.

        Raises:
            InvalidInput: There is no such local file, or it is a folder; `path` is malformed or outside of `/data`. A ValueError.
            Aborted: The local file changed while it was uploaded.
            DataLoss: The stored file differs from the local one.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            from pathlib import Path

            Path("labels.txt").write_text("cat, dog")
            file = client.files.upload("labels.txt", "/data/models/")
            print(file.path)
        """
        files.folder_path("path", path)
        opened = files.Source("source", source)
        try:
            remote = files.placed("path", path, opened.path.name)
            if opened.size > files.PART_BYTES:
                self._send_parts(opened, remote, on_progress)
            else:
                from fal._gen import rest

                content = self._work(opened.read)
                files.check_done(
                    self._send(rest.upload_local_file(target_path=remote, file_upload=content)), f"store {remote}"
                )
                if on_progress is not None:
                    on_progress(opened.size, opened.size)
        finally:
            opened.close()
        return files.FileInfo(remote, remote.rpartition("/")[2], True, opened.size)

    def upload_folder(
        self,
        source: str | os.PathLike[str],
        path: str,
        *,
        on_file: Callable[[FileInfo], object] | None = None,
    ) -> List[FileInfo]:
        """Copy the files of a local folder, its subfolders included, to the data volume, as `upload` does for each.

        Args:
            source: The local folder. Links to files are followed, links to folders are not.
            path: The folder on the volume.
            on_file: Called with each file that has been stored.

        Returns:
            The files on the volume.

        Raises:
            InvalidInput: There is no such local folder, or no file in it; `path` is malformed or outside of `/data`. A ValueError.
            FalServerlessException: As for `upload`. What was stored before stays.

        Example:
            from pathlib import Path

            Path("labels").mkdir()
            Path("labels/cats.txt").write_text("Tom")
            client.files.upload_folder("labels", "/data/models/labels")
        """
        folder = files.folder_path("path", path)
        stored: List[FileInfo] = []
        for local, relative in self._work(files.local_files, "source", source):
            stored.append(self.upload(local, f"{folder}/{relative}"))
            if on_file is not None:
                on_file(stored[-1])
        return stored

    def download_folder(
        self,
        path: str,
        target: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        on_file: Callable[[FileInfo], object] | None = None,
    ) -> List[Path]:
        """Copy the files of a folder of the data volume, its subfolders included, to this machine, as `download` does for each.

        Args:
            path: The folder on the volume.
            target: The local folder; created if it does not exist.
            overwrite: Whether to replace existing files.
            on_file: Called with each file before it is copied.

        Returns:
            The local files.

        Raises:
            InvalidInput: A path is malformed, or `path` lies outside of `/data`. A ValueError.
            NotFound: There is no such folder, or nothing in it.
            FailedPrecondition: `path` is a file.
            AlreadyExists: A local file exists, and `overwrite` is not set.
            FalServerlessException: As for `download`. What was copied before stays.

        Example:
            for place in client.files.download_folder("/data/models", "models", overwrite=True):
                print(place)
        """
        folder = files.folder_path("path", path)
        replace = arguments.flag("overwrite", overwrite)
        inside = self.list(folder)
        files.check_folder(folder, inside)
        seen: set[str] = set()
        written: List[Path] = []
        while inside:
            entry = inside.pop(0)
            files.check_listed(folder, entry.path, seen)
            if not entry.is_file:
                inside = [*self.list(entry.path), *inside]
                continue
            if on_file is not None:
                on_file(entry)
            place = self._work(files.place_below, target, entry.path.removeprefix(f"{folder}/"))
            written.append(self.download(entry.path, place, overwrite=replace))
        return written

    def upload_from_url(self, url: str, path: str) -> None:
        """Let the platform fetch a file into the data volume; its bytes do not pass through this machine.

        Args:
            url: The URL of the file, reachable for the platform. No error shows it, as it may grant access.
            path: The path on the volume.

        Raises:
            InvalidInput: The address or the path is malformed, or the path lies outside of `/data`. A ValueError.
            FalServerlessException: The platform refused the call, could not be reached, or could not fetch the file.

        Example:
            client.files.upload_from_url("https://example.com/base.bin", "/data/models/base.bin")
        """
        place, remote = arguments.url("url", url), files.file_path("path", path)
        from fal._gen import rest

        files.check_done(self._send(rest.upload_from_url(file=remote, url=place)), f"store {remote}")

    def rename(self, path: str, destination: str) -> None:
        """Move a file of the data volume to another path.

        Args:
            path: The file.
            destination: The path on the volume. If it ends in a slash, it is a folder in which the file keeps its name.

        Raises:
            InvalidInput: A path is malformed or lies outside of `/data`. A ValueError.
            NotFound: There is no such file.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.files.rename("/data/models/base.bin", "/data/models/old.bin")
        """
        remote = files.file_path("path", path)
        other = files.placed("destination", destination, remote.rpartition("/")[2])
        from fal._gen import rest

        answer = self._send(rest.rename_file(path=remote, destination=other))
        if answer is None:  # the answer does not say, so look
            folder, _, name = other.rpartition("/")
            answer = any(files.listed(each).name == name for each in self._send(rest.list_directory(dir=folder)))
        files.check_done(answer is not False, f"rename {remote}")

    def delete(self, path: str) -> None:
        """Remove a file from the data volume.

        Args:
            path: The file.

        Raises:
            InvalidInput: The path is malformed or lies outside of `/data`. A ValueError.
            NotFound: There is no such file.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.files.delete("/data/models/old.bin")
        """
        remote = files.file_path("path", path)
        from fal._gen import rest

        files.check_done(self._send(rest.delete_file(file=remote)), f"delete {remote}")

    def _send_parts(self, opened: files.Source, remote: str, on_progress: Callable[[int, int], object] | None) -> None:
        from fal._gen import rest

        upload_id = self._send(rest.initiate_file_multipart(target_path=remote)).upload_id
        try:
            parts: List[MultipartPart] = []
            sent = 0
            while content := self._work(opened.read):
                part = rest.upload_file_multipart_part(
                    target_path=remote, upload_id=upload_id, part_number=len(parts) + 1, file_upload=content
                )
                parts.append(self._send(part))
                sent += len(content)
                if on_progress is not None:
                    on_progress(sent, opened.size)
                del content, part  # before the next one is read
            stored = self._send(rest.complete_file_multipart(target_path=remote, upload_id=upload_id, parts=parts))
        except BaseException:
            with suppress(Exception):  # report the first error, not this one
                cancel = rest.cancel_file_multipart(target_path=remote, upload_id=upload_id)
                self._send(cancel, timeout=_CANCEL_TIMEOUT)
            raise
        opened.compare(stored.etag, remote)
