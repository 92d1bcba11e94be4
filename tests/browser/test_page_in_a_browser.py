"""The page of the local control plane, used as a person would."""

from __future__ import annotations

import re
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from fal import exceptions

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from fal.api import SyncServerlessClient
    from fal_emulator import Plane

SECTIONS = ["Apps", "Runners", "Deploys", "Queue", "Logs", "Metrics", "Files", "Settings"]
PLACES = [*(f"#/{section.lower()}" for section in SECTIONS), "#/app/painter", "#/playground/painter"]
FRESH = """
import fal

class Fresh(fal.App):
    app_name = "fresh"

    @fal.endpoint("/")
    def run(self) -> dict:
        return {}
"""
pytestmark = pytest.mark.usefixtures("painter")


def go(page: Page, address: str) -> None:
    """Go to a part of the page, and wait until it is drawn."""
    page.evaluate("place => { location.hash = place; }", address)
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_text("Loading …")).to_have_count(0)


def test_the_link_opens_the_page_once_and_leaves_the_address_bar(browser: Browser, plane: Plane) -> None:
    link = plane.page_link()
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="Apps")).to_be_visible()
    assert "token" not in page.url
    other = browser.new_context().new_page()
    other.goto(link)
    expect(other.get_by_text("one-time link")).to_be_visible()
    other.context.close()
    context.close()


def test_every_section_shows_what_there_is(page: Page, painter: Path) -> None:
    assert painter
    for section in SECTIONS:
        page.get_by_role("navigation").get_by_role("link", name=section).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("navigation").get_by_role("link", name=section)).to_have_attribute(
            "aria-current", "page"
        )
    expect(page.get_by_text("API_TOKEN")).to_be_visible()
    assert "canary-value" not in page.content()


def test_a_deploy_appears_by_itself(page: Page, client: SyncServerlessClient, tmp_path: Path) -> None:
    go(page, "#/apps")
    expect(page.get_by_role("rowheader", name="fresh")).to_have_count(0)
    file = tmp_path / "fresh.py"
    file.write_text(FRESH)
    deployed = client.deploy(f"{file}::Fresh", message="a second app")
    expect(page.get_by_role("rowheader", name="fresh")).to_be_visible()
    go(page, "#/deploys")
    page.get_by_role("row", name="fresh").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Deploy of fresh")).to_be_visible()
    expect(page.get_by_text("deployment_ended")).to_be_visible()
    expect(page.get_by_text("a second app")).to_be_visible()
    page.goto(deployed.urls["playground"]["/"])
    expect(page.get_by_role("heading", name="Playground of fresh")).to_be_visible()
    assert deployed.log_url is not None
    page.goto(deployed.log_url)
    expect(page.get_by_role("log")).to_contain_text("Uvicorn running")
    client.apps.delete("fresh")


def test_the_playground_calls_an_endpoint_and_shows_its_picture(page: Page) -> None:
    go(page, "#/playground/painter")
    page.get_by_label("Prompt").fill("a lighthouse")
    page.get_by_label("Colour").select_option(label="green")
    page.get_by_label("Steps").fill("7")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Status 200")).to_be_visible()
    expect(page.locator("#answer img")).to_be_visible()
    expect(page.locator("#answer pre")).to_contain_text('"steps": 7')
    code = page.locator("details").first
    expect(code).to_contain_text("a lighthouse")
    expect(code).to_contain_text("/local/painter")
    code.get_by_role("button", name="Copy").click()
    assert "curl" in page.evaluate("navigator.clipboard.readText()")


def test_what_an_endpoint_refuses_is_shown(page: Page, browser: Browser, plane: Plane) -> None:
    assert page
    context = browser.new_context()  # a status of 500 is an error in the console, as it should be
    broken = context.new_page()
    broken.goto(plane.page_link())
    go(broken, "#/playground/painter?path=/broken")
    broken.get_by_role("button", name="Run").click()
    expect(broken.get_by_text("Status 500")).to_be_visible()
    context.close()


