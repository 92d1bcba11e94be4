"""What a server may answer: every value of every enum, what is absent, what is new, and every error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fal.sdk import KeyPreset
from tests.congruence.case import Case
from tests.congruence.values import APP, KEY_INFO, RUNNER, SECRET

STATUSES = (
    "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip


def answers() -> Iterator[Case]:
    """What a server may answer: every value of every enum, what is absent, what is new."""
    numbers = {f"number {number}": number for number in (*range(10), 42)}
    for what, number in numbers.items():
        yield Case(
            f"a runner's state: {what}",
            lambda c: c.runners.list(),
            {"ListRunners": {"runners": [{**RUNNER, "state": number}]}},
        )
    for number in (0, 1, 2, 9):
        changed = [{**RUNNER, "replacement": number}]
        yield Case(
            f"a runner's replacement: number {number}",
            lambda c: c.runners.list(),
            {"ListRunners": {"runners": changed}},
        )
        app = {**APP, "auth_mode": number}
        yield Case(f"an app's auth mode: number {number}", lambda c: c.apps.list(), {"ListAliases": {"aliases": [app]}})
        yield Case(
            f"a scaled app's auth mode: number {number}",
            lambda c: c.apps.scale("my-app"),
            {"UpdateApplication": {"alias_info": app}},
        )
        key = {**KEY_INFO, "scope": number}
        yield Case(f"a key's scope: number {number}", lambda c: c.keys.list(), {"ListUserKeys": {"user_keys": [key]}})
    sparse: dict[str, tuple[Callable[[Any], Any], str, dict[str, Any]]] = {
        "an app": (lambda c: c.apps.list(), "ListAliases", {"aliases": [{}]}),
        "a scaled app": (lambda c: c.apps.scale("my-app"), "UpdateApplication", {"alias_info": {}}),
        "the scaled app itself": (lambda c: c.apps.scale("my-app"), "UpdateApplication", {}),
        "a runner": (lambda c: c.runners.list(), "ListRunners", {"runners": [{}]}),
        "an app's runner": (lambda c: c.apps.runners("my-app"), "ListAliasRunners", {"runners": [{}]}),
        "a key": (lambda c: c.keys.list(), "ListUserKeys", {"user_keys": [{}]}),
        "a secret": (lambda c: c.secrets.list(), "ListSecrets", {"secrets": [{}]}),
        "an environment": (lambda c: c.environments.list(), "ListEnvironments", {"environments": [{}]}),
        "a new environment": (lambda c: c.environments.create("a"), "CreateEnvironment", {}),
        "a new key": (lambda c: c.keys.create(preset=KeyPreset.API), "CreateUserKey", {}),
    }
    for what, (call, rpc, answer) in sparse.items():
        yield Case(f"nothing said about {what}", call, {rpc: answer})
    zeros = {**dict.fromkeys(APP, 0), "machine_types": [], "valid_regions": []}
    zeros |= {"alias": "my-app", "revision": "", "environment_name": ""}
    yield Case("an app of zeros", lambda c: c.apps.list(), {"ListAliases": {"aliases": [zeros]}})
    yield Case(
        "an app that rolls out", lambda c: c.apps.list(), {"ListAliases": {"aliases": [{**APP, "is_rolling": True}]}}
    )
    metadata: dict[str, Any] = {
        "numbers": [1, 1.5, 0, -3],
        "deep": {"a": {"b": [{"c": None}]}},
        "text": "ü",
        "empty": {},
    }
    yield Case(
        "a runner's metadata",
        lambda c: c.runners.list(),
        {
            "ListRunners": {
                "runners": [{**RUNNER, "external_metadata": metadata, "expiration_countdown": 0, "uptime": 0}]
            }
        },
    )
    for exposed in (True, False):
        secret = {**SECRET, "default_exposed": exposed}
        yield Case(
            f"a secret that is exposed: {exposed}", lambda c: c.secrets.list(), {"ListSecrets": {"secrets": [secret]}}
        )
    many = [{**APP, "alias": f"app-{number}"} for number in range(2000)]
    yield Case("two thousand apps", lambda c: c.apps.list(), {"ListAliases": {"aliases": many}})


def errors() -> Iterator[Case]:
    calls: dict[str, tuple[Callable[[Any], Any], str]] = {
        "apps.list": (lambda c: c.apps.list(), "ListAliases"),
        "apps.scale": (lambda c: c.apps.scale("my-app", keep_alive=1), "UpdateApplication"),
        "keys.create": (lambda c: c.keys.create(preset=KeyPreset.API), "CreateUserKey"),
        "environments.create": (lambda c: c.environments.create("staging"), "CreateEnvironment"),
    }
    for name, (call, rpc) in calls.items():
        for status in STATUSES:
            yield Case(f"{name} fails: {status}", call, {rpc: status})
        yield Case(f"{name} fails once: UNAVAILABLE", call, {rpc: ["UNAVAILABLE", {}]})
    writes: dict[str, tuple[Callable[[Any], Any], str]] = {
        "apps.rollout": (lambda c: c.apps.rollout("my-app"), "RolloutApplication"),
        "runners.stop": (lambda c: c.runners.stop("r"), "StopRunner"),
        "runners.kill": (lambda c: c.runners.kill("r"), "KillRunner"),
        "keys.revoke": (lambda c: c.keys.revoke("k"), "RevokeUserKey"),
        "secrets.set": (lambda c: c.secrets.set("A", "b"), "SetSecret"),
        "secrets.unset": (lambda c: c.secrets.unset("A"), "SetSecret"),
        "environments.delete": (lambda c: c.environments.delete("a"), "DeleteEnvironment"),
    }
    reads: dict[str, tuple[Callable[[Any], Any], str]] = {
        "apps.runners": (lambda c: c.apps.runners("my-app"), "ListAliasRunners"),
        "runners.list": (lambda c: c.runners.list(), "ListRunners"),
        "keys.list": (lambda c: c.keys.list(), "ListUserKeys"),
        "secrets.list": (lambda c: c.secrets.list(), "ListSecrets"),
        "environments.list": (lambda c: c.environments.list(), "ListEnvironments"),
    }
    for name, (call, rpc) in {**writes, **reads}.items():
        yield Case(f"{name} fails: NOT_FOUND", call, {rpc: "NOT_FOUND"})
        yield Case(f"{name} fails once: UNAVAILABLE", call, {rpc: ["UNAVAILABLE", {}]})
