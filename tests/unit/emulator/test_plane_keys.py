"""Keys: what they may do, and that nobody gets in without one."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any

import grpc
import pytest

import fal_emulator
from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb
from fal_emulator.model.permissions import PERMISSIONS, PRESETS, RPC_PERMISSION
from tests.support.plane import http_to, refused, wire_to

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from fal_emulator import Plane
    from tests.support.plane import Wire


def mint(wire: Wire, **fields: Any) -> tuple[str, str]:
    made = wire.call(rpc.CREATE_USER_KEY, **fields)
    return made.key_id, f"{made.key_id}:{made.key_secret}"


def test_a_key_works_until_it_is_revoked(plane: Plane, wire: Wire, http: httpx.Client) -> None:
    key_id, key = mint(wire, policy_preset="full", alias="ci")
    other = wire_to(plane, key)
    listed = {item.key_id: item for item in other.call(rpc.LIST_USER_KEYS).user_keys}
    assert listed[key_id].alias == "ci"
    assert listed[key_id].scope == pb.CreateUserKeyRequest.ADMIN
    assert listed[key_id].created_at.seconds > 1_600_000_000

    wire.call(rpc.REVOKE_USER_KEY, key_id=key_id)
    with refused("UNAUTHENTICATED", "revoked"):
        other.call(rpc.LIST_USER_KEYS)
    with http_to(plane, key) as revoked:
        assert revoked.get("/users/current").status_code == 401
    assert key_id not in [item.key_id for item in wire.call(rpc.LIST_USER_KEYS).user_keys]
    with refused("NOT_FOUND", key_id):
        wire.call(rpc.REVOKE_USER_KEY, key_id=key_id)
    other.close()


def test_secrets_of_keys_are_shown_once_and_kept_as_hashes(plane: Plane, wire: Wire) -> None:
    _, key = mint(wire, policy_preset="API")
    secret = key.partition(":")[2]
    assert re.fullmatch(r"[0-9a-f]{64}", secret)
    assert secret.encode() not in wire.call(rpc.LIST_USER_KEYS).SerializeToString()
    kept = b"".join(path.read_bytes() for path in plane.state.glob("state.db*"))
    assert secret.encode() not in kept
    assert bytes.fromhex(secret) not in kept


@pytest.mark.parametrize(
    "change",
    [
        lambda key_id, secret: ("", ""),
        lambda key_id, secret: (key_id, ""),
        lambda key_id, secret: (key_id, "0" * 64),
        lambda key_id, secret: (key_id, secret[:-1]),
        lambda key_id, secret: ("7d1b1a9e-0000-4000-8000-000000000000", secret),
    ],
)
def test_wrong_keys_are_refused_on_both_wires(plane: Plane, change: Any) -> None:
    key = ":".join(change(*plane.key.split(":")))
    wire = wire_to(plane, key)
    for method in (rpc.LIST_ALIASES, rpc.CREATE_USER_KEY, rpc.SET_SECRET):
        with refused("UNAUTHENTICATED"):
            wire.call(method)
    with refused("UNAUTHENTICATED"):
        next(wire.stream(rpc.RUN, pb.HostedRun()))
    wire.close()
    with http_to(plane, key) as http:
        answer = http.get("/users/current")
        assert answer.status_code == 401
        assert "key" in answer.json()["detail"]


def test_no_key_at_all_is_refused(plane: Plane) -> None:
    wire = wire_to(plane)
    wire.use(None)
    with refused("UNAUTHENTICATED", "FAL_KEY"):
        wire.call(rpc.LIST_ALIASES)
    wire.close()


def test_login_tokens_and_other_accounts_are_refused(plane: Plane, wire: Wire, http: httpx.Client) -> None:
    answer = http.get("/users/current", headers={"authorization": "Bearer abc"})
    assert (answer.status_code, "takes keys" in answer.json()["detail"]) == (401, True)
    assert http.get("/users/current", headers={"x-fal-user-id": "somebody"}).status_code == 403
    user_id = http.get("/users/current").json()["user_id"]
    assert http.get("/users/current", headers={"x-fal-user-id": user_id}).status_code == 200
    wire.metadata = (
        *wire.metadata,
        ("fal-user-id", "somebody"),
    )
    with refused("PERMISSION_DENIED", "somebody"):
        wire.call(rpc.LIST_ALIASES)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "exactly one of policy_preset, policy and scope"),
        ({"policy_preset": "FULL", "scope": "API"}, "policy_preset and scope were given"),
        ({"policy_preset": "ROOT"}, "policy_preset: 'ROOT' is not one of FULL"),
        ({"policy": pb.KeyPolicy()}, "policy.permissions: is empty"),
        ({"policy": pb.KeyPolicy(permissions=["Not A Permission"])}, "policy.permissions"),
        ({"policy_preset": "API", "alias": "x" * 2000}, "alias"),
    ],
)
def test_a_key_that_says_nothing_sensible_is_not_made(wire: Wire, fields: dict[str, Any], text: str) -> None:
    before = len(wire.call(rpc.LIST_USER_KEYS).user_keys)
    with refused("INVALID_ARGUMENT", text):
        wire.call(rpc.CREATE_USER_KEY, **fields)
    assert len(wire.call(rpc.LIST_USER_KEYS).user_keys) == before


def test_the_old_scopes_stand_for_presets(plane: Plane, wire: Wire) -> None:
    _, admin = mint(wire, scope="ADMIN")
    _, api = mint(wire, scope="API")
    able, unable = wire_to(plane, admin), wire_to(plane, api)
    able.call(rpc.LIST_USER_KEYS)
    with refused("PERMISSION_DENIED", "preset API"):
        unable.call(rpc.LIST_USER_KEYS)
    able.close()
    unable.close()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_key_may_do_what_its_preset_says_and_nothing_else(plane: Plane, wire: Wire, preset: str) -> None:
    _, key = mint(wire, policy_preset=preset)
    client = wire_to(plane, key)
    for name, permission in RPC_PERMISSION.items():
        method = rpc.METHODS[name]
        try:
            if method.client_streaming:
                continue
            if method.server_streaming:
                next(client.stream(method, method.request()))
            else:
                client.call(method)
            code = grpc.StatusCode.OK
        except grpc.RpcError as error:
            code = error.code()
        denied = code is grpc.StatusCode.PERMISSION_DENIED
        assert denied == (permission not in PRESETS[preset]), name
    client.close()
    with http_to(plane, key) as http:
        for path, permission in (("/applications/metrics", "metrics:read"), ("/users/current", "account:read")):
            assert (http.get(path).status_code == 403) == (permission not in PRESETS[preset])


def test_every_rpc_needs_a_permission_that_exists() -> None:
    assert set(RPC_PERMISSION) == set(rpc.METHODS)
    assert set(RPC_PERMISSION.values()) <= PERMISSIONS


def test_permissions_one_by_one(plane: Plane, wire: Wire) -> None:
    _, key = mint(wire, policy=pb.KeyPolicy(permissions=["secrets:read", "models:requests:submit", "serverless:new"]))
    client = wire_to(plane, key)
    client.call(rpc.LIST_SECRETS)
    with refused("PERMISSION_DENIED", "secrets:write"):
        client.call(rpc.SET_SECRET, name="A", value="b")
    client.close()


def test_a_key_cannot_make_one_that_may_do_more(plane: Plane, wire: Wire) -> None:
    _, key = mint(wire, policy=pb.KeyPolicy(permissions=["keys:write", "secrets:read"]))
    client = wire_to(plane, key)
    with refused("PERMISSION_DENIED", "apps:write"):
        client.call(rpc.CREATE_USER_KEY, policy_preset="FULL")
    with refused("PERMISSION_DENIED", "apps:write"):
        client.call(rpc.CREATE_USER_KEY, scope="ADMIN")
    with refused("PERMISSION_DENIED", "secrets:write"):
        client.call(rpc.CREATE_USER_KEY, policy=pb.KeyPolicy(permissions=["secrets:write"]))
    mint(client, policy=pb.KeyPolicy(permissions=["secrets:read"]))
    client.close()


def test_nobody_else_on_the_machine_can_read_the_state(plane: Plane) -> None:
    assert plane.state.stat().st_mode & 0o777 == 0o700
    for name in ("state.db", "history.db", "admin-key"):
        assert (plane.state / name).stat().st_mode & 0o777 == 0o600, name
    assert (plane.state / "admin-key").read_text().strip() == plane.key
    with sqlite3.connect(plane.state / "state.db") as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_the_key_is_not_in_texts_of_the_plane(plane: Plane) -> None:
    assert plane.key.partition(":")[2] not in repr(plane)


def test_a_preset_means_what_it_means_today(tmp_path: Path) -> None:
    with fal_emulator.start(state=tmp_path, isolation="inline") as before:
        listing = wire_to(before)
        _, chosen = mint(listing, policy={"permissions": ["apps:read"]})
        listing.close()
    with sqlite3.connect(tmp_path / "state.db") as db:  # as a version wrote it that knew less
        db.execute("""UPDATE keys SET permissions = '["keys:read"]' WHERE preset = 'FULL'""")
    db.close()
    with fal_emulator.start(state=tmp_path, isolation="inline") as after:
        assert after.key == before.key
        full, some = wire_to(after), wire_to(after, chosen)
        assert not full.call(rpc.LIST_SECRETS).secrets
        mint(full, policy_preset="FULL")
        scopes = [item.scope for item in full.call(rpc.LIST_USER_KEYS).user_keys]
        assert scopes.count(pb.CreateUserKeyRequest.ADMIN) == 2
        with refused("PERMISSION_DENIED", "keys:read"):
            some.call(rpc.LIST_USER_KEYS)
        full.close()
        some.close()
