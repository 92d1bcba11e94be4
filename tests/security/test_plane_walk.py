"""Who may do what on the local control plane: every RPC, every route and every call to an app, with keys of every kind."""

from __future__ import annotations

import asyncio
import hmac
import http.client
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route

import fal_emulator
from fal._gen import rpc
from fal_emulator import Plane
from fal_emulator.engine.engine import Engine
from fal_emulator.model.addresses import Addresses
from fal_emulator.model.faults import Fault
from fal_emulator.model.permissions import PRESETS, RPC_PERMISSION
from fal_emulator.rest.app import Rest
from fal_emulator.state import keyring as auth
from fal_emulator.state.keyring import Keyring
from fal_emulator.state.store import Store
from tests.security.plane_callers import FORMS, Caller, Callers
from tests.support.plane import TIMEOUT, Wire, http_to, wire_to

# What each RPC needs, written down a second time: the interceptor's own table may not change unseen.
# Table of rpcs: renew it by hand, as a permission does not change unseen
RPCS = {
    "BuildEnvironment": "apps:write",
    "CreateEnvironment": "environments:write",
    "CreateUserKey": "keys:write",
    "DeleteAlias": "apps:write",
    "DeleteApplication": "apps:write",
    "DeleteEnvironment": "environments:write",
    "InteractiveRun": "apps:write",
    "KillRunner": "runners:write",
    "ListAliasRunners": "runners:read",
    "ListAliases": "apps:read",
    "ListApplications": "apps:read",
    "ListEnvironments": "environments:read",
    "ListRunners": "runners:read",
    "ListSecrets": "secrets:read",
    "ListUserKeys": "keys:read",
    "Map": "apps:write",
    "RegisterApplication": "apps:write",
    "RevokeUserKey": "keys:write",
    "RolloutApplication": "apps:write",
    "Run": "apps:write",
    "SetAlias": "apps:write",
    "SetSecret": "secrets:write",
    "ShellRunner": "runners:write",
    "StopRunner": "runners:write",
    "UpdateApplication": "apps:write",
}
TOKEN = "a token"  # that somebody with a key was given
# Table of operations: renew it by hand, as a permission does not change unseen
# What each route needs; None is open to everybody, for the reason beside it.
ROUTES: dict[tuple[str, str], str | None] = {
    ("GET", "/health"): None,  # says that it answers, and nothing else
    ("GET", "/.well-known/jwks.json"): None,  # the public half of a key
    ("POST", "/tokens/"): "apps:call",
    ("GET", "/metrics"): "metrics:read",
    ("POST", "/files/upload"): TOKEN,
    ("POST", "/storage/auth/token"): "files:write",
    ("POST", "/storage/upload/initiate-multipart"): "files:write",
    ("GET", "/storage/texts/get/{store}/{key:path}"): TOKEN,
    ("PUT", "/storage/texts/set/{store}/{key:path}"): TOKEN,
    ("DELETE", "/storage/texts/delete/{store}/{key:path}"): TOKEN,
    ("PUT", "/storage/objects/{object_id}/{name}/{number:int}"): None,  # the address is signed
    ("POST", "/storage/objects/{object_id}/{name}/complete"): None,  # the address is signed
    ("GET", "/users/current"): "account:read",
    ("GET", "/users/teams"): "account:read",
    ("GET", "/applications/metrics"): "metrics:read",
    ("GET", "/applications/{user}/{app}/metadata"): "apps:read",
    ("GET", "/applications/{user}/{app}/queue"): "apps:read",
    ("DELETE", "/applications/{user}/{app}/queue"): "apps:write",
    ("GET", "/applications/{user}/{app}/logs"): "logs:read",
    ("GET", "/runners/{runner_id}"): "runners:read",
    ("POST", "/runners/{runner_id}/stop"): "runners:write",
    ("POST", "/logs/history"): "logs:read",
    ("POST", "/logs/stream"): "logs:read",
    ("POST", "/files/missing_hashes"): "files:write",
    ("POST", "/files/app/multipart/{hash}/initiate"): "files:write",
    ("POST", "/files/app/multipart/{hash}/{upload_id}/complete"): "files:write",
    ("POST", "/files/app/multipart/{hash}/{upload_id}/cancel"): "files:write",
    ("PUT", "/files/app/multipart/{hash}/{upload_id}/{number}"): "files:write",
    ("GET", "/files/list/{path:path}"): "files:read",
    ("GET", "/files/file/{path:path}"): "files:read",
    ("DELETE", "/files/file/{path:path}"): "files:write",
    ("POST", "/files/rename/{path:path}"): "files:write",
    ("POST", "/files/file/local/{path:path}"): "files:write",
    ("POST", "/files/file/url/{path:path}"): "files:write",
    ("POST", "/files/file/multipart/{path:path}/initiate"): "files:write",
    ("POST", "/files/file/multipart/{path:path}/{upload_id}/complete"): "files:write",
    ("POST", "/files/file/multipart/{path:path}/{upload_id}/cancel"): "files:write",
    ("PUT", "/files/file/multipart/{path:path}/{upload_id}/{number}"): "files:write",
    ("POST", "/storage/upload/initiate"): "files:write",
    ("PUT", "/storage/objects/{object_id}/{name}"): None,  # the address is signed
    ("GET", "/storage/objects/{object_id}/{name}"): None,  # the address is a secret
    ("GET", "/v1/serverless/apps"): "apps:read",
    ("GET", "/v1/serverless/apps/{owner}/{name}/queue"): "apps:read",
    ("DELETE", "/v1/serverless/apps/{owner}/{name}/queue"): "apps:write",
    ("GET", "/v1/serverless/apps/{owner}/{name}/events"): "apps:read",
    ("GET", "/v1/serverless/apps/{owner}/{name}/revisions"): "apps:read",
    ("GET", "/v1/serverless/apps/{owner}/{name}/runners/history"): "runners:read",
    ("GET", "/v1/serverless/requests/by-endpoint"): "apps:read",
    ("GET", "/v1/serverless/analytics"): "metrics:read",
    ("GET", "/v1/serverless/usage"): "metrics:read",
    ("GET", "/v1/serverless/metrics"): "metrics:read",
    ("POST", "/v1/serverless/logs/history"): "logs:read",
    ("POST", "/v1/serverless/logs/stream"): "logs:read",
    ("GET", "/v1/serverless/files/list"): "files:read",
    ("GET", "/v1/serverless/files/list/{path:path}"): "files:read",
    ("GET", "/v1/serverless/files/file/{path:path}"): "files:read",
    ("POST", "/v1/serverless/files/file/url/{path:path}"): "files:write",
    ("POST", "/v1/serverless/files/file/local/{path:path}"): "files:write",
    ("GET", "/v1/keys"): "keys:read",
    ("POST", "/v1/keys"): "keys:write",
    ("DELETE", "/v1/keys/{key_id}"): "keys:write",
}
VALUES = {
    "user": "local",
    "app": "walked",
    "owner": "local",
    "key_id": "k",
    "runner_id": "r",
    "hash": "0" * 64,
    "upload_id": "0" * 32,
    "number": "1",
    "object_id": "0" * 32,
    "name": "file",
    "store": "texts",
    "key": "one",
    "path": "/data/walked",
}
Evidence = Callable[..., None]


