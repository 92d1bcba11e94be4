"""The client against a mock of the platform's document that is not ours, and our control plane behind its checks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import fal_emulator
from fal.api import SyncServerlessClient
from tests.support.platform_calls import OPERATIONS, every_operation
from tests.support.servers import KEY, http_serving

if TYPE_CHECKING:
    from fal_emulator import Plane
    from tests.platform.conftest import Prism

pytestmark = pytest.mark.slow

APP = """
import fal

class Counted(fal.App):
    app_name = "counted"
    keep_alive = 300

    @fal.endpoint("/")
    def say(self) -> dict:
        return {}
"""


def every_method(client: SyncServerlessClient, name: str) -> None:
    """Use the platform API as users do: every answer is read to its end."""
    narrowed: dict[str, Any] = {"since": datetime.now() - timedelta(hours=1)}
    client.apps.details()
    assert client.metrics.text()
    client.runners.history(name, bucket="minute", **narrowed)
    for rows in (
        client.keys.details(),
        client.apps.history(name),
        client.usage.list(bucket="hour", time_zone="Europe/Berlin", **narrowed),
        client.analytics.list(name, bucket="minute", figures=["request_count", "p99_duration"], **narrowed),
        client.events.list(name, categories=["runner_started"], **narrowed),
        client.requests.list(name, status="success", payloads=True, billing=True, **narrowed),
    ):
        rows.to_rows()
    client.usage.summary(**narrowed)
    client.analytics.summary(name, **narrowed)


def test_every_operation_is_what_a_mock_of_the_document_expects(prism: Prism) -> None:
    with (
        prism() as mock,
        SyncServerlessClient(api_key=KEY, host=mock, rest_host=mock, platform_host=f"{mock}/") as client,
    ):
        assert every_operation(client, "me", "app", folder="", address="https://example.com/x") == OPERATIONS
        every_method(client, "app")


@pytest.fixture
def plane(tmp_path: Any) -> Iterator[Plane]:
    (tmp_path / "counted.py").write_text(APP)
    with fal_emulator.start(isolation="inline") as started, started.client() as client:
        client.deploy(f"{tmp_path}/counted.py::Counted", message="the first")
        client.apps.run("counted", {})
        yield started


def test_what_the_control_plane_answers_passes_the_checks_of_the_document(prism: Prism, plane: Plane) -> None:
    key = plane.env()["FAL_KEY"]
    with (
        prism(f"{plane.host}/v1") as checked,
        SyncServerlessClient(api_key=key, host=plane.host, platform_host=f"{checked}/", max_retries=0) as client,
        http_serving(lambda handler: handler.reply(200, b"fetched")) as (port, _),
    ):
        sent = every_operation(client, "local", "counted", folder="", address=f"http://127.0.0.1:{port}/b.txt")
        assert sent == OPERATIONS
        every_method(client, "counted")
