"""Print what `fal.apps` does with an app, as JSON: python calling.py APP. Runs with any distribution of `fal`, ours or the peer."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import fal.apps


def observed(call: Callable[[], Any]) -> Any:
    """Return what a call gives, or the status of its error."""
    try:
        return call()
    except Exception as error:
        response = getattr(error, "response", None)
        return {"failed": getattr(error, "http_status", None) or getattr(response, "status_code", None)}


def queued(app: str, arguments: dict[str, Any], path: str) -> list[Any]:
    handle = fal.apps.submit(app, arguments, path=path)
    for _ in handle.iter_events(logs=True):
        pass  # how many there are depends on how long it takes
    again = fal.apps.RequestHandle(app_id=app, request_id=handle.request_id)
    results = [handle.get(), again.fetch_result(), again.get()]
    return [again.app_id == handle.app_id, type(again.status(logs=True)).__name__, *results]


def over_one_websocket(app: str) -> list[Any]:
    with fal.apps.ws(app) as connection:
        for text in ("a", "b"):
            connection.send({"text": text})
        answers = [connection.recv(), connection.recv(), connection.run({"text": "c"})]
        connection.send({})
        parts = [part if isinstance(part, bytes) else part.encode() for part in connection.stream()]
        return [json.loads(answer) for answer in (*answers, b"".join(parts))]


def over_another_endpoint(app: str) -> Any:
    with fal.apps.ws(app, path="/folders") as connection:
        return json.loads(connection.run({}))


def main(app: str) -> None:
    owned = f"local/{app}"
    calls: dict[str, Callable[[], Any]] = {
        "run": lambda: fal.apps.run(owned, {"text": "a"}),
        "run with a path": lambda: fal.apps.run(owned, {}, path="/folders"),
        "run with a bare path": lambda: fal.apps.run(owned, {}, path="folders"),
        "run with a path in the name": lambda: fal.apps.run(f"{owned}/folders", {}),
        "run with what does not fit": lambda: fal.apps.run(owned, {"text": 3}),
        "run where nothing is": lambda: fal.apps.run(owned, {}, path="/nowhere"),
        "run what is not there": lambda: fal.apps.run("local/no-such-app", {}),
        "submit": lambda: queued(owned, {"text": "b"}, ""),
        "submit with a path": lambda: queued(owned, {}, "/folders"),
        "submit with a path in the name": lambda: queued(f"{owned}/folders", {}, ""),
        "stream": lambda: list(fal.apps.stream(owned, {"text": "ab"}, path="/letters")),
        "stream with what does not fit": lambda: list(fal.apps.stream(owned, {"text": 3}, path="/letters")),
        "ws": lambda: over_one_websocket(owned),
        "ws with a path": lambda: over_another_endpoint(owned),
    }
    json.dump({name: observed(call) for name, call in calls.items()}, sys.stdout, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