@pytest.fixture(scope="module")
def plane() -> Iterator[Plane]:
    with fal_emulator.start(isolation="inline") as started:
        yield started


@pytest.fixture(scope="module")
def callers(plane: Plane) -> Callers:
    return Callers(plane)


def routes(folder: Path) -> set[tuple[str, str]]:
    """Return method and path of each route that the control plane has."""
    store = Store(folder, durable=False)
    try:
        rest = Rest(store, Engine(store, folder), Keyring(store), Addresses(1), folder)
    finally:
        store.close()
    return set(listed(rest.app.routes, ""))


def listed(those: Iterable[BaseRoute], prefix: str) -> Iterator[tuple[str, str]]:
    for route in those:
        if isinstance(route, Mount):
            yield from listed(route.routes, prefix + route.path)
            continue
        assert isinstance(route, Route), "a route of another kind needs a walk of its own"
        # Starlette answers HEAD wherever it answers GET.
        yield from ((method, prefix + route.path) for method in route.methods or () if method != "HEAD")


# RPCs


def status(wire: Wire, method: Any, metadata: tuple[tuple[str, str], ...]) -> grpc.StatusCode:
    """Call an RPC with an empty message; return how it ended."""
    many = wire.channel.stream_stream if method.client_streaming else wire.channel.unary_stream
    kind: Any = many if method.server_streaming else wire.channel.unary_unary
    ask = kind(
        method.path,
        request_serializer=method.request.SerializeToString,
        response_deserializer=method.response.FromString,
    )
    request = iter(()) if method.client_streaming else method.request()
    try:
        answer = ask(request, metadata=metadata, timeout=TIMEOUT)
        if method.server_streaming:
            list(answer)
    except grpc.RpcError as error:
        result: grpc.StatusCode = error.code()
        return result
    return grpc.StatusCode.OK


