"""Apps of our own making, each deployed by us and by the released package, answer the same.

What differs on purpose stands in differences.toml, with its reason.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgpack
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.apps.calls import APPS, DIFFERENCES, App, Call, Talk
from tests.support.evidence import note

if TYPE_CHECKING:
    from fal_emulator import Plane
    from tests.peer.peer_kit import Peer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

HERE = Path(__file__).parent
# Each answer has its own.
_OWN_HEADERS = {"date", "content-length", "x-fal-request-id", "x-fal-runner-id", "server", "connection"}


@pytest.fixture(scope="module", params=APPS, ids=lambda app: app.name)
def both(request: pytest.FixtureRequest, plane: Plane, peer: Peer) -> tuple[App, str, str]:
    """An app, and its names as we and as they deployed it."""
    app: App = request.param
    return app, *deployed(plane, peer, app.file, app.name)


def deployed(plane: Plane, peer: Peer, file: str, name: str) -> tuple[str, str]:
    """Deploy a file with both, and return the names of the two apps: ours, and theirs."""
    path = HERE / "samples" / file
    theirs = peer("deploy", str(path), "--json", "--app-name", f"{name}-theirs").json
    with plane.client() as client:
        ours = client.deploy(path, app_name=f"{name}-ours")
    return ours.app_name, theirs["app_name"]


def asked(plane: Plane, name: str, call: Call) -> dict[str, Any]:
    """Return what an app answers, without what no two answers share."""
    headers = {"authorization": f"Key {plane.key}", **dict(call.headers)}
    url = f"{plane.host}/local/{name}{call.path}"
    try:
        answer = httpx.request(call.method, url, json=call.body, headers=headers, timeout=60, trust_env=False)
    except httpx.RemoteProtocolError:
        return {"broken off": True}
    kept = {name: value for name, value in answer.headers.items() if name not in _OWN_HEADERS}
    try:
        body = answer.json()
    except ValueError:
        body = answer.text
    plain = json.loads(json.dumps(body).replace(name, "NAME"))
    return {"status": answer.status_code, "body": plain, "headers": kept}


def talked(plane: Plane, name: str, talk: Talk) -> dict[str, Any]:
    """Return the frames that an app answers, and how it closes."""
    headers = {"authorization": f"Key {plane.key}"}
    frames: list[Any] = []
    try:
        with connect(
            f"{plane.host}/local/{name}{talk.path}".replace("http", "ws", 1), additional_headers=headers
        ) as ws:
            try:
                for message in talk.messages:
                    content: Any = message if isinstance(message, str) else msgpack.packb(message)
                    ws.send(content)
                while talk.answers is None or len(frames) < talk.answers:
                    frame = ws.recv(timeout=60)
                    frames.append(frame if isinstance(frame, str) else {"msgpack": msgpack.unpackb(frame)})
            except ConnectionClosed as closed:
                # What was sent last may have met a closed socket; what had come before is still to be read.
                with suppress(ConnectionClosed):
                    while True:
                        frame = ws.recv()
                        frames.append(frame if isinstance(frame, str) else {"msgpack": msgpack.unpackb(frame)})
                return {"frames": frames, "closed": closed.rcvd and [closed.rcvd.code, closed.rcvd.reason]}
    except InvalidStatus as refused:
        return {"status": refused.response.status_code}
    return {"frames": frames}


def answered(plane: Plane, name: str, call: Call | Talk) -> dict[str, Any]:
    """Return what an app answers to either."""
    return talked(plane, name, call) if isinstance(call, Talk) else asked(plane, name, call)


def differing(ours: Any, theirs: Any, at: str = "") -> list[tuple[str, Any, Any]]:
    """Return where two values differ."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        names = [*ours, *(name for name in theirs if name not in ours)]
        return [
            item for name in names for item in differing(ours.get(name), theirs.get(name), f"{at}.{name}".lstrip("."))
        ]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = zip(ours, theirs, strict=True)
        return [item for index, (a, b) in enumerate(pairs) for item in differing(a, b, f"{at}[{index}]")]
    return [] if ours == theirs else [(at, ours, theirs)]


def unexplained(differences: list[tuple[str, Any, Any]], where: str) -> list[tuple[str, Any, Any]]:
    """Leave out what the table has a reason for, and note what was seen."""
    left = []
    for place, ours, theirs in differences:
        reasons = [row for row in DIFFERENCES if re.fullmatch(row["where"], where) and re.fullmatch(row["at"], place)]
        if reasons:
            note("difference", where=reasons[0]["where"], at=reasons[0]["at"], reason=reasons[0]["reason"])
        else:
            left.append((place, ours, theirs))
    return left


def test_every_request_is_answered_alike(both: tuple[App, str, str], plane: Plane) -> None:
    app, ours, theirs = both
    wrong = {}
    for call in app.calls:
        result = differing(answered(plane, ours, call), answered(plane, theirs, call))
        left = unexplained(result, f"{app.name} {call}")
        note("call", app=app.name, call=str(call))
        if left:
            wrong[str(call)] = left
    assert wrong == {}, json.dumps(wrong, indent=1)


# What does not run here is not described by anything.
@pytest.mark.parametrize("both", [app for app in APPS if app.runs], ids=lambda app: app.name, indirect=True)
def test_the_description_is_the_same(both: tuple[App, str, str], plane: Plane) -> None:
    app, ours, theirs = both
    call = Call("/openapi.json", method="GET")
    result = differing(asked(plane, ours, call)["body"], asked(plane, theirs, call)["body"])
    note("openapi", app=app.name)
    left = unexplained(result, f"{app.name} openapi")
    assert left == [], json.dumps(left, indent=1)


@pytest.fixture(scope="module")
def callings(plane: Plane, peer: Peer) -> dict[str, dict[str, Any]]:
    """What `fal.apps` gives, by whose it is: each calls the app that the other one has deployed, too."""
    apps = deployed(plane, peer, "context.py", "apps-called")
    return {
        f"{whose} {app}": _called(python, app, peer.environment())
        for whose, python in (("ours", sys.executable), ("theirs", str(peer.python)))
        for app in apps
    }


def _called(python: str, app: str, env: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run([python, str(HERE / "calling.py"), app], env=env, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("caller", ["ours apps-called-ours", "ours apps-called-theirs", "theirs apps-called-ours"])
def test_callers_get_the_same(caller: str, callings: dict[str, dict[str, Any]]) -> None:
    result = differing(callings[caller], callings["theirs apps-called-theirs"])
    whose, app = caller.split()
    for name in callings[caller]:
        note("call", app=app, call=name)
    assert unexplained(result, f"calling {whose}") == []
