"""Cloudflare R2."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any

from ..types import FileData, FileRepository, Lifecycle
from .s3 import client_of, put_object


@dataclass
class R2Repository(FileRepository):
    """A bucket of Cloudflare R2; needs boto3 among the app's requirements.

    Args:
        bucket_name: The bucket.
        url_expiration: Seconds that addresses are valid.
        r2_account_json: Account and keys; by default the secret R2_CREDS_JSON.
        key: Where in the bucket.
    """

    bucket_name: str = "fal_file_storage"
    url_expiration: int = 15 * 60
    r2_account_json: str | None = field(default=None, repr=False)
    key: str = ""

    def save(self, data: FileData, *, object_lifecycle_preference: Lifecycle | None = None, **options: Any) -> str:
        """Upload a file and return its address."""
        account = self.r2_account_json or os.getenv("R2_CREDS_JSON")
        if not account:
            raise ValueError("r2_account_json is missing; set the secret R2_CREDS_JSON")
        credentials = json.loads(account)
        client = client_of(
            endpoint_url=f"https://{credentials['ACCOUNT_ID']}.r2.cloudflarestorage.com",
            aws_access_key_id=credentials["ACCESS_KEY_ID"],
            aws_secret_access_key=credentials["SECRET_ACCESS_KEY"],
        )
        return put_object(client, self.bucket_name, self.key, data, self.url_expiration)
