"""The requests that tests/data/expected_requests.json says the peer sends: whether it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import fal.sdk
from tests.congruence.case import Case

_RECORDED = Path(__file__).parent.parent / "data" / "expected_requests.json"

# What the peer offers in its CLI only; one level below its client it has methods of other names.
_BELOW: dict[str, Callable[..., Any]] = {
    "apps.revisions": lambda connection, *args, **options: connection.list_applications(*args, **options),
    "apps.set_revision": lambda connection, name, revision, auth=None, strategy="rolling", **options: (
        connection.create_alias(name, revision, auth, deployment_strategy=strategy, **options)
    ),
    "apps.delete": lambda connection, *args, **options: connection.delete_alias(*args, **options),
    "apps.delete_revision": lambda connection, *args: connection.delete_application(*args),
}


def recorded() -> Iterator[Case]:
    for entry in json.loads(_RECORDED.read_text(encoding="utf-8")):
        args = [_argument(value) for value in entry["args"]]
        options = {name: _argument(value) for name, value in entry["kwargs"].items()}
        shown = ", ".join(
            [*map(repr, entry["args"]), *(f"{name}={value!r}" for name, value in entry["kwargs"].items())]
        )
        yield Case(
            f"recorded: {entry['call']}({shown})",
            partial(_call, entry["call"], args, options),
            request=(entry["rpc"], entry["request"]),
        )


def _call(name: str, args: list[Any], options: dict[str, Any], client: Any) -> None:
    namespace, _, method = name.partition(".")
    result = getattr(getattr(client, namespace), method, None)
    if result is not None:
        result(*args, **options)
        return
    connect = getattr(fal.sdk, "FalServerlessClient")  # noqa: B009  # of the peer, which no type checker here knows
    with connect(client._grpc_host, client._credentials).connect() as connection:
        _BELOW[name](connection, *args, **options)


def _argument(value: Any) -> Any:
    if isinstance(value, dict) and "$datetime" in value:
        return datetime.fromisoformat(value["$datetime"])
    if isinstance(value, dict) and "$enum" in value:
        enum, _, member = value["$enum"].partition(".")
        return getattr(fal.sdk, enum)[member]
    return value
