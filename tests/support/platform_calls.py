"""Every operation of the platform API, sent once, in an order in which each finds what it needs."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fal._gen import rest
from generator.spec.load import load

if TYPE_CHECKING:
    from fal._gen.method import Operation
    from fal.api import SyncServerlessClient


OPERATIONS = {
    item.name for item in load(Path(__file__).resolve().parents[2]).rest.operations if item.host == "platform"
}


def every_operation(client: SyncServerlessClient, owner: str, name: str, *, folder: str, address: str) -> set[str]:
    """Send every operation, and return their names; an answer that cannot be read is an error.

    Args:
        client: Sends them.
        owner: The account.
        name: An app of it.
        folder: Where files go: "" or the name of a folder and a slash.
        address: Where the platform finds a file.
    """
    sent: set[str] = set()

    def send(operation: Operation[Any]) -> Any:
        sent.add(operation.name)
        return client._caller.send(operation)

    endpoint, now = f"{owner}/{name}", datetime.now(UTC)
    narrowed: dict[str, Any] = {"start": now - timedelta(hours=1), "end": now + timedelta(minutes=1)}
    figures = ["time_series", "summary", "request_count", "p99_duration", "cold_boot_count"]
    for operation in (
        rest.serverless_list_apps(expand="endpoints", search=name),
        rest.serverless_list_app_events(
            owner, name, category=["runner_started", "config_changed"], limit=5, **narrowed
        ),
        rest.serverless_list_app_revisions(owner, name, limit=5),
        rest.serverless_get_runner_history(owner, name, timeframe="minute", aggregation="avg", **narrowed),
        rest.serverless_get_app_queue_info(owner, name),
        rest.serverless_list_requests_by_endpoint(endpoint_id=endpoint, status="success", limit=5, **narrowed),
        rest.serverless_get_analytics(endpoint_id=endpoint, expand=figures, timeframe="minute", **narrowed),
        rest.serverless_get_usage(expand=["time_series", "summary"], timeframe="hour", timezone="Europe/Berlin"),
        rest.serverless_logs_history(app_id=endpoint, limit=5, **narrowed),
    ):
        assert not send(operation).additional_properties, operation.name
    assert isinstance(send(rest.serverless_get_metrics()), str)
    assert send(rest.serverless_upload_local_file(f"{folder}a.txt", file_upload=b"text")) is not None
    assert send(rest.serverless_upload_from_url(f"{folder}b.txt", url=address)) is not None
    assert send(rest.serverless_list_root())
    assert isinstance(send(rest.serverless_list_directory(folder.rstrip("/") or "any")), list)
    assert send(rest.serverless_download_file(f"{folder}a.txt")) is not None
    made = send(rest.create_api_key(alias="checked"))
    assert made.key_secret
    assert not send(rest.list_api_keys(expand="creator_info", limit=5)).additional_properties
    send(rest.delete_api_key(made.key_id, idempotency_key="checked"))
    send(rest.serverless_flush_app_queue(owner, name, idempotency_key="checked"))
    stream = rest.serverless_logs_stream(app_id=endpoint, start=now - timedelta(hours=1), end=now)
    sent.add(stream.name)
    with closing(client._caller.send_stream(stream)) as lines:
        next(lines, None)  # a mock has none
    return sent