REFUSED = {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}


def test_the_table_of_rpcs_is_whole() -> None:
    assert set(RPCS) == set(rpc.METHODS)
    assert RPCS == RPC_PERMISSION


@pytest.mark.parametrize("name", rpc.METHODS)
def test_every_rpc_lets_in_those_who_may(plane: Plane, callers: Callers, name: str, evidence: Evidence) -> None:
    method, permission = rpc.METHODS[name], RPCS[name]
    wire = wire_to(plane)
    calls = 0
    try:
        for form in FORMS:
            for caller in callers.nobody:
                assert status(wire, method, caller.metadata(form)) is grpc.StatusCode.UNAUTHENTICATED, (caller, form)
                calls += 1
            for caller in callers.lacking(permission):
                assert status(wire, method, caller.metadata(form)) is grpc.StatusCode.PERMISSION_DENIED, (caller, form)
                calls += 1
            for caller in callers.sufficing(permission):
                assert status(wire, method, caller.metadata(form)) not in REFUSED, (caller, form)
                calls += 1
    finally:
        wire.close()
    evidence("RPCs of the control plane, with keys of every kind", RPCs=1, calls=calls)


def test_an_rpc_needs_no_message_to_be_refused(plane: Plane) -> None:
    """More calls than there are threads, none of which ever sends its message, do not keep others waiting."""

    async def main() -> set[grpc.StatusCode]:
        method = rpc.LIST_ENVIRONMENTS
        async with grpc.aio.insecure_channel(f"127.0.0.1:{plane.port}") as channel:
            ask: Any = channel.stream_stream(
                method.path,
                request_serializer=method.request.SerializeToString,
                response_deserializer=method.response.FromString,
            )
            held = [ask(timeout=TIMEOUT) for _ in range(300)]
            return {await call.code() for call in held}

    assert asyncio.run(main()) == {grpc.StatusCode.UNAUTHENTICATED}
    wire = wire_to(plane)
    assert wire.call(rpc.LIST_ENVIRONMENTS).environments
    wire.close()


def test_another_account_is_refused_in_both_forms(plane: Plane, callers: Callers) -> None:
    wire = wire_to(plane)
    caller = callers.sufficing("apps:read")[0]
    for form in FORMS:
        for account, expected in (("somebody", grpc.StatusCode.PERMISSION_DENIED), ("local", grpc.StatusCode.OK)):
            metadata = (*caller.metadata(form), ("fal-user-id", account))
            assert status(wire, rpc.LIST_ALIASES, metadata) is expected, (form, account)
    wire.close()


