"""Who calls, with which credentials, and several calls together."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from typing import Any

from tests.congruence.case import KEY, Case
from tests.congruence.values import APP, RUNNER, SECRET

TEAMS = [
    {"user_id": "user|me", "nickname": "me", "full_name": "Me", "is_personal": True},
    {"user_id": "team|acme", "nickname": "acme", "full_name": "Acme", "is_personal": False},
]


def token() -> str:
    """Return an access token that nobody signed, good for a long time."""
    parts = ({"alg": "none", "typ": "JWT"}, {"exp": 4_000_000_000, "sub": "user"})
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".c2ln"
    )


def credentials() -> Iterator[Case]:
    """Who calls: keys and logins from everywhere, and teams."""

    def case(name: str, **options: Any) -> Case:
        return Case(f"credentials: {name}", lambda c: c.apps.list(), **options)

    nobody: dict[str, Any] = {"client": {}}
    config = '[__internal__]\nprofile = "work"\n[work]\nkey = "work-id:work-secret"\n[other]\nkey = "other-id:other-secret"\n'
    profiles: dict[str, Any] = {"files": {"config.toml": config}, "client": {}}
    yield case("a key with colons in its secret", client={"api_key": "id:se:cr:et"})
    yield case("an argument before the environment", client={"api_key": KEY}, environ={"FAL_KEY": "e-id:e-secret"})
    yield case("FAL_KEY", **nobody, environ={"FAL_KEY": "e-id:e-secret"})
    yield case("FAL_KEY_ID and FAL_KEY_SECRET", **nobody, environ={"FAL_KEY_ID": "p-id", "FAL_KEY_SECRET": "p-secret"})
    yield case(
        "FAL_KEY before the pair",
        **nobody,
        environ={"FAL_KEY": "e-id:e-secret", "FAL_KEY_ID": "p-id", "FAL_KEY_SECRET": "p-secret"},
    )
    yield case("half of the pair", **nobody, environ={"FAL_KEY_ID": "p-id"})
    yield case("a key without a colon", client={"api_key": "nonsense"})
    yield case("an empty key", client={"api_key": ""}, environ={"FAL_KEY": "e-id:e-secret"})
    yield case("a key with an empty secret", client={"api_key": "id:"})
    yield case("a key with a newline", client={"api_key": "id:sec\nret"})
    yield case("FAL_KEY without a colon", **nobody, environ={"FAL_KEY": "nonsense"})
    yield case("none at all", **nobody)
    yield case("the profile that the configuration names", **profiles)
    yield case("FAL_PROFILE", **profiles, environ={"FAL_PROFILE": "other"})
    pair = {"FAL_KEY_ID": "p-id", "FAL_KEY_SECRET": "p-secret"}
    yield case("FAL_KEY_ID and FAL_KEY_SECRET, and a profile", **profiles, environ=pair)
    yield case("FAL_KEY before the profile", **profiles, environ={"FAL_KEY": "e-id:e-secret"})
    asked = {**profiles, "client": {"profile": "other"}}
    yield case("a profile by argument", **asked)
    yield case("a profile by argument, and FAL_KEY", **asked, environ={"FAL_KEY": "e-id:e-secret"})
    yield case(
        "a profile that is not there",
        files=profiles["files"],
        client={"profile": "nope"},
        environ={"FAL_KEY": "e-id:e-secret"},
    )
    login: dict[str, Any] = {"files": {"auth0_token": f"refresh\n{token()}"}, "client": {}}
    yield case("a stored login", **login)
    yield case("a key before a stored login", **login, environ={"FAL_KEY": "e-id:e-secret"})
    yield case("a stored login by force", **login, environ={"FAL_KEY": "e-id:e-secret", "FAL_FORCE_AUTH_BY_USER": "1"})
    asked_teams = {"GET /users/teams": (200, TEAMS)}
    for what, team in {"a team": "acme", "a team in upper case": "ACME", "no such team": "nope"}.items():
        yield case(f"a stored login for {what}", **{**login, "client": {"team": team}}, answers=asked_teams)
    in_config = {**login["files"], "config.toml": '[__internal__]\nteam = "acme"\n'}
    yield case("a stored login for the configured team", files=in_config, client={}, answers=asked_teams)
    user = {"GET /users/current": (200, {**TEAMS[1], "email": "a@b.c", "auth_method": "key"})}
    yield case("a key for its own team", client={"api_key": KEY, "team": "acme"}, answers=user)
    yield case("a key for another team", client={"api_key": KEY, "team": "umbrella"}, answers=user)
    yield Case("credentials: a key, over REST", lambda c: c.runners.gpus(), {"GET /applications/metrics": (200, {})})
    yield Case(
        "credentials: a login for a team, over REST",
        lambda c: c.runners.gpus(),
        {"GET /applications/metrics": (200, {}), **asked_teams},
        client={"team": "acme"},
        files=login["files"],
    )


def together() -> Iterator[Case]:
    def threads(client: Any) -> list[int]:
        collected: list[int] = []

        def work() -> None:
            for number in range(5):
                collected.append(len(client.apps.list()))
                client.apps.scale("my-app", keep_alive=number)

        started = [threading.Thread(target=work) for _ in range(8)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
        return collected

    yield Case("eight threads, ten calls each", threads, {"ListAliases": {"aliases": [APP]}}, unordered=True)

    def script(client: Any) -> Any:
        for app in client.apps.list(filter="my"):
            client.apps.scale(app.alias, max_concurrency=app.max_concurrency + 1)
            for runner in client.apps.runners(app.alias, state=["running"]):
                client.runners.stop(runner.runner_id, replace_first=True)
        return [secret.name for secret in client.secrets.list()]

    yield Case(
        "a script that does one thing after another",
        script,
        {
            "ListAliases": {"aliases": [APP]},
            "ListAliasRunners": {"runners": [RUNNER]},
            "ListSecrets": {"secrets": [SECRET]},
        },
    )
