"""Keys, secrets, environments and profiles: the peer changes them, our client sees the change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from fal.api import SyncServerlessClient
from fal.exceptions import PermissionDenied, Unauthenticated

if TYPE_CHECKING:
    from fal_emulator import Plane
    from tests.peer.peer_kit import Peer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def key_of(said: str) -> str:
    match = re.search(r"FAL_KEY='([^']+)'", said)
    assert match is not None, said
    return match.group(1)


def test_keys(peer: Peer, client: SyncServerlessClient, plane: Plane) -> None:
    readonly = key_of(peer("keys", "create", "--preset", "READONLY", "--desc", "looks only").out)
    chosen = key_of(peer("keys", "create", "--permission", "keys:read,apps:read").out)
    full = key_of(peer("keys", "create", "--scope", "ADMIN").out)

    with plane.client(api_key=readonly) as looking:
        assert looking.apps.list() == []
        with pytest.raises(PermissionDenied):
            looking.secrets.set("NAME", "value")
    with plane.client(api_key=chosen) as some:
        assert len(some.keys.list()) == 4
        with pytest.raises(PermissionDenied):
            some.runners.list()
    with plane.client(api_key=full) as everything:
        everything.secrets.set("BY_THE_NEW_KEY", "value")
        everything.secrets.unset("BY_THE_NEW_KEY")

    ours = {key.key_id: key for key in client.keys.list()}
    assert ours[readonly.partition(":")[0]].alias == "looks only"
    theirs = peer("keys", "list", "--json").json["keys"]
    assert {key["key_id"]: (key["scope"], key["description"]) for key in theirs} == {
        key_id: (str(key.scope), key.alias) for key_id, key in ours.items()
    }
    assert [row[0] for row in peer("keys", "list").rows] == list(ours)

    peer("keys", "revoke", readonly.partition(":")[0])
    assert readonly.partition(":")[0] not in {key.key_id for key in client.keys.list()}
    with plane.client(api_key=readonly) as revoked, pytest.raises(Unauthenticated):
        revoked.apps.list()
    assert "not found" in peer("keys", "revoke", "nobody", status=1).out
    # The peer with the key that may look only is told so.
    assert "runners:read" in peer("runners", "list", env={"FAL_KEY": chosen}, status=1).out


def test_secrets(peer: Peer, client: SyncServerlessClient) -> None:
    peer("secrets", "set", "FIRST=one", "SECOND=two=2")
    peer("secrets", "set", "HIDDEN=three", "--not-exposed-by-default")
    ours = {secret.name: secret for secret in client.secrets.list()}
    assert {name: secret.default_exposed for name, secret in ours.items()} == {
        "FIRST": True,
        "SECOND": True,
        "HIDDEN": False,
    }
    theirs = peer("secrets", "list", "--output", "json").json["secrets"]
    assert {secret["name"]: (secret["environment"], secret["default_exposed"]) for secret in theirs} == {
        name: (secret.environment_name, secret.default_exposed) for name, secret in ours.items()
    }
    assert {(row[0], row[3]) for row in peer("secrets", "list").rows} == {
        ("FIRST", "yes"),
        ("SECOND", "yes"),
        ("HIDDEN", "no"),
    }
    peer("secrets", "unset", "FIRST")
    assert {secret.name for secret in client.secrets.list()} == {"SECOND", "HIDDEN"}
    assert "1ST" in peer("secrets", "set", "1ST=x", status=1).out


def test_environments_with_their_secrets(peer: Peer, client: SyncServerlessClient) -> None:
    assert "staging" in peer("environments", "create", "staging", "--description", "before it is real").out
    peer("secrets", "set", "TOKEN=staged", "--env", "staging")
    assert [secret.name for secret in client.secrets.list(environment_name="staging")] == ["TOKEN"]
    assert peer("secrets", "list", "--json", "--env", "staging").json["secrets"][0]["environment"] == "staging"
    theirs = peer("environments", "list", "--json").json["environments"]
    assert [(e["name"], e["description"], e["is_default"]) for e in theirs] == [
        ("main", None, True),
        ("staging", "before it is real", False),
    ]
    assert [(e["name"], e["description"]) for e in theirs] == [
        (e.name, e.description) for e in client.environments.list()
    ]
    assert [row[:3] for row in peer("environments", "list").rows] == [
        ["main", "", "Yes"],
        ["staging", "before it is real", ""],
    ]
    assert "cancelled" in peer("environments", "delete", "staging", stdin="something else\n").out
    assert len(client.environments.list()) == 2
    peer("environments", "delete", "staging", stdin="staging\n")
    assert [e.name for e in client.environments.list()] == ["main"]
    client.environments.create("other")
    peer("environments", "delete", "other", "--yes")
    assert [e.name for e in client.environments.list()] == ["main"]
    assert "main" in peer("environments", "delete", "main", "--yes", status=1).out


def test_whoami(peer: Peer) -> None:
    assert "'local'" in peer("auth", "whoami").out
    assert "401" in peer("auth", "whoami", env={"FAL_KEY": "no:body"}, status=1).out


def test_a_profile_that_the_peer_writes_leads_both_to_the_same_place(
    peer: Peer, client: SyncServerlessClient, plane: Plane, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.secrets.set("SEEN_BY_PROFILE", "x")
    (peer.folder / ".fal").mkdir()  # which the peer misses, and does not make
    without: dict[str, str | None] = {"FAL_KEY": None, "FAL_GRPC_HOST": None, "FAL_REST_HOST": None}
    peer("profile", "create", "here", env=without)
    peer("profile", "key", stdin=plane.key + "\n", env=without)
    peer("profile", "host", plane.env()["FAL_GRPC_HOST"], env=without)
    assert peer("profile", "list", "--json", env=without).json["profiles"] == [
        {"profile": "here", "is_set": True, "settings": ["key", "host"]}
    ]
    names = [secret["name"] for secret in peer("secrets", "list", "--json", env=without).json["secrets"]]
    assert "SEEN_BY_PROFILE" in names

    for name in plane.env():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FAL_CONFIG_PATH", str(peer.folder / ".fal" / "config.toml"))
    monkeypatch.setenv("ISOLATE_TEST_MODE", "1")
    with SyncServerlessClient() as ours:
        assert [secret.name for secret in ours.secrets.list()] == names
    with SyncServerlessClient(profile="here") as ours:
        assert [secret.name for secret in ours.secrets.list()] == names
    peer("profile", "unset", env=without)
    assert "authenticated" in peer("secrets", "list", env={"FAL_KEY": None}, status=1).out
    peer("profile", "set", "here", env=without)
    assert peer("secrets", "list", "--json", env=without).json["secrets"]
    peer("profile", "delete", "here", env=without)
    assert peer("profile", "list", "--json", env=without).json == {"profiles": []}