# routes


def address(path: str) -> str:
    """Return an address of a route."""
    return re.sub(r"\{(\w+)(?::path)?\}", lambda match: VALUES[match[1]], path)


def answer_of(client: httpx.Client, method: str, path: str, headers: dict[str, str]) -> int:
    """Send a request without a body, and return the status; what is streamed is not read."""
    with client.stream(method, address(path), headers=headers) as answer:
        return answer.status_code


def test_the_table_of_routes_is_whole(tmp_path: Path) -> None:
    assert set(ROUTES) == routes(tmp_path), "a route needs an entry that says who may use it"


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_lets_in_those_who_may(
    plane: Plane, callers: Callers, method: str, path: str, evidence: Evidence
) -> None:
    permission = ROUTES[method, path]
    calls = 0
    with httpx.Client(base_url=plane.host, timeout=TIMEOUT, trust_env=False) as client:
        for verb in [method, *(["HEAD"] if method == "GET" else [])]:
            if permission == TOKEN:
                for caller in (*callers.nobody, *callers.sufficing("files:write")):
                    assert answer_of(client, verb, path, caller.headers()) == 401, caller
                    calls += 1
                continue
            if permission is None:
                for caller in callers.nobody:
                    assert answer_of(client, verb, path, caller.headers()) in (200, 404), caller
                    calls += 1
                continue
            for caller in callers.nobody:
                assert answer_of(client, verb, path, caller.headers()) == 401, caller
                # Neither the headers of the other wire nor the address are a way in.
                assert answer_of(client, verb, path, dict(caller.metadata("auth-key"))) == 401, caller
                assert answer_of(client, verb, f"{path}?key={caller.key}&authorization=Key {caller.key}", {}) == 401
                calls += 3
            for caller in callers.lacking(permission):
                assert answer_of(client, verb, path, caller.headers()) == 403, caller
                calls += 1
            for caller in callers.sufficing(permission):
                assert answer_of(client, verb, path, caller.headers()) not in (401, 403), caller
                calls += 1
    evidence("routes of the control plane, with keys of every kind", routes=1, requests=calls)


def test_a_path_that_is_written_in_another_way_is_refused_too(plane: Plane) -> None:
    host, port = "127.0.0.1", plane.port
    for path in (
        "//users/current", "/users//current", "/users/./current", "/health/../users/current", "/users/current/",
        "/%75sers/current", "/users%2fcurrent", "/USERS/current", "/users/current;x", "/users/current%00",
        "/local/../users/current", "/queue/../users/current", f"http://{host}:{port}/users/current",
    ):  # fmt: skip
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status in (307, 401, 404), path
        if answer.status == 307:
            connection.close()
            connection.request("GET", answer.headers["location"])
            assert connection.getresponse().status in (401, 404), path
        connection.close()


# apps

