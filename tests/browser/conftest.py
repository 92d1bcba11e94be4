"""A control plane with something to see, and a real browser that looks at it: Chromium, which the system provides."""

from __future__ import annotations

import importlib.util
import os
import shutil
from typing import TYPE_CHECKING

import pytest

if importlib.util.find_spec("playwright") is None:  # `just browser` installs it
    collect_ignore_glob = ["test_*.py"]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from fal.api import SyncServerlessClient
    from fal_emulator import Plane

APP = """
import base64
import enum
import time
from typing import Literal

import fal
from fal.toolkit import File
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field


class Painting(BaseModel):
    prompt: str = Field(description="What to paint.")
    colour: Literal["red", "green"] = "red"
    steps: int = Field(default=4, ge=1, le=50)
    loud: bool = False


PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108020000009077" "53de0000000c4944415408d763f8cfc00000030101"
        "0018dd8db00000000049454e44ae426082"
    )
).decode()


class Recording(BaseModel):
    audio_url: str


class Extent(enum.IntEnum):
    SMALL = 1
    LARGE = 2


class Frame(BaseModel):
    extent: Extent = Extent.LARGE
    width: int | str | None = None
    backing: File | None = None


class Painter(fal.App):
    app_name = "painter"
    keep_alive = 300

    @fal.endpoint("/")
    def paint(self, input: Painting) -> dict:
        print(f"painting {input.prompt} in {input.colour}")
        return {"image": {"url": f"data:image/png;base64,{PIXEL}", "content_type": "image/png"}, "steps": input.steps}

    @fal.endpoint("/stream")
    def stream(self, input: Painting) -> StreamingResponse:
        def events():
            for step in range(3):
                yield f'data: {{"step": {step}}}\\n\\n'

        return StreamingResponse(events(), media_type="text/event-stream")

    @fal.realtime("/live")
    def live(self, input: Painting) -> dict:
        return {"heard": input.prompt.upper()}

    @fal.endpoint("/listen")
    def listen(self, input: Recording) -> dict:
        return {
            "sound": {"url": input.audio_url, "content_type": "audio/wav"},
            "film": {"url": input.audio_url, "content_type": "video/mp4"},
        }

    @fal.endpoint("/frame")
    def frame(self, input: Frame) -> dict:
        return {**input.model_dump(mode="json"), "note": "<img src=x onerror=document.title='broken'>"}

    @fal.endpoint("/broken")
    def broken(self) -> dict:
        raise RuntimeError("the paint is dry")
"""
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.slow)


def chromium() -> str:
    """Return where the browser is."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        result = shutil.which(name) if name else None
        if result:
            return result
    raise RuntimeError("there is no Chromium: install it (Debian: apt-get install chromium), or name one in CHROMIUM")


@pytest.fixture(scope="module")
def plane(running_plane: Plane) -> Plane:
    running_plane.reset()
    return running_plane


@pytest.fixture(scope="module")
def client(plane: Plane) -> Iterator[SyncServerlessClient]:
    with plane.client() as made:
        made.secrets.set("API_TOKEN", "canary-value")
        yield made


@pytest.fixture(scope="module")
def painter(client: SyncServerlessClient, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the app, which is deployed."""
    file = tmp_path_factory.mktemp("painter") / "painter.py"
    file.write_text(APP)
    client.deploy(f"{file}::Painter", message="the first paint")
    return file


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, plane: Plane) -> Iterator[Page]:
    """The page, opened by its link in a browser of its own; nothing may go wrong in its console."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    problems: list[str] = []
    opened.on(
        "console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None
    )
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.goto(plane.page_link())
    yield opened
    context.close()
    assert problems == []