def test_json_that_is_typed_is_sent(page: Page) -> None:
    go(page, "#/playground/painter")
    page.get_by_role("tab", name="JSON").click()
    page.get_by_label("Input as JSON").fill('{"prompt": "typed"')
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("The input is not JSON.")).to_be_visible()
    page.get_by_label("Input as JSON").fill('{"prompt": "typed", "steps": 3}')
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#answer pre")).to_contain_text('"steps": 3')


def test_a_file_is_uploaded_and_sounds_and_films_are_played(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "tone.wav"
    with wave.open(str(file), "wb") as tone:
        tone.setnchannels(1)
        tone.setsampwidth(1)
        tone.setframerate(8000)
        tone.writeframes(bytes(4000))
    go(page, "#/playground/painter?path=/listen")
    page.get_by_label("File for audio_url").set_input_files(file)
    expect(page.get_by_text("The file is uploaded.")).to_be_visible()
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#answer video")).to_be_visible()
    expect(page.locator("#answer audio")).to_have_js_property("duration", 0.5)


def test_named_values_either_or_and_optional_files_have_controls(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "oak.txt"
    file.write_text("oak")
    go(page, "#/playground/painter?path=/frame")
    expect(page.get_by_label("Extent")).to_have_value("1")  # the second of two
    page.get_by_label("Width").fill("wide")
    page.get_by_label("File for backing").set_input_files(file)
    expect(page.get_by_text("The file is uploaded.")).to_be_visible()
    page.get_by_role("button", name="Run").click()
    answer = page.locator("#answer pre")
    expect(answer).to_contain_text('"extent": 2')
    expect(answer).to_contain_text('"width": "wide"')
    expect(answer).to_contain_text("oak.txt")
    expect(answer).to_contain_text("<img src=x")
    expect(page).not_to_have_title("broken")


def test_a_call_that_failed_is_seen_to_have(page: Page, plane: Plane) -> None:
    headers = {"authorization": f"Key {plane.key}"}
    sent = httpx.post(f"{plane.host}/local/painter/broken", headers=headers, timeout=60)
    assert sent.status_code == 500
    go(page, "#/queue")
    row = page.locator("tr", has=page.get_by_text(sent.headers["x-fal-request-id"], exact=True))
    expect(row.locator(".bad")).to_contain_text("COMPLETED")


def test_a_stream_arrives_event_by_event(page: Page) -> None:
    go(page, "#/playground/painter?path=/stream")
    page.get_by_label("Prompt").fill("waves")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#answer pre")).to_have_count(3)
    expect(page.locator("#answer pre").last).to_contain_text('"step": 2')


def test_a_realtime_endpoint_answers_message_by_message(page: Page) -> None:
    go(page, "#/playground/painter?path=/live")
    for word in ("one", "two"):
        page.get_by_label("Prompt").fill(word)
        page.get_by_role("button", name="Send a message").click()
        expect(page.locator("#answer")).to_contain_text(f'"heard": "{word.upper()}"')
    expect(page.locator("#answer")).to_contain_text("Connected.")


def test_log_lines_arrive_while_one_looks(page: Page, plane: Plane, client: SyncServerlessClient) -> None:
    assert client
    go(page, "#/logs?app=painter")
    expect(page.get_by_text("New lines arrive by themselves.")).to_be_visible()
    headers = {"authorization": f"Key {plane.key}"}
    answer = httpx.post(f"{plane.host}/local/painter/", json={"prompt": "fresh snow"}, headers=headers, timeout=60)
    assert answer.status_code == 200
    expect(page.get_by_role("log")).to_contain_text("painting fresh snow in red")
    page.get_by_label("Text").fill("fresh snow")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("log")).to_contain_text("painting fresh snow")
    expect(page.get_by_role("log")).not_to_contain_text("lighthouse")


def test_a_queued_request_is_listed_with_its_result(page: Page, plane: Plane) -> None:
    headers = {"authorization": f"Key {plane.key}"}
    sent = httpx.post(
        f"{plane.host}/queue/local/painter/", json={"prompt": "later"}, headers=headers, timeout=60
    ).json()
    go(page, "#/queue")
    row = page.locator("tr", has=page.get_by_text(sent["request_id"], exact=True))  # whole, to be copied
    expect(row).to_contain_text("COMPLETED")
    row.get_by_role("link").first.click()
    expect(page.locator("dt", has_text="Attempts").locator("xpath=following-sibling::dd[1]")).to_have_text("1")
    expect(page.locator("pre.json")).to_contain_text('"steps": 4')


def running(page: Page) -> Locator:
    """Call an app, so that a runner of it is alive, and return the table of those."""
    go(page, "#/playground/painter")
    page.get_by_label("Prompt").fill("wake up")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Status 200")).to_be_visible()
    go(page, "#/runners")
    return page.get_by_role("region", name="Runners that are alive")


def test_a_runner_is_stopped_by_a_button(page: Page) -> None:
    runner = running(page).locator("tbody tr", has_text="painter").first
    name = runner.get_by_role("rowheader").inner_text()
    runner.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("The runner is stopping.")).to_be_visible()
    ended = page.get_by_role("region", name="Runners that have ended")
    expect(ended.locator("tr", has_text=name)).to_contain_text("TERMINATED")


