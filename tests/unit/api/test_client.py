"""The client itself: resolved once, shared, closed, and silent about its secrets."""

from __future__ import annotations

import copy
import pickle
import traceback
from pathlib import Path
from typing import Any

import pytest

from fal import exceptions
from fal._gen.proto import controller_pb2 as pb
from fal.api import AppsNamespace, AsyncAppsNamespace, SyncServerlessClient

_SECRET = "hunter2-hunter2"
_KEY = f"my-key-id:{_SECRET}"


def test_a_namespace_is_made_once_and_knows_its_client(client: SyncServerlessClient, wire: Any) -> None:
    for name in ("apps", "runners", "keys", "secrets", "environments", "logs", "teams", "files"):
        namespace = getattr(client, name)
        assert namespace is getattr(client, name)
        assert namespace.client is client
        kind = type(namespace if wire.kind == "sync" else vars(namespace)["_target"]).__name__
        assert kind == f"{'' if wire.kind == 'sync' else 'Async'}{name.capitalize()}Namespace"


def test_a_namespace_can_be_made_by_hand(client: SyncServerlessClient, wire: Any) -> None:
    if wire.kind == "sync":
        assert AppsNamespace(client).list() == []
    else:
        apps: Any = AsyncAppsNamespace(vars(client)["_target"])
        assert vars(client)["_loop"].wait(apps.list()) == []
    assert [name for name, _ in wire.calls] == ["ListAliases"]


def test_the_documented_attributes_hold_what_was_given(clean_environment: None) -> None:
    client = SyncServerlessClient("api.alpha.fal.ai", _KEY, None, "acme")
    assert (client.host, client.profile, client.team) == ("api.alpha.fal.ai", None, "acme")
    assert client.api_key == _KEY
    assert SyncServerlessClient(host="api.alpha.fal.ai", api_key=client.api_key)._credentials == client._credentials


@pytest.mark.parametrize(
    ("host", "grpc_host", "rest_url"),
    [
        (None, "api.alpha.fal.ai", "https://rest.alpha.fal.ai"),
        ("api.shark.fal.ai", "api.shark.fal.ai", "https://rest.shark.fal.ai"),
        ("http://127.0.0.1:9000", "127.0.0.1:9000", "http://127.0.0.1:9000"),
    ],
)
def test_the_documented_properties(clean_environment: None, host: str | None, grpc_host: str, rest_url: str) -> None:
    client = SyncServerlessClient(host=host, api_key=_KEY)
    assert client._grpc_host == grpc_host
    assert client._rest_url == rest_url
    assert client._credentials.kind == "key"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"api_key": "no-colon"}, "api_key"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": f"{_KEY}\n"}, "api_key"),
        ({"profile": "nobody"}, "nobody"),
        ({"host": "http://example.com"}, "plaintext"),
        ({"host": "not a host"}, "not a host"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": -1}, "timeout"),
        ({"ca_cert": "/no/such/file.pem"}, "ca_cert"),
    ],
)
def test_a_malformed_setting_fails_at_construction(
    clean_environment: None, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        SyncServerlessClient(**options)
    assert isinstance(caught.value, exceptions.FalServerlessException)
    assert _SECRET not in str(caught.value)


def test_without_credentials_a_client_is_made_and_its_first_call_refused(wire: Any) -> None:
    with SyncServerlessClient(host=wire.host) as client:
        assert client.auth_info().method == "missing"
        with pytest.raises(exceptions.Unauthenticated, match="FAL_KEY"):
            client.apps.list()
    assert wire.calls == []


def test_auth_info_says_what_was_resolved_and_where_it_came_from(
    clean_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[work]\nkey = "{_KEY}"\nhost = "api.shark.fal.ai"\n', encoding="utf-8")
    monkeypatch.setenv("FAL_CONFIG_PATH", str(config))
    monkeypatch.setenv("FAL_KEY", "other:other")
    info = SyncServerlessClient(profile="work", team="acme").auth_info()
    assert info.host == "api.shark.fal.ai:443"
    assert info.rest_url == "https://rest.shark.fal.ai"
    assert (info.method, info.key_id, info.profile, info.team) == ("key", "my-key-id", "work", "acme")
    assert "profile 'work'" in info.sources["credentials"]
    assert info.sources["team"] == "argument team"
    assert _SECRET not in repr(info)


def test_the_key_is_sent_on_both_wires(wire: Any) -> None:
    wire.documents["/applications/metrics"] = (200, {"apps": {}})
    with wire.client(api_key=_KEY) as client:
        client.apps.list()
        client.runners.gpus()
    grpc_headers, rest_headers = wire.headers
    assert (grpc_headers["auth-key-id"], grpc_headers["auth-key"]) == ("my-key-id", _SECRET)
    assert {key.lower(): value for key, value in rest_headers.items()}["authorization"] == f"Key {_KEY}"


def _shown(value: object) -> list[str]:
    return [
        repr(value),
        str(value),
        f"{value}",
        f"{value!r:>90}",
        repr(vars(value)) if hasattr(value, "__dict__") else "",
    ]


def test_no_public_object_shows_the_key(clean_environment: None) -> None:
    client = SyncServerlessClient("http://127.0.0.1:1", _KEY, proxy=f"http://user:{_SECRET}@127.0.0.1:3128")
    objects: list[object] = [
        client,
        client.api_key,
        client.apps,
        client.runners,
        client.keys,
        client.secrets,
        client.environments,
        client.teams,
        client.files,
        client.auth_info(),
        client._credentials,
        client._caller,
        client._caller.settings,
        client.with_options(timeout=3),
    ]
    for value in objects:
        for text in _shown(value):
            assert _SECRET not in text, type(value)
    assert "api_key='***" in repr(client)


def test_no_traceback_shows_a_secret(client: SyncServerlessClient, wire: Any) -> None:
    import grpc

    wire.answers["SetSecret"] = (grpc.StatusCode.PERMISSION_DENIED, "no")
    with pytest.raises(exceptions.PermissionDenied) as caught:
        client.secrets.set("NAME", _SECRET)
    shown = "".join(traceback.format_exception(caught.value))
    assert _SECRET not in shown.replace('client.secrets.set("NAME", _SECRET)', "")
    assert _SECRET not in repr(caught.value)


@pytest.mark.parametrize("call", [lambda client: client.keys.revoke("id"), lambda client: client.teams.list()])
def test_an_error_of_either_wire_comes_without_the_frames_below_the_surface(
    client: SyncServerlessClient, wire: Any, call: Any
) -> None:
    import grpc

    wire.answers["RevokeUserKey"] = (grpc.StatusCode.PERMISSION_DENIED, "no")
    wire.documents["/users/teams"] = (403, {"detail": "no"})
    with pytest.raises(exceptions.PermissionDenied) as caught:
        call(client)
    modules = {frame.f_globals["__name__"] for frame, _ in traceback.walk_tb(caught.value.__traceback__)}
    assert any(name.startswith(("fal.api", "fal._aio")) for name in modules)
    assert not any(name.startswith(("fal._core", "fal._aio.caller")) for name in modules)


def test_no_frame_of_the_surface_holds_the_key_when_construction_fails(clean_environment: None) -> None:
    with pytest.raises(exceptions.ConfigurationError) as caught:
        SyncServerlessClient(api_key=_KEY, profile="nobody")
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)][1:]
    assert frames
    for frame in frames:
        assert _SECRET not in repr(frame.f_locals), frame.f_code.co_qualname


