"""The queue of an app: counted and flushed under the account of the key."""

from __future__ import annotations

from typing import Any

import pytest

from fal import exceptions
from fal.api import QueueInfo, SyncServerlessClient

_USER = {"user_id": "user-1", "nickname": "acme", "full_name": "Acme", "is_locked": False, "is_personal": True}


@pytest.fixture(autouse=True)
def account(wire: Any) -> None:
    wire.documents["/users/current"] = (200, _USER)


@pytest.mark.parametrize(
    ("document", "info"),
    [
        ({"queue_size": 4, "in_progress": 2}, QueueInfo(4, 2)),
        ({"size": 3}, QueueInfo(3)),
        ({"queue_size": 0, "size": 7}, QueueInfo(0)),
        ({"queue_size": 1, "by_user": {"bob": 1}, "new": True}, QueueInfo(1, None, {"bob": 1})),
    ],
)
def test_the_waiting_requests_are_counted(
    client: SyncServerlessClient, wire: Any, document: dict[str, Any], info: QueueInfo
) -> None:
    wire.documents["/applications/acme/my-app/queue"] = (200, document)
    assert client.apps.queue("my-app") == info
    assert wire.calls[-1] == ("/applications/acme/my-app/queue", None)


def test_the_accounts_are_kept_apart_when_asked_for(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/applications/acme/my-app--staging/queue"] = (200, {"size": 1, "by_user": {"bob": 1}})
    result = client.apps.queue("my-app", by_caller=True, environment_name="staging")
    assert result.by_caller == {"bob": 1}
    assert wire.calls[-1][1] == {"by_user": ["true"]}


def test_an_answer_without_a_count_is_not_an_empty_queue(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/applications/acme/my-app/queue"] = (200, {})
    with pytest.raises(exceptions.DataLoss, match="how many"):
        client.apps.queue("my-app")


@pytest.mark.parametrize(("caller", "query"), [(None, None), ("user-2", {"caller_user_id": ["user-2"]})])
def test_a_queue_is_flushed_for_all_or_for_one(
    client: SyncServerlessClient, wire: Any, caller: str | None, query: Any
) -> None:
    wire.documents["/applications/acme/my-app/queue"] = (200, None)
    client.apps.flush_queue("my-app", caller=caller)
    assert wire.calls[-1] == ("/applications/acme/my-app/queue", query)


def test_a_flush_with_a_key_is_one_that_the_platform_knows_again(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/v1/serverless/apps/acme/my-app/queue"] = (204, None)
    client.apps.flush_queue("my-app", idempotency_key="once")
    assert wire.calls[-1][0] == "/v1/serverless/apps/acme/my-app/queue"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"idempotency_key": ""}, "idempotency_key is empty"),
        ({"idempotency_key": "ü"}, "ASCII only"),
        ({"idempotency_key": "a\nb"}, "whitespace"),
        ({"idempotency_key": "once", "caller": "user-2"}, "cannot be combined"),
    ],
)
def test_a_key_that_cannot_be_sent_is_refused(
    client: SyncServerlessClient, wire: Any, options: dict[str, str], named: str
) -> None:
    with pytest.raises(exceptions.InvalidInput, match=named):
        client.apps.flush_queue("my-app", **options)
    assert wire.calls == []


def test_the_queue_of_an_app_that_is_not_there(client: SyncServerlessClient) -> None:
    with pytest.raises(exceptions.NotFound):
        client.apps.queue("missing")
    with pytest.raises(exceptions.NotFound):
        client.apps.flush_queue("missing")


@pytest.mark.parametrize(
    ("options", "named"), [({"app_name": " "}, "app_name"), ({"app_name": "a", "by_caller": 1}, "by_caller")]
)
def test_nothing_is_sent_for_a_bad_argument(
    client: SyncServerlessClient, wire: Any, options: dict[str, Any], named: str
) -> None:
    with pytest.raises(exceptions.FalServerlessException, match=named):
        client.apps.queue(**options)
    with pytest.raises(exceptions.InvalidInput, match="caller"):
        client.apps.flush_queue("my-app", caller="")
    assert wire.calls == []


@pytest.mark.parametrize(
    "account",
    [
        {"user_id": "user-1", "nickname": "acme"},
        {
            **_USER,
            "lock_reason": "A reason of next year.",
            "members": [{"nickname": "bob"}],
            "plan": {"of": "tomorrow"},
        },
    ],
    ids=["no more than it takes", "more than is known"],
)
def test_an_account_of_another_time_is_an_account(
    client: SyncServerlessClient, wire: Any, account: dict[str, Any]
) -> None:
    wire.documents["/users/current"] = (200, account)
    wire.documents["/applications/acme/my-app/queue"] = (200, {"size": 3})
    assert client.apps.queue("my-app") == QueueInfo(3)


def test_a_queue_is_waited_for_until_nothing_is_left(
    client: SyncServerlessClient, wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(client.apps, "_pause", pauses.append)
    sizes = iter([{"queue_size": 2}, {"queue_size": 0, "in_progress": 1}, {"queue_size": 0, "in_progress": 0}])
    wire.documents["/applications/acme/my-app/queue"] = (200, lambda _: next(sizes))
    client.apps.wait_until_drained("my-app")
    assert len(pauses) == 2
    wire.documents["/applications/acme/my-app/queue"] = (200, {"queue_size": 0, "in_progress": 1})
    with pytest.raises(exceptions.DeadlineExceeded, match="1 are being processed"):
        client.apps.wait_until_drained("my-app", timeout=1e-9)
