"""The apps of the suite, what is asked of each, and what they answer otherwise on purpose."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIFFERENCES: list[dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("differences.toml").read_text(encoding="utf-8")
)["difference"]


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
class Talk:
    """One websocket.

    Attributes:
        path: Where it goes.
        messages: What is sent, one after the other: text as it is, all else as msgpack.
        answers: How many frames are waited for; all up to the close when left out.
    """

    path: str
    messages: tuple[Any, ...]
    answers: int | None = None

    def __str__(self) -> str:
        return f"TALK {self.path} {list(self.messages)}"


@dataclass(frozen=True)
class App:
    """An app, by its file below samples/ and its name, and the requests to it.

    Attributes:
        file: Its file.
        name: Its name.
        calls: The requests.
        runs: Whether it runs here; else it is only registered.
    """

    file: str
    name: str
    calls: tuple[Call | Talk, ...]
    runs: bool = True


KINDS = (
    "field", "field-paid", "field-half", "field-text", "field-own", "app", "app-own", "cancelled", "cancelled-why",
    "cuda", "gpu", "torch", "cuda-lower", "cuda-other", "cuda-two", "cudnn", "cufft", "triton", "nvml", "http", "value", "none",
)  # fmt: skip
LONG = {"images_data_url": "data:,x", "speed": "long"}
CLIPS = {"images_data_url": "https://a", "clips": [{"video": "https://a/v.mp4", "audio": {"url": "https://a/a.wav"}}]}
A, B, END = {"text": "a"}, {"text": "b"}, {"text": "end"}
HELLO = {"url": "data:text/plain;base64,aGVsbG8="}
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
            Call("/letters", {"text": "abc"}),
            Call("/letters", {"text": "a!c"}),
            Call("/ready", method="GET"),
            Call("/nowhere"),
            Call("/health", method="GET"),
        ),
    ),
    App("served.py", "shouting", (Call(body={"text": "quiet"}), Call(body={"text": 3}), Call(body=None))),
    App(
        "wire.py",
        "apps-wire",
        (
            Talk("/echo", (A, B), answers=2),
            Talk("/echo", ({"text": "break"}, A)),
            Talk("/quiet", (A,)),
            Talk("/quiet", ()),
            Talk("/letters", ({"text": "abc"},)),
            Talk("/letters", ({"text": "a!c"},)),
            Talk("/joined", (A, B, END)),
            Talk("/upper", (A, END)),
            Talk("/upper", (A, B), answers=2),
            Talk("/plain", ({"any": [1, {"x": None}]},), answers=1),
            Talk("/number", (A,)),
            Talk("/echo", ({},), answers=1),
            Talk("/echo", ('{"text":"a"}',), answers=1),
            Talk("/ws", ("one", "two", "end")),
            Talk("/nowhere", ()),
        ),
    ),
    App(
        "stores.py",
        "apps-stores",
        (
            Call("/files", HELLO),
            Call("/weights", HELLO),
            Call("/refused", {"url": "http://127.0.0.1:9/a"}),
            Call("/refused", {"url": "ftp://example.com/a"}),
            Call("/refused", {"url": "nonsense"}),
            Call("/compiled", {}),
            Call("/texts", {"value": "x"}),
        ),
    ),
    App(
        "hooked.py",
        "apps-hooked",
        (
            Call(body={}),
            Call(body={"text": "ABCD", "parts": [{"mode": "slow", "day": "2026-01-02"}]}),
            Call(body={"text": "bad"}),
            Call(body={"text": "A1", "unknown": 1}),
            Call(body={"part": {"mode": "odd"}, "kind": "z"}),
            Call("/inherited"),
            Call("/box", {"item": 3}),
            Call("/box", {"item": "a"}),
            Call("/computed"),
            Call("/wrong"),
            Call("/detail", {}, headers=(("x-mine", "1"),)),
            Call("/detail?number=5", {}),
            Call("/detail?number=a", {}),
            Call("/depends", headers=(("x-token", "t"),)),
            Call("/later"),
            Call("/events", {"text": "abc"}),
            Call("/events", {"text": "az"}),
            Call("/plain"),
            Call("/nothing"),
            Call("/numbers"),
            Call("/two", {"first": {}, "second": {}}),
            Call("/two", {}),
            Call("/maybe"),
            Call("/maybe", {}),
            Call("/any", {"a": 1}),
            Call("/any", [1]),
            Call("/refuse"),
            Call(method="GET"),
            Call("/", {}, method="PUT"),
            Call("/", method="OPTIONS", headers=(("origin", "https://a"), ("access-control-request-method", "POST"))),
            Call("/", {}, headers=(("origin", "https://a"),)),
            Call("/health", method="GET"),
            Call("/docs", method="GET"),
            Call("/redoc", method="GET"),
        ),
    ),
    App(
        "kinds.py",
        "apps-kinds",
        (
            Call(body={}),
            Call(body={"kind": "bold", "mode": 1}),
            Call(body={"kind": "odd"}),
            Call("/marked", {"number": 1}),
            Call("/marked", {"text": "a"}),
            Call("/box", {"content": {"number": 1}, "more": [{"number": 2}]}),
            Call("/box", {"content": {"number": 1}, "more": [{}]}),
            Call("/state"),
        ),
    ),
    App("spread.py", "apps-spread", (Call(body={}), Call(body={"number": "two"}))),
    App("server.py", "own-server", (Call("/add", {"a": 1, "b": 2}), Call("/health", method="GET"), Call("/nowhere"))),
    App("image.py", "apps-contained", (Call(body={}),), runs=False),
)
