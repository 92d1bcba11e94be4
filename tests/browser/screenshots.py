"""Take a screenshot of each section of the page: python -m tests.browser.screenshots."""

from __future__ import annotations

import tempfile
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

import fal_emulator
from tests.browser.conftest import APP, ARGUMENTS, chromium

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
PLACES = {
    **{name: f"#/{name}" for name in ("apps", "runners", "deploys", "queue", "logs", "metrics", "files", "settings")},
    "app": "#/app/painter",
    "playground": "#/playground/painter",
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        fal_emulator.start(isolation="inline") as plane,
        plane.client() as client,
    ):
        file = Path(scratch) / "painter.py"
        file.write_text(APP)
        client.secrets.set("API_TOKEN", "hidden")
        client.files.upload(file, "models/painter.py")
        client.deploy(f"{file}::Painter", message="the first paint")
        headers = {"authorization": f"Key {plane.key}"}
        for path in ("/local/painter/", "/local/painter/", "/queue/local/painter/"):
            httpx.post(
                plane.host + path, json={"prompt": "a lighthouse"}, headers=headers, timeout=60
            ).raise_for_status()
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1100, "height": 640})
            page.goto(plane.page_link())
            for name, place in PLACES.items():
                page.evaluate("place => { location.hash = place; }", place)
                page.get_by_text("Loading …").wait_for(state="detached")
                if name == "playground":
                    page.get_by_label("Prompt").fill("a lighthouse")
                    page.get_by_role("button", name="Run").click()
                    page.get_by_text("Status 200").wait_for()
                page.screenshot(path=FOLDER / f"page-{name}.png", full_page=name == "playground")
                print(f"wrote docs/images/page-{name}.png")
            browser.close()


if __name__ == "__main__":
    main()
