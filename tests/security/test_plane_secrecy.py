"""Keys and secrets turn up in no answer, no line of output and no file of the control plane but those made for them."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest

import fal_emulator
from fal._gen import rpc
from fal_emulator.rest import app as rest
from fal_emulator.state.store import Store
from tests.security import canaries
from tests.security.canaries import Findings
from tests.security.raw_http import exchange, request
from tests.security.test_plane_walk import ROUTES, address
from tests.security.watched_plane import Watched, watched
from tests.support.plane import TIMEOUT, Wire, http_to, wire_to

Evidence = Callable[..., None]
# A secret that is a canary, where keys go and where they do not.
SENT = (
    f"Key id-1:{canaries.KEY_SECRET}",
    f"Key {canaries.KEY_SECRET}",
    f"key {canaries.KEY_SECRET}:{canaries.KEY_SECRET}",
    f"id-1:{canaries.KEY_SECRET}",
    canaries.KEY_SECRET,
    f"Bearer {canaries.ACCESS_TOKEN}",
    f"Basic {canaries.PROXY_PASSWORD}",
    f"Key\tid-1:{canaries.KEY_SECRET}",
)


def ask(wire: Wire, method: Any, metadata: tuple[tuple[str, str], ...]) -> str:
    """Call an RPC with an empty message, and return all that is said of how it failed."""
    wire.metadata = metadata
    try:
        if method.server_streaming and not method.client_streaming:
            return str(list(wire.stream(method, method.request())))
        return str(wire.send(method, method.request()))
    except grpc.RpcError as error:
        return f"{error!r} {error.details()} {error.trailing_metadata()}"


def look_at_wires(plane: Watched, findings: Findings) -> None:
    wire = wire_to(plane)  # type: ignore[arg-type]
    good = wire.metadata
    for method in rpc.METHODS.values():
        if method.client_streaming:
            continue
        for sent in SENT:
            findings.look(method.name, ask(wire, method, (("authorization", sent),)))
        for pair in ((canaries.KEY_SECRET, "id-1"), (canaries.KEY_SECRET, canaries.KEY_SECRET)):
            findings.look(method.name, ask(wire, method, (("auth-key", pair[0]), ("auth-key-id", pair[1]))))
        findings.look(method.name, ask(wire, method, (*good, ("x-other", canaries.KEY_SECRET))))  # type: ignore[arg-type]
    wire.close()


def look_at_routes(plane: Watched, findings: Findings) -> None:
    paths = [(method, address(path)) for method, path in ROUTES] + [
        ("GET", "/nothing/here"), ("PATCH", "/health"), ("POST", "/local/open"), ("POST", "/local/shut"),
        ("GET", "/local/none"), ("POST", "/queue/local/open"), ("GET", "/queue/local/open/requests/x"), ("GET", "//"),
    ]  # fmt: skip
    for method, path in paths:
        # An app says what it got; it gets what the gateway does not know as a key.
        echoing = path in ("/local/open", "/local/shut")
        for sent in SENT:
            if not echoing or sent.lower().startswith("key"):
                answer = exchange(plane.port, request(method, path, {"Authorization": sent}))
                findings.look(f"{method} {path}", answer.whole)
        if not echoing and path != "/logs/stream":  # which would not end
            headers = {"Authorization": f"Key {plane.key}", "X-Key": canaries.KEY, "Cookie": canaries.KEY}
            answer = exchange(plane.port, request(method, path, headers, canaries.KEY.encode()))
            findings.look(f"{method} {path}, with a key elsewhere", answer.whole)


def broken(secret: str) -> list[bytes]:
    """Return requests with a key that are none."""
    key = f"Authorization: Key id:{secret}\r\n".encode()
    return [
        b"GET /users/current HTTP/1.1\r\nHost: localhost\r\n" + key + b"Bad Header\r\n\r\n",
        b"GET /users/current HTTP/1.1\r\n" + key + b"Content-Length: x\r\n\r\n",
        b"GET /users/current HTTP/9.9\r\n" + key + b"\r\n",
        key + b"\r\n",
        b"GET /users/current HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n" + key + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade\r\n" + key + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + key + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
    ]


def files_of(state: Path) -> dict[str, bytes]:
    return {str(path.relative_to(state)): path.read_bytes() for path in state.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_keys_and_secrets_turn_up_nowhere(tmp_path: Path, evidence: Evidence) -> None:
    folder = tmp_path / "plane"
    folder.mkdir()
    result = Findings()
    with watched(folder) as plane:
        wire = wire_to(plane)  # type: ignore[arg-type]
        wire.deploy("open")
        wire.deploy("shut", auth_mode="PRIVATE")
        wire.call(rpc.SET_SECRET, name="PASSWORD", value=canaries.SECRET_VALUE)
        minted = wire.call(rpc.CREATE_USER_KEY, policy_preset="FULL", alias="ci")
        result.look("secrets", str(wire.call(rpc.LIST_SECRETS)))
        texts = [str(wire.call(rpc.LIST_USER_KEYS))]
        look_at_wires(plane, result)
        look_at_routes(plane, result)
        for sent in broken(canaries.KEY_SECRET):
            result.look("what is not a request", exchange(plane.port, sent).whole)
        with http_to(plane, f"{minted.key_id}:{minted.key_secret}") as client:  # type: ignore[arg-type]
            for path in ("/users/current", "/nothing", "/local/open/", "/local/shut/", "/applications/local/open/logs"):
                texts.append(client.get(path).text)
        # What is queued is kept as it was sent and answered; here the app says what it got.
        kept = {name: text for name, text in files_of(plane.state).items() if not name.startswith("queue.db")}
        wire.close()
    result.look_all("state", {name: content for name, content in kept.items() if not name.startswith("state.db")})
    # The values of secrets have to be kept; where they are, nothing else is.
    in_database = {name for content in kept.values() for name in canaries.find(content)}
    assert in_database == {"value of a secret (plain)"}
    result.look("output", "".join(plane.said))
    result.look("what was run and written", plane.record.read_bytes())
    result.check()
    for secret in (plane.key.partition(":")[2], minted.key_secret):
        holding = {
            name for name, content in kept.items() if secret.encode() in content or bytes.fromhex(secret) in content
        }
        assert holding <= {"admin-key"}, holding
        assert not [text for text in [*texts, *plane.said, plane.record.read_text()] if secret in text]
    assert {name for name, content in kept.items() if minted.key_secret.encode() in content} == set()
    evidence("answers, output and files of a control plane, for keys", looks=result.looked * len(canaries.CANARIES))


def test_errors_that_nobody_foresaw_say_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    result = Findings()

    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError(f"went wrong with {canaries.KEY}")

    with fal_emulator.start(isolation="inline") as plane:
        monkeypatch.setattr(Store, "environments", fail)
        monkeypatch.setattr(Store, "require_environment", fail)
        monkeypatch.setattr(rest.Rest, "_owner", fail)
        wire = wire_to(plane)
        with caplog.at_level(logging.DEBUG):
            for method in (rpc.LIST_ENVIRONMENTS, rpc.REGISTER_APPLICATION):
                said = ask(wire, method, wire.metadata)  # type: ignore[arg-type]
                result.look("an RPC that fails", said)
            wire.use(plane.key)
            with pytest.raises(grpc.RpcError) as caught:
                wire.call(rpc.LIST_ENVIRONMENTS)
            assert caught.value.code() is grpc.StatusCode.INTERNAL
            assert caught.value.details() == "the local control plane failed with RuntimeError; its log says where"
            with http_to(plane) as client:
                answer = client.get("/applications/local/open/metadata")
            assert (answer.status_code, "failed with RuntimeError" in answer.json()["detail"]) == (500, True)
            result.look("a route that fails", answer.text)
        wire.close()
    assert "in fail" in caplog.text, "the log says where"
    result.look("the log", caplog.text)
    out, err = capfd.readouterr()
    result.look("output", out + err)
    result.check()


def test_no_key_is_on_a_command_line_or_in_the_environment_of_an_app(tmp_path: Path) -> None:
    with watched(tmp_path, FAL_KEY_X=canaries.ENV_SECRET, OTHER_TOKEN=canaries.ENV_SECRET) as plane:
        wire = wire_to(plane)  # type: ignore[arg-type]
        wire.deploy("app")
        answer = httpx.get(f"{plane.host}/local/app/env", timeout=TIMEOUT, trust_env=False)
        assert answer.status_code == 200
        seen = [answer.text]
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):  # a process of somebody else, which has ended meanwhile
                command = (folder / "cmdline").read_bytes().decode(errors="replace")
                if folder.name.isdecimal() and str(plane.state) in command:
                    seen += [command, (folder / "environ").read_bytes().decode(errors="replace")]
        wire.close()
    assert len(seen) >= 3, "the control plane and the runner"
    secret = plane.key.partition(":")[2]
    assert not [text for text in seen if secret in text]
    assert canaries.ENV_SECRET not in answer.text
