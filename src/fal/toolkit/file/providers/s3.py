"""Buckets that speak the protocol of Amazon S3."""

from __future__ import annotations

import posixpath
import uuid
from dataclasses import dataclass, field
from typing import Any

from ..types import FileData, FileRepository, Lifecycle


@dataclass
class S3Repository(FileRepository):
    """A bucket of Amazon S3; needs boto3 among the app's requirements.

    Args:
        bucket_name: The bucket.
        url_expiration: Seconds that addresses are valid.
        aws_access_key_id: The key; by default what boto3 finds in the environment.
        aws_secret_access_key: Its secret.
    """

    bucket_name: str = "fal_file_storage"
    url_expiration: int = 15 * 60
    aws_access_key_id: str | None = field(default=None, repr=False)
    aws_secret_access_key: str | None = field(default=None, repr=False)

    def save(
        self,
        data: FileData,
        *,
        object_lifecycle_preference: Lifecycle | None = None,
        key: str | None = None,
        **options: Any,
    ) -> str:
        """Upload a file and return its address.

        Args:
            data: What to upload.
            object_lifecycle_preference: Not known to S3: the bucket has rules of its own.
            key: Where in the bucket; the file is below it.
            options: Not known either.
        """
        client = client_of(aws_access_key_id=self.aws_access_key_id, aws_secret_access_key=self.aws_secret_access_key)
        return put_object(client, self.bucket_name, key or "", data, self.url_expiration)


def put_object(client: Any, bucket: str, folder: str, data: FileData, expiration: int) -> str:
    """Upload a file to a bucket and return an address that is valid for some seconds."""
    key = posixpath.join(folder, f"{uuid.uuid4().hex}_{data.file_name}")
    client.put_object(Bucket=bucket, Key=key, Body=data.data, ContentType=data.content_type)
    url = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=expiration)
    return str(url)


def client_of(**settings: Any) -> Any:
    import boto3

    return boto3.client("s3", **settings)
