"""What is kept elsewhere: files, private weights, repositories, texts by key, and what a caller that leaves stops."""

import asyncio
import os
from pathlib import Path

from fastapi import Request
from pydantic import BaseModel

import fal
from fal.toolkit import (
    FAL_MODEL_WEIGHTS_DIR,
    DownloadError,
    KVStore,
    clone_repository,
    download_file,
    download_model_weights,
    get_gpu_type,
    synchronized_inductor_cache,
)
from fal.toolkit.utils.endpoint import cancel_on_disconnect


class Input(BaseModel):
    url: str = ""
    key: str = "a"
    value: str | None = None


class Stores(fal.App, name="apps-stores"):
    max_multiplexing = 4

    def setup(self) -> None:
        self.texts = KVStore(f"apps-stores-{os.getpid()}")
        self.stopped = 0

    @fal.endpoint("/files")
    def files(self, input: Input) -> dict:
        folder = Path("kept").absolute()
        path = download_file(input.url, folder)
        again = download_file(input.url, folder)
        return {"name": path.name, "content": path.read_bytes().decode(), "same": path == again}

    @fal.endpoint("/weights")
    def weights(self, input: Input) -> dict:
        headers = {"Authorization": "Bearer hf_token"}
        path = download_model_weights(input.url, request_headers=headers)
        again = download_model_weights(input.url, force=True, request_headers=headers)
        below = path.is_relative_to(FAL_MODEL_WEIGHTS_DIR) or "model_weights" in path.parts
        return {"content": path.read_text(), "same": path == again, "below": below}

    @fal.endpoint("/refused")
    def refused(self, input: Input) -> dict:
        try:
            download_file(input.url, Path("kept").absolute(), filesize_limit=1)
        except DownloadError:
            return {"refused": True}
        return {"refused": False}

    @fal.endpoint("/texts")
    def texts_(self, input: Input) -> dict:
        before = self.texts.get(input.key)
        if input.value is None:
            self.texts.delete(input.key)
        else:
            self.texts.set(input.key, input.value, ttl=60)
        return {"before": before, "after": self.texts.get(input.key)}

    @fal.endpoint("/repository")
    def repository(self, input: Input) -> dict:
        folder = clone_repository(input.url, target_dir=Path("repos").absolute(), include_to_path=True)
        import greeting  # of the repository

        return {"name": folder.name, "said": greeting.TEXT}

    @fal.endpoint("/compiled")
    def compiled(self, input: Input) -> dict:
        os.environ.pop("TORCHINDUCTOR_CACHE_DIR", None)
        try:
            with synchronized_inductor_cache("apps-stores"):
                Path(os.environ["TORCHINDUCTOR_CACHE_DIR"]).mkdir(parents=True, exist_ok=True)
        except OSError:
            return {"gpu": get_gpu_type(), "volume": False}
        return {"gpu": get_gpu_type(), "folder": os.environ["TORCHINDUCTOR_CACHE_DIR"]}

    @fal.endpoint("/slow")
    async def slow(self, request: Request) -> dict:
        try:
            async with cancel_on_disconnect(request):
                await asyncio.sleep(30)
        finally:
            self.stopped += 1
        return {}

    @fal.endpoint("/stopped")
    def count(self) -> dict:
        return {"stopped": self.stopped}
