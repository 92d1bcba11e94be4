"""Training with files, and media of every kind that go in and out."""

import dataclasses
import functools
import io
import logging
import threading
import zipfile

from pydantic import BaseModel

import fal
from fal.toolkit import Audio, AudioField, CompressedFile, File, FileField, Video, VideoField

LOCK = threading.Lock()
LOG = logging.getLogger("training")
STEPS = {"quick": 1, "long": 3}


@dataclasses.dataclass
class Progress:
    done: int = 0


@functools.cache
def steps_of(name: str) -> int:
    return STEPS[name]


class Clip(BaseModel):
    video: Video
    audio: Audio | None = None


class Input(BaseModel):
    images_data_url: str = FileField(description="An archive of images.")
    speed: str = "quick"
    clips: list[Clip] = []
    video_url: str | None = VideoField(default=None)
    audio_url: str | None = AudioField(default=None)


class Output(BaseModel):
    weights: File
    archive: CompressedFile
    clips: list[Clip]
    steps: int


class Training(fal.App, name="apps-training"):
    progress = Progress()

    @fal.endpoint("/")
    def train(self, input: Input) -> Output:
        with LOCK:
            for _ in range(steps_of(input.speed)):
                self.progress.done += 1
                LOG.info("step %d", self.progress.done)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(zipfile.ZipInfo("config.json"), "{}")
        return Output(
            weights=File.from_bytes(b"weights", file_name="lora.safetensors", repository="in_memory"),
            archive=CompressedFile.from_bytes(packed.getvalue(), "application/zip", "a.zip", repository="in_memory"),
            clips=input.clips,
            steps=steps_of(input.speed),
        )
