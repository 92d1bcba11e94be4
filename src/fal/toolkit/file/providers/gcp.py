"""Google Cloud Storage."""

from __future__ import annotations

import datetime
import json
import os
import posixpath
import uuid
from dataclasses import dataclass, field
from typing import Any

from ..types import FileData, FileRepository, Lifecycle


@dataclass
class GoogleStorageRepository(FileRepository):
    """A bucket of Google Cloud Storage; needs google-cloud-storage among the app's requirements.

    Args:
        bucket_name: The bucket.
        url_expiration: Minutes that addresses are valid; None makes the files public.
        gcp_account_json: The service account; by default the secret GCLOUD_SA_JSON.
        folder: Where in the bucket.
    """

    bucket_name: str = "fal_file_storage"
    url_expiration: int | None = 15 * 60
    gcp_account_json: str | None = field(default=None, repr=False)
    folder: str = ""

    def save(self, data: FileData, *, object_lifecycle_preference: Lifecycle | None = None, **options: Any) -> str:
        """Upload a file and return its address."""
        from google.cloud.storage import Client
        from google.oauth2.service_account import Credentials

        account = self.gcp_account_json or os.getenv("GCLOUD_SA_JSON")
        if not account:
            raise ValueError("gcp_account_json is missing; set the secret GCLOUD_SA_JSON")
        credentials = Credentials.from_service_account_info(json.loads(account))
        bucket = Client(credentials=credentials, project=credentials.project_id).bucket(self.bucket_name)
        blob = bucket.blob(posixpath.join(self.folder, f"{uuid.uuid4().hex}_{data.file_name}"))
        blob.upload_from_string(data.data, content_type=data.content_type)
        if self.url_expiration is None:
            blob.make_public()
            return str(blob.public_url)
        expires = datetime.timedelta(minutes=self.url_expiration)
        return str(blob.generate_signed_url(version="v4", expiration=expires, method="GET"))
