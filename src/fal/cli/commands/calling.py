"""`fal api`, and the calls of `fal apps`: an app is called, through its queue or at once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from fal.cli._output import Done, Facts, Lines, Output, Text, record
from fal.cli._tree import apps, calling
from fal.exceptions import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal.cli._session import Session

_KEY = re.compile(r"(\w[\w.-]*)((?:\[\w[\w.-]*\])*)")
_PLACES = {"params": "KEY=VALUE"}


def _body(params: Sequence[str]) -> dict[str, Any]:
    """Return the arguments of a call: values are JSON where they can be read so, else texts; a[b]=c is an object in a."""
    found: dict[str, Any] = {}
    for text in params:
        key, equals, value = text.partition("=")
        match = _KEY.fullmatch(key)
        if not equals or match is None:
            raise InvalidInput(f"{text!r} is not of the form KEY=VALUE or KEY[KEY]=VALUE")
        *path, last = [match[1], *re.findall(r"\[([^\]]+)\]", match[2])]
        place = found
        for step in path:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise InvalidInput(f"{text!r}: {step} has a value already")
        try:
            place[last] = json.loads(value)
        except ValueError:
            place[last] = value
    return found


def _shown(result: Any) -> Output:
    return Text("result", json.dumps(result, indent=2, ensure_ascii=False, default=str), {"result": result})


@calling.command(
    "api",
    calls=["apps.subscribe"],
    without=["app", "arguments", "on_queue_update", "with_logs", "environment_name"],
    metavars=_PLACES,
    examples=[
        "fal api fal-ai/flux/dev prompt='a cat' 'image_size[width]=512'",
        "fal api me/my-app name=Ada --json | jq .result",
    ],
)
def api(session: Session, model_id: str, params: Sequence[str] = (), **options: Any) -> Output:
    """Call an app or model through its queue, and print what it answers.

    Args:
        model_id: The app or model, e.g. fal-ai/flux/dev.
        params: Its arguments. A value is parsed as JSON if possible, else taken as text; KEY[KEY]=VALUE makes an object.
    """

    def show_status(status: Any) -> None:
        session.screen.message(f"{type(status).__name__}")

    return _shown(session.client.apps.subscribe(model_id, _body(params), on_queue_update=show_status, **options))


@apps.command("run", calls=["apps.run"], without=["arguments"], metavars=_PLACES)
def run(session: Session, app: str, params: Sequence[str] = (), **options: Any) -> Output:
    """Call an app through its queue, and print the result.

    Args:
        app: The app.
        params: Its arguments, as for `fal api`.
    """
    return _shown(session.client.apps.run(app, _body(params), **options))


@apps.command("stream", calls=["apps.stream"], without=["arguments"], metavars=_PLACES)
def stream(session: Session, app: str, params: Sequence[str] = (), **options: Any) -> Output:
    """Call an endpoint that answers piece by piece, and print each piece as it comes.

    Args:
        app: The app.
        params: Its arguments, as for `fal api`.
    """
    found = ({"event": event} for event in session.client.apps.stream(app, _body(params), **options))
    return Lines(found, lambda each: json.dumps(each["event"], ensure_ascii=False, default=str))


@apps.command("submit", calls=["apps.submit"], without=["arguments"], metavars=_PLACES)
def submit(session: Session, app: str, params: Sequence[str] = (), **options: Any) -> Output:
    """Queue a request to an app, and print its id.

    Args:
        app: The app.
        params: Its arguments, as for `fal api`.
    """
    handle = session.client.apps.submit(app, _body(params), **options)
    return Done(handle.request_id, request_id=handle.request_id, app=app)


@apps.command("status", calls=["apps.status"], metavars={"request_id": "ID"})
def status(session: Session, app: str, request_id: str, **options: Any) -> Output:
    """Show how far a queued request is.

    Args:
        app: The app.
        request_id: The id of the request, as submit prints it.
    """
    found = session.client.apps.status(app, request_id, **options)
    return Facts({"Status": type(found).__name__, **record(found)})


@apps.command("result", calls=["apps.result"], metavars={"request_id": "ID"})
def result(session: Session, app: str, request_id: str, **options: Any) -> Output:
    """Print the result of a request that is completed.

    Args:
        app: The app.
        request_id: The id of the request, as submit prints it.
    """
    return _shown(session.client.apps.result(app, request_id, **options))


@apps.command("cancel", calls=["apps.cancel"], metavars={"request_id": "ID"})
def cancel(session: Session, app: str, request_id: str, **options: Any) -> Output:
    """Cancel a queued request; one that is being answered ends when the app lets it.

    Args:
        app: The app.
        request_id: The id of the request, as submit prints it.
    """
    session.client.apps.cancel(app, request_id, **options)
    return Done(f"Cancelled {request_id}.", request_id=request_id)
