"""The platform's storage, and addresses that hold the file itself."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from fal._gen.rest.operations.initiate_multipart_upload import initiate_multipart_upload
from fal._gen.rest.operations.initiate_upload import initiate_upload

from ...exceptions import FileUploadException
from ...rest import put, send
from ..multipart import CHUNK_SIZE, MAX_CONCURRENCY, THRESHOLD, upload_parts
from ..types import FileData, FileRepository, Lifecycle, Reservation


class InMemoryRepository(FileRepository):
    """Puts the file into its address: `data:image/png;base64,...`."""

    def save(self, data: FileData, *, object_lifecycle_preference: Lifecycle | None = None, **options: Any) -> str:
        """Return the data URI of a file; nothing is sent, and nothing expires."""
        return f"data:{data.content_type};base64,{base64.b64encode(data.data).decode()}"


class FalFileRepositoryV3(FileRepository):
    """The platform's storage, which everybody who knows the address can read."""

    storage_type = "fal-cdn-v3"

    def save(
        self,
        data: FileData,
        *,
        multipart: bool | None = None,
        multipart_threshold: int | None = None,
        multipart_chunk_size: int | None = None,
        multipart_max_concurrency: int | None = None,
        object_lifecycle_preference: Lifecycle | None = None,
        **options: Any,
    ) -> str:
        """Upload a file and return its address.

        Args:
            data: What to upload.
            multipart: Whether to send it in parts; by default files above the threshold are.
            multipart_threshold: Bytes.
            multipart_chunk_size: Bytes of a part.
            multipart_max_concurrency: How many parts are sent at the same time.
            object_lifecycle_preference: How long it is kept: {"expiration_duration_seconds": 3600}.
            options: Nothing else is known.

        Raises:
            FileUploadException: The storage refused or could not be reached.
        """
        _refuse(options)
        if _in_parts(len(data.data), multipart, multipart_threshold):
            reserved = self._reserve(data.file_name, data.content_type, object_lifecycle_preference)
            upload_parts(reserved, data.content_type, data.data, multipart_chunk_size, multipart_max_concurrency)
            return str(reserved.file_url)
        operation = initiate_upload(
            file_name=data.file_name,
            content_type=data.content_type,
            storage_type=self.storage_type,
            **_lifecycle_headers(object_lifecycle_preference),
        )
        slot = send(operation)
        put(slot.upload_url, data.data, data.content_type)
        return slot.file_url

    def save_file(
        self,
        file_path: str | Path,
        content_type: str,
        *,
        multipart: bool | None = None,
        multipart_threshold: int | None = None,
        multipart_chunk_size: int | None = None,
        multipart_max_concurrency: int | None = None,
        object_lifecycle_preference: Lifecycle | None = None,
        **options: Any,
    ) -> tuple[str, FileData | None]:
        """Upload a file of this machine; a big one is never in memory as a whole. See `save`."""
        _refuse(options)
        path = Path(file_path)
        if _in_parts(path.stat().st_size, multipart, multipart_threshold):
            reserved = self._reserve(path.name, content_type, object_lifecycle_preference)
            upload_parts(reserved, content_type, path, multipart_chunk_size, multipart_max_concurrency)
            return str(reserved.file_url), None
        data = FileData(path.read_bytes(), content_type, path.name)
        return self.save(data, multipart=False, object_lifecycle_preference=object_lifecycle_preference), data

    def reserve(
        self, file_name: str, content_type: str, *, object_lifecycle_preference: Lifecycle | None = None, **options: Any
    ) -> Reservation:
        """Return the address that a file will have once it is uploaded.

        Args:
            file_name: The end of the address.
            content_type: Media type.
            object_lifecycle_preference: How long it is kept: {"expiration_duration_seconds": 3600}.
            options: Nothing else is known.
        """
        _refuse(options)
        reserved = self._reserve(file_name, content_type, object_lifecycle_preference)
        return Reservation(
            url=reserved.file_url,
            complete=lambda content: upload_parts(reserved, content_type, content, CHUNK_SIZE, MAX_CONCURRENCY),
        )

    def _reserve(self, file_name: str, content_type: str, lifecycle: Lifecycle | None) -> Any:
        operation = initiate_multipart_upload(
            file_name=file_name,
            content_type=content_type,
            storage_type=self.storage_type,
            **_lifecycle_headers(lifecycle),
        )
        return send(operation)


class FalFileRepository(FalFileRepositoryV3):
    """The older of the platform's stores, tried when the newer one fails."""

    storage_type = "gcs"


# Names of older releases.
FalFileRepositoryV2 = FalCDNFileRepository = FalFileRepositoryV3


def _in_parts(size: int, multipart: bool | None, threshold: int | None) -> bool:
    return size > (threshold or THRESHOLD) if multipart is None else multipart


def _lifecycle_headers(lifecycle: Lifecycle | None) -> dict[str, str]:
    if not lifecycle:
        return {}
    text = json.dumps(lifecycle)
    return {"x_fal_object_lifecycle": text, "x_fal_object_lifecycle_preference": text}


def _refuse(options: dict[str, Any]) -> None:
    unknown = [name for name, value in options.items() if value is not None]
    if unknown:
        raise FileUploadException(
            f"save_kwargs: {', '.join(unknown)} is not known to the platform's storage; leave it out"
        )
