"""`fal api`, and the calls of `fal apps`: an app is called, through its queue or at once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from fal.cli._output import Done, Facts, Lines, Output, Text, record
from fal.cli._screen import as_json
from fal.cli._tree import apps, calling
from fal.exceptions import FalServerlessException, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal.api._app_requests import Status
    from fal.cli._screen import Screen
    from fal.cli._session import Session

_KEY = re.compile(r"((?:[^\[\]\\]|\\.)+)((?:\[(?:[^\[\]\\]|\\.)*\])*)")
_STEP = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]")
_PLACES = {"params": "KEY=VALUE"}
_MOST = 10_000  # items of a list that a command line may number


def _body(params: Sequence[str]) -> dict[str, Any]:
    """Return the arguments of a call: KEY=TEXT, or KEY:=JSON; a[b] is a member of a, a[] one more item of a, a[0] its first."""
    body: dict[str, Any] = {}
    for text in params:
        key, equals, value = text.partition("=")
        typed = key.endswith(":")
        match = _KEY.fullmatch(key.removesuffix(":"))
        if not equals or match is None:
            raise InvalidInput(f"{text!r} is not of the form KEY=TEXT, KEY:=JSON or KEY[KEY]=TEXT")
        try:
            read = json.loads(value) if typed else value
        except ValueError:
            raise InvalidInput(f"{text!r}: {value!r} is not JSON; for a text, write KEY=TEXT") from None
        first, *more = (re.sub(r"\\(.)", r"\1", step) for step in (match[1], *_STEP.findall(match[2])))
        _put(body, [first, *(int(step) if step.isdecimal() else step for step in more)], read, text)
    return body


def _put(place: Any, steps: Sequence[str | int], value: Any, text: str) -> None:
    """Put a value where the steps lead: a text is the key of an object, a number or "" an item of a list."""
    step, *rest = steps
    at: Any = step
    if isinstance(place, list):
        at = len(place) if step == "" else step
        if not isinstance(at, int) or at >= _MOST:
            raise InvalidInput(f"{text!r}: {step!r} is not the number of an item")
        place.extend([None] * (at + 1 - len(place)))
        known = place[at]
    else:
        known = place.get(at)
    if rest:
        kind = list if rest[0] == "" or isinstance(rest[0], int) else dict
        inner = kind() if known is None else known
        if type(inner) is not kind:
            raise InvalidInput(f"{text!r}: {step!r} has a value of another kind already")
        _put(inner, rest, value, text)
        value = inner
    place[at] = value


def _shown(result: Any) -> Output:
    return Text("result", as_json(result, indent=2), {"result": result})


def _named(status: Status) -> str:
    position = getattr(status, "position", None)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(status).__name__).capitalize()
    return words if position is None else f"{words}, {position} before it"


class _Progress:
    """Tells how far a request is, and what the app prints, as both become known."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._status = ""
        self._lines: set[tuple[object, object]] = set()

    def take(self, status: Status) -> None:
        text = _named(status)
        if text != self._status:
            self._screen.message(text)
            self._status = text
        for entry in getattr(status, "logs", None) or ():
            # What is asked for again is not shown again; the platform tells the newest lines only.
            line = (entry.get("timestamp"), entry.get("message"))
            if line not in self._lines:
                self._lines.add(line)
                self._screen.message(f"  {entry.get('message', '')}".rstrip())


def _called(session: Session, app: str, params: Sequence[str], **options: Any) -> Output:
    """Call an app through its queue; Ctrl-C cancels the request."""
    taken: list[str] = []
    progress = _Progress(session.screen)
    try:
        result = session.client.apps.subscribe(
            app, _body(params), on_enqueue=taken.append, on_queue_update=progress.take, with_logs=True, **options
        )
    except KeyboardInterrupt:
        if not taken:
            raise
        try:
            session.client.apps.cancel(app, taken[0], environment_name=options.get("environment_name"))
        except FalServerlessException as error:
            raise KeyboardInterrupt(f"Request {taken[0]} cannot be cancelled: {error.message}") from None
        raise KeyboardInterrupt(f"Request {taken[0]} is cancelled.") from None
    return _shown(result)


@calling.command(
    "api",
    calls=["apps.subscribe"],
    without=["app", "arguments", "on_enqueue", "on_queue_update", "with_logs", "environment_name"],
    metavars=_PLACES,
    examples=[
        "fal api fal-ai/flux/dev prompt='a cat' 'image_size[width]:=512'",
        "fal api me/my-app name=Ada --json | jq .result",
        "fal api me/my-app/stream name=Ada",
    ],
)
def api(session: Session, model_id: str, params: Sequence[str] = (), **options: Any) -> Output:
    """Call an app or model through its queue, and print what it answers. Ctrl-C cancels the request.

    An endpoint whose path ends in /stream is called at once, and each piece of its answer is printed as it comes.

    Args:
        model_id: The app or model, e.g. fal-ai/flux/dev.
        params: Its arguments: KEY=TEXT, or KEY:=JSON for a number, a list or an object. KEY[KEY]=TEXT makes an object,
            KEY[]=TEXT a list.
    """
    if not model_id.endswith("/stream"):
        return _called(session, model_id, params, **options)
    return _pieces(session, model_id.removesuffix("/stream"), params)


@apps.command("run", calls=["apps.run"], without=["arguments"], metavars=_PLACES)
def run(session: Session, app: str, params: Sequence[str] = (), **options: Any) -> Output:
    """Call an app through its queue, and print the result. Ctrl-C cancels the request.

    Args:
        app: The app.
        params: Its arguments, as for `fal api`.
    """
    return _called(session, app, params, **options)


@apps.command("stream", calls=["apps.stream"], without=["arguments"], metavars=_PLACES)
def stream(session: Session, app: str, params: Sequence[str] = (), **options: Any) -> Output:
    """Call an endpoint that answers piece by piece, and print each piece as it comes.

    Args:
        app: The app.
        params: Its arguments, as for `fal api`.
    """
    return _pieces(session, app, params, **options)


def _pieces(session: Session, app: str, params: Sequence[str], **options: Any) -> Output:
    events = ({"event": event} for event in session.client.apps.stream(app, _body(params), **options))
    return Lines(events, lambda each: as_json(each["event"]))


@apps.command("submit", calls=["apps.submit"], without=["arguments"], metavars={**_PLACES, "webhook_url": "URL"})
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
    status = session.client.apps.status(app, request_id, **options)
    facts: dict[str, object] = {"Status": _named(status)}
    if (error := getattr(status, "error", None)) is not None:
        facts["Error"] = error
    if logs := getattr(status, "logs", None):
        facts["Log"] = "\n".join(str(entry.get("message", "")) for entry in logs)
    return Facts(facts, {"Status": type(status).__name__, **record(status)})


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