def test_the_metrics_count_what_was_called(page: Page) -> None:
    go(page, "#/metrics")
    for title in ("Requests per minute", "Runners", "Duration, median"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    label = page.get_by_role("img", name=re.compile("Requests per minute")).get_attribute("aria-label")
    assert label is not None
    assert not label.endswith("at most 0")


# access


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_section_is_accessible(page: Page, scheme: str) -> None:
    """No violation of WCAG 2.1, levels A and AA, as far as axe can tell."""
    # Without motion, so that no color is read on its way to another one.
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    axe = Axe()
    for place in PLACES:
        go(page, place)
        result = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        assert result.violations_count == 0, f"{place}: {result.generate_report()}"


@pytest.mark.parametrize("place", PLACES)
def test_it_fits_a_narrow_window(page: Page, place: str) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    go(page, place)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_it_is_used_by_keyboard(page: Page) -> None:
    go(page, "#/apps")
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.get_by_role("navigation").get_by_role("link", name="Runners").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Runners", level=1)).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "content", "the new section has the focus"


def test_what_is_drawn_again_keeps_focus_and_scrolling(page: Page) -> None:
    """The uptime of a runner changes with every look at it."""
    page.set_viewport_size({"width": 400, "height": 800})
    alive = running(page)
    runner = alive.locator("tbody tr", has_text="painter").first
    name = runner.get_by_role("rowheader").inner_text()
    runner.get_by_role("button", name="Kill").focus()
    alive.evaluate("region => { region.scrollLeft = region.scrollWidth; region.dataset.seen = 'before'; }")
    scrolled = alive.evaluate("region => region.scrollLeft")
    assert scrolled > 0
    expect(alive).not_to_have_attribute("data-seen", "before")
    assert alive.evaluate("region => region.scrollLeft") == scrolled
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Kill runner")
    page.keyboard.press("Enter")
    ended = page.get_by_role("region", name="Runners that have ended")
    expect(ended.locator("tr", has_text=name)).to_be_visible()
    page.wait_for_function("name => document.activeElement.closest('tr')?.cells[0].textContent === name", arg=name)


def test_long_names_and_long_reasons_leave_room_for_the_rest(
    page: Page, client: SyncServerlessClient, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    name = "a-long-name" + "-that-goes-on" * 8
    file = tmp_path / "long.py"
    file.write_text(FRESH.replace('"fresh"', repr(name)))
    client.deploy(f"{file}::Fresh")
    file.write_text(file.read_text() + "\n    def setup(self):\n        raise RuntimeError\n")
    with pytest.raises(exceptions.FailedPrecondition):
        client.deploy(f"{file}::Fresh")
    for place in ("#/apps", "#/runners", "#/deploys", "#/queue"):
        go(page, place)
        region = page.get_by_role("region").first
        assert region.evaluate("region => region.scrollWidth - region.clientWidth") == 0, place
        assert (
            region.evaluate("region => Math.max(...[...region.querySelectorAll('tr')].map(r => r.clientHeight))") < 150
        )
    client.apps.delete(name)
