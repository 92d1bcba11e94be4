"""The apps of the suite, and what is asked of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes:
        path: Where it goes.
        body: Its JSON; None sends none.
        method: How.
        headers: Sent along.
    """

    path: str = "/"
    body: Any = None
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.body}"


@dataclass(frozen=True)
class App:
    """An app, by its file below samples/ and its name, and the requests to it."""

    file: str
    name: str
    calls: tuple[Call, ...]


KINDS = (
    "field", "field-paid", "field-half", "field-text", "app", "cancelled", "cancelled-why", "cuda", "gpu", "torch",
    "cuda-lower", "cuda-other", "cuda-two", "cudnn", "cufft", "triton", "nvml", "http", "value", "none",
)  # fmt: skip
LONG = {"images_data_url": "data:,x", "speed": "long"}
CLIPS = {"images_data_url": "https://a", "clips": [{"video": "https://a/v.mp4", "audio": {"url": "https://a/a.wav"}}]}
APPS = (
    App(
        "images.py",
        "apps-images",
        (
            Call(body={"prompt": "a cat"}),
            Call(body={"prompt": "a cat", "image_size": {"width": 8, "height": 4}, "num_images": 2}),
            Call(body={"prompt": "a cat", "image_size": "landscape_4_3"}),
            Call(body={"prompt": "a dog"}),
            Call(body={"prompt": "a cat", "image_size": "huge"}),
            Call(body={"prompt": "a cat", "image_size": {"width": 0, "height": 4}}),
            Call(body={}),
            Call("/look", {"prompt": "", "source": "https://example.com/a.png"}),
            Call("/look", {"prompt": "", "source": {"url": "https://example.com/a", "content_type": "image/png"}}),
            Call("/look", {"prompt": "", "source": "ftp://example.com/a.png"}),
        ),
    ),
    App(
        "media.py",
        "apps-training",
        (Call(body={"images_data_url": "https://a"}), Call(body=LONG), Call(body=CLIPS), Call(body={"speed": "quick"})),
    ),
    App(
        "errors.py",
        "apps-failing",
        tuple(Call(body={"kind": kind}) for kind in KINDS),
    ),
    App(
        "context.py",
        "apps-context",
        (
            Call(body={"text": "hi"}),
            Call(body={}, headers=(("x-fal-object-lifecycle-preference", '{"expiration_duration_seconds": 5}'),)),
            Call(body={}, headers=(("x-fal-object-lifecycle-preference", "nonsense"),)),
            Call("/folders"),
            Call("/stream", {"text": "abc"}),
            Call("/ready", method="GET"),
            Call("/nowhere"),
            Call("/health", method="GET"),
        ),
    ),
    App("served.py", "shouting", (Call(body={"text": "quiet"}), Call(body={"text": 3}), Call(body=None))),
)