MODES = {"private": True, "shared": True, "public": False}
APP_CALLS: list[tuple[str, str, dict[str, str]]] = [
    *[(method, "/local/{app}/x", {}) for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")],
    ("GET", "/local/{app}", {}),
    ("POST", "/queue/local/{app}", {}),
    ("GET", "/queue/local/{app}/requests/r/status", {}),
    ("GET", "/queue/local/{app}/requests/r", {}),
    ("PUT", "/queue/local/{app}/requests/r/cancel", {}),
    ("POST", "/local/{app}/x", {"host": "queue.localhost"}),
    (
        "GET",
        "/local/{app}/ws",
        {
            "connection": "upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    ),
]


@pytest.fixture(scope="module")
def apps(plane: Plane) -> Iterator[None]:
    """One app for each mode."""
    wire = wire_to(plane)
    for mode in MODES:
        wire.deploy(mode, auth_mode=mode.upper())
    yield
    for mode in MODES:
        wire.call(rpc.DELETE_ALIAS, alias=mode)
    wire.close()


def call_app(plane: Plane, call: tuple[str, str, dict[str, str]], mode: str, caller: Caller) -> int:
    method, path, headers = call
    connection = http.client.HTTPConnection("127.0.0.1", plane.port, timeout=TIMEOUT)
    try:
        connection.request(method, path.format(app=mode), headers={**headers, **caller.headers()})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("mode", MODES)
def test_every_call_to_an_app_needs_what_its_mode_says(
    plane: Plane, callers: Callers, apps: None, mode: str, evidence: Evidence
) -> None:
    refusing = {401} if MODES[mode] else set()
    for call in APP_CALLS:
        for caller in [*callers.nobody, *callers.lacking("apps:call")]:
            answered = call_app(plane, call, mode, caller)
            assert (answered in (401, 403)) == bool(refusing), (call, caller, answered)
        for caller in callers.sufficing("apps:call"):
            assert call_app(plane, call, mode, caller) not in (401, 403), (call, caller)
    many = len(callers.nobody) + len(callers.lacking("apps:call")) + len(callers.sufficing("apps:call"))
    evidence("calls to apps, with keys of every kind", ways=len(APP_CALLS), calls=len(APP_CALLS) * many)


# how keys are compared


def test_whatever_is_sent_takes_the_same_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evidence: Evidence
) -> None:
    store = Store(tmp_path, durable=False)
    keyring = Keyring(store)
    key_id, secret = keyring.mint("", "FULL")
    compared: list[tuple[Any, Any]] = []

    def compare(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return hmac.compare_digest(one, other)

    class Watched:
        compare_digest = staticmethod(compare)

    monkeypatch.setattr(auth, "hmac", Watched)
    sent = [
        (key_id, secret, True),
        (key_id, secret[:-1], False),
        (key_id, secret + "0", False),
        (key_id, "é", False),
        ("unknown", secret, False),
        ("unknown", "x", False),
        (key_id.upper(), secret, False),
    ]
    for sent_id, sent_secret, good in sent:
        compared.clear()
        if good:
            assert keyring.identify(sent_id, sent_secret).key_id == key_id
        else:
            with pytest.raises(Fault, match="unknown, was revoked, or its secret is wrong"):
                keyring.identify(sent_id, sent_secret)
        ((one, other),) = compared
        assert (type(one), type(other), len(one), len(other)) == (bytes, bytes, 32, 32), "hashes are what is compared"
        assert secret.encode() not in one + other
    store.close()
    evidence("comparisons of keys", comparisons=len(sent))


def test_no_key_compares_with_what_stands_for_an_unknown_one(tmp_path: Path) -> None:
    """The constant that unknown ids are compared with lets nobody in, even if a secret hashed to it."""
    store = Store(tmp_path, durable=False)
    keyring = Keyring(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth, "_hash", lambda _: auth._NO_HASH)
        with pytest.raises(Fault, match="unknown"):
            keyring.identify("unknown", "x")
    store.close()


def test_presets_are_what_the_platform_names(callers: Callers) -> None:
    assert set(PRESETS) == {"FULL", "API", "DEPLOY", "READONLY", "BILLING", "COMPUTE", "SERVERLESS", "AGENT"}


def test_a_key_without_its_scheme_is_not_repeated(plane: Plane, callers: Callers) -> None:
    key = callers.sufficing("apps:read")[0].key
    wire = wire_to(plane)
    for sent in (key, f"{key} x", f"Token{key}", f"Bearer {key}"):
        with http_to(plane) as client:
            answer = client.get("/users/current", headers={"authorization": sent})
        assert answer.status_code == 401
        assert key.partition(":")[2] not in answer.text
        wire.metadata = (("authorization", sent),)
        with pytest.raises(grpc.RpcError) as caught:
            wire.call(rpc.LIST_ALIASES)
        assert key.partition(":")[2] not in str(caught.value)
    wire.close()
