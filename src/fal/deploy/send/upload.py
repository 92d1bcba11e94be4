"""Store the files of an app: look up which are missing, then upload those in parts, in parallel."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from fal.exceptions import FalServerlessException, UploadFailed

from ..deadline import Deadline
from ..errors import FileError
from ..events import FileUploaded, UploadProgress, UploadStarted
from .background import Cancelled, Work

if TYPE_CHECKING:
    from fal._core.caller import Caller

    from ..package.hashing import HashedFile

PART_BYTES = 10 * 1024 * 1024
FILES_AT_A_TIME = 10
PARTS_AT_A_TIME = 10


class Uploader:
    """Uploads the files that the platform lacks.

    A part that fails is sent again by itself, by the policy of its operation; parts that have arrived are not. A
    deploy that is started again finds the finished files stored and goes on with the rest.
    """

    def __init__(self, caller: Caller, app_name: str, deadline: Deadline, work: Work[Any]) -> None:
        self._caller = caller
        self._app_name = app_name
        self._deadline = deadline
        self._work = work
        self._stopped = threading.Event()  # one file failed: the others need not finish

    def upload(self, files: list[HashedFile]) -> None:
        """Store every file that is not stored yet.

        Raises:
            UploadFailed: The platform refused the call or could not be reached; the error names the file.
            FileError: A file changed after it was hashed.
        """
        from fal._gen import rest

        by_hash = {item.hash: item for item in reversed(files)}
        if not by_hash:
            return
        answer = set(self._send(rest.find_missing_hashes(hashes=sorted(by_hash))))
        missing = [item for item in files if item.hash in answer and by_hash[item.hash] is item]
        total = sum(item.file.size for item in missing)
        self._emit(UploadStarted, count=len(missing), total_size=total, already_stored=len(by_hash) - len(missing))
        if not missing:
            return
        with (
            _pool(min(FILES_AT_A_TIME, len(missing)), "fal-file") as file_pool,
            _pool(PARTS_AT_A_TIME, "fal-part") as part_pool,
        ):
            _first_error([file_pool.submit(self._upload_file, item, part_pool) for item in missing])

    def _check(self) -> None:
        self._work.check()
        if self._stopped.is_set():
            raise Cancelled

    def _upload_file(self, item: HashedFile, pool: ThreadPoolExecutor) -> None:
        try:
            self._check()
            self._store(item, pool)
        except FalServerlessException as error:
            self._stopped.set()
            if isinstance(error, FileError):
                raise
            raise UploadFailed(f"{item.file.relative_path} could not be uploaded: {error.message}") from error
        self._emit(FileUploaded, relative_path=item.file.relative_path, size=item.file.size)

    def _store(self, item: HashedFile, pool: ThreadPoolExecutor) -> None:
        from fal._gen import rest

        metadata = {
            "size": str(item.file.size),
            "mtime": str(item.file.mtime_ns / 1e9),
            "mode": str(item.file.mode),
            "hash": item.hash,
        }
        try:
            upload_id = self._send(rest.initiate_app_file_multipart(file_hash=item.hash, **metadata)).upload_id
        except FalServerlessException as error:
            if _already_there(error):
                return
            raise
        try:
            parts = self._send_parts(item, upload_id, pool)
            _check_unchanged(item)
            done = rest.complete_app_file_multipart(
                file_hash=item.hash, upload_id=upload_id, parts=parts, metadata=metadata
            )
            self._send(done)
        except BaseException as error:
            if isinstance(error, FalServerlessException) and _already_there(error):
                return
            with suppress(Exception):  # the first error is the one that matters
                self._caller.send(rest.cancel_app_file_multipart(file_hash=item.hash, upload_id=upload_id), timeout=5.0)
            raise

    def _send_parts(self, item: HashedFile, upload_id: str, pool: ThreadPoolExecutor) -> list[Any]:
        count = max(1, -(-item.file.size // PART_BYTES))  # an empty file is one empty part
        sent = 0

        def send(number: int) -> Any:
            from fal._gen import rest

            self._check()
            with open(item.file.path, "rb") as source:
                source.seek((number - 1) * PART_BYTES)
                content = source.read(PART_BYTES)
            part = rest.upload_app_file_multipart_part(
                file_hash=item.hash, upload_id=upload_id, part_number=number, file_upload=content
            )
            return self._send(part), len(content)

        futures = [pool.submit(send, number) for number in range(1, count + 1)]
        results = []
        try:
            for future in futures:
                part, size = future.result()
                results.append(part)
                sent += size
                self._emit(UploadProgress, relative_path=item.file.relative_path, sent=sent, size=item.file.size)
        except OSError as error:
            raise FileError(f"{item.file.path} cannot be read: {error.strerror or error}") from None
        finally:
            for future in futures:
                future.cancel()
        return results

    def _send(self, operation: Any) -> Any:
        return self._caller.send(operation, timeout=self._deadline.at_most(operation.policy.deadline))

    def _emit(self, kind: Any, **values: Any) -> None:
        self._work.emit(kind(app_name=self._app_name, **values))


@contextmanager
def _pool(workers: int, name: str) -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(workers, name)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _first_error(futures: list[Future[None]]) -> None:
    """Wait for all; on the first error cancel those that have not begun and raise it."""
    done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
    for future in waiting:
        future.cancel()
    errors = [error for future in done if not future.cancelled() and (error := future.exception())]
    for error in errors:
        if not isinstance(error, Cancelled):
            raise error
    if errors:
        raise errors[0]


def _already_there(error: FalServerlessException) -> bool:
    return error.http_status == 409


def _check_unchanged(item: HashedFile) -> None:
    try:
        now = os.stat(item.file.path)
    except OSError as error:
        raise FileError(f"{item.file.path} cannot be read: {error.strerror}") from None
    if (now.st_size, now.st_mtime_ns) != (item.file.size, item.file.mtime_ns):
        raise FileError(f"{item.file.path} changed while it was uploaded; deploy again when nothing writes to it")