def test_a_client_with_an_explicit_key_is_not_pickled(clean_environment: None) -> None:
    with pytest.raises(TypeError, match="explicit api_key cannot be pickled") as caught:
        pickle.dumps(SyncServerlessClient("http://127.0.0.1:1", _KEY))
    assert _SECRET not in str(caught.value)


def test_a_client_without_secrets_of_its_own_is_resolved_again_where_it_is_unpickled(
    clean_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAL_KEY", _KEY)
    client = SyncServerlessClient("http://127.0.0.1:1", team="acme", timeout=7)
    content = pickle.dumps(client.with_options(request_id="req-1", max_retries=2))
    assert _SECRET.encode() not in content
    monkeypatch.setenv("FAL_KEY", "there:secret")
    there = pickle.loads(content)
    assert (there.host, there.team) == ("http://127.0.0.1:1", "acme")
    assert there.auth_info().key_id == "there"
    options = there._caller.options
    assert (options.timeout, options.max_retries, options.request_id) == (7, 2, "req-1")


def test_a_client_is_hashable_and_equal_to_itself_alone(clean_environment: None) -> None:
    one, other = SyncServerlessClient("api.fal.ai", _KEY), SyncServerlessClient("api.fal.ai", _KEY)
    assert {one: 1}[one] == 1
    assert one != other


@pytest.mark.parametrize("name", ["host", "api_key", "profile", "team"])
def test_what_is_resolved_cannot_be_changed_without_effect(clean_environment: None, name: str) -> None:
    client = SyncServerlessClient("api.fal.ai", _KEY)
    with pytest.raises(AttributeError, match=f"{name} cannot be changed"):
        setattr(client, name, "other")


def test_a_masked_key_survives_a_copy(clean_environment: None) -> None:
    key = SyncServerlessClient("api.fal.ai", _KEY).api_key
    assert _SECRET not in repr(copy.deepcopy({"key": key}))


def test_a_closed_client_says_so(wire: Any) -> None:
    with wire.client() as client:
        client.apps.list()
    client.close()
    with pytest.raises(exceptions.ClientClosed, match="closed"):
        client.apps.list()
    with pytest.raises(RuntimeError):
        client.runners.list()
    assert len(wire.calls) == 1


def test_with_options_shares_the_connection_and_has_its_own_timeout(wire: Any) -> None:
    wire.answers["ListAliases"] = pb.ListAliasesResult()
    with wire.client() as client:
        quick = client.with_options(timeout=5)
        assert quick.apps.list() == []
        assert client.apps.list() == []
        assert quick.apps is not client.apps
        assert quick.apps.client is quick
        assert (quick.host, quick.api_key) == (client.host, client.api_key)
        assert quick.with_options(team="acme").team == "acme"
        with pytest.raises(ValueError, match="timeout"):
            client.with_options(timeout=-1)


def test_a_timeout_bounds_the_call(wire: Any) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with wire.client(host=host, timeout=0.2) as client, pytest.raises(TimeoutError) as caught:
            client.apps.list()
    assert isinstance(caught.value, exceptions.DeadlineExceeded)
