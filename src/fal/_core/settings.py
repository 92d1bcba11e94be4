"""Settings, resolved once: the argument, then the environment, then the profile, then the default.

An explicit `profile` argument ranks with the arguments, so its key and host win over the environment's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from fal._core import auth, hosts
from fal._core.config_file import INTERNAL as _INTERNAL
from fal._core.config_file import config_path
from fal._core.hosts import Endpoint
from fal._core.secret import MaskedStr
from fal._sentences import closest
from fal.exceptions import ConfigurationError


@dataclass(frozen=True, slots=True)
class Settings:
    """The resolved settings of a client.

    Attributes:
        sources: Where each field came from.
        hints: Code of an error -> what to do next, where the advice of the error's class is not for this service.
    """

    grpc_target: str
    grpc_secure: bool
    rest_url: str
    run_url: str
    queue_url: str
    platform_url: str
    team: str | None
    profile: str | None
    credentials: auth.Credentials = field(repr=False)
    sources: Mapping[str, str]
    other_hosts: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)

    @property
    def rest_hosts(self) -> Mapping[str, str]:
        """The bases of REST operations, by the names that the operations know them by."""
        return {"rest": self.rest_url, "platform": self.platform_url, **self.other_hosts}

    def __reduce__(self) -> NoReturn:
        raise TypeError("settings cannot be pickled: they hold credentials")


def is_true(value: str | None) -> bool:
    """Return whether a variable is set and is not 0, false or empty."""
    return value is not None and value.strip().casefold() not in ("", "0", "false")


def resolve(
    *,
    host: str | None = None,
    api_key: str | None = None,
    profile: str | None = None,
    team: str | None = None,
    rest_host: str | None = None,
    run_host: str | None = None,
    platform_host: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Resolve every setting; nothing is sent.

    Raises:
        ConfigurationError: A setting is malformed or unknown; the error names where it came from, never a secret.
    """
    # The frames of an error are shown by debuggers and error reporters: neither the key nor the environment is in them.
    api_key = MaskedStr(api_key) if isinstance(api_key, str) else api_key
    env = _Environment(os.environ if environ is None else environ)
    del environ
    for name, value in (
        ("host", host),
        ("rest_host", rest_host),
        ("run_host", run_host),
        ("platform_host", platform_host),
        ("profile", profile),
        ("team", team),
    ):
        if value is not None:
            check_name(name, value)
    config = _Config.load(env)
    chosen = config.choose(profile, env)
    sources: dict[str, str] = {}
    if chosen.name is not None:
        sources["profile"] = chosen.source

    given = {"rest_host": rest_host, "run_host": run_host, "platform_host": platform_host}
    endpoints = _endpoints(host, given, chosen, env, sources)
    team_name, sources["team"] = (team, "argument team") if team is not None else config.team()
    credentials, sources["credentials"] = _credentials(api_key, chosen, env, config.unreadable)
    grpc, rest, run, queue, platform = endpoints
    return Settings(
        grpc_target=grpc.target,
        grpc_secure=grpc.secure,
        rest_url=rest.url,
        run_url=run.url,
        queue_url=queue.url,
        platform_url=platform.url,
        team=team_name,
        profile=chosen.name,
        credentials=credentials,
        sources=sources,
    )


def check_name(argument: str, value: object) -> None:
    """Raise ConfigurationError for a setting that is no text, or an empty one."""
    if not isinstance(value, str) or not value.strip():
        shown = repr(value) if isinstance(value, str) else f"a {type(value).__name__}"
        raise ConfigurationError(f"{argument}: {shown} is not a name", hint="Omit the argument, or pass a name.")


class _Environment(Mapping[str, str]):
    """The environment, without a text that would show the keys in it."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return MaskedStr(self._values[name]) if "KEY" in name else self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _endpoints(
    host: str | None,
    given: Mapping[str, str | None],
    chosen: _Profile,
    env: Mapping[str, str],
    sources: dict[str, str],
) -> tuple[Endpoint, Endpoint, Endpoint, Endpoint, Endpoint]:
    plaintext = None
    if is_true(env.get("ISOLATE_TEST_MODE")):
        plaintext = "ISOLATE_TEST_MODE"
    elif is_true(env.get("ISOLATE_AUTH_DISABLED")):
        plaintext = "ISOLATE_AUTH_DISABLED"
    profile_host = chosen.text("host")
    candidates = [
        (host, "argument host"),
        (profile_host if chosen.explicit else None, chosen.where("host")),
        (env.get("FAL_GRPC_HOST"), "variable FAL_GRPC_HOST"),
        (env.get("FAL_HOST"), "variable FAL_HOST"),
        (profile_host, chosen.where("host")),
        (hosts.DEFAULT_GRPC, "default"),
    ]
    text, source = next((value, where) for value, where in candidates if value)
    grpc = hosts.parse(text, source, plaintext=plaintext)
    if source == "variable FAL_HOST" and plaintext is None and not grpc.host.startswith("api"):
        raise ConfigurationError(
            f"{source}: {text!r} does not begin with 'api'", hint="Set FAL_GRPC_HOST for a host with another name."
        )
    sources["host"] = source
    # A host that was named outright decides the others too: a key goes to no host that was meant for another one.
    outright = source == "argument host" or (chosen.explicit and source == chosen.where("host"))

    def other(name: str, variable: str, derived: Endpoint, *, path: bool = False, usual_path: str = "") -> Endpoint:
        in_profile = chosen.text(name)
        # What a profile says of its other hosts belongs to its own host, and goes with a key that is meant for it.
        of_profile = (
            (in_profile, chosen.where(name))
            if in_profile and source in (chosen.where("host"), "default")
            else (None, "")
        )
        candidates = (
            (given.get(name), f"argument {name}"),
            of_profile if chosen.explicit else (None, ""),
            (None if outright else env.get(variable), f"variable {variable}"),
            of_profile,
        )
        value, where = next((candidate for candidate in candidates if candidate[0]), (None, ""))
        if value is None:
            sources[name] = f"derived from {source}"
            return derived
        sources[name] = where
        return hosts.parse(value, where, plaintext=plaintext, path_allowed=path, usual_path=usual_path)

    rest = other("rest_host", "FAL_REST_HOST", hosts.rest_endpoint(grpc), path=True)
    run = other("run_host", "FAL_RUN_HOST", hosts.run_of(grpc))
    queue = other("queue_host", "FAL_QUEUE_RUN_HOST", hosts.queue_of(run), path=True)
    of_platform = hosts.platform_of(grpc)
    platform = other("platform_host", "FAL_PLATFORM_HOST", of_platform, path=True, usual_path=hosts.PLATFORM_PATH)
    return grpc, rest, run, queue, platform


def _credentials(
    api_key: str | None, chosen: _Profile, env: Mapping[str, str], unreadable: str | None
) -> tuple[auth.Credentials, str]:
    if api_key is not None:
        return auth.parse_key(api_key, "argument api_key"), "argument api_key"
    if is_true(env.get("ISOLATE_AUTH_DISABLED")):
        return auth.Anonymous(), "variable ISOLATE_AUTH_DISABLED"
    token = auth.stored_login(env)
    if env.get("FAL_FORCE_AUTH_BY_USER") == "1":
        if token is None:
            return auth.Missing(("stored login (variable FAL_FORCE_AUTH_BY_USER asks for it)",)), "nothing"
        return token, "stored login"
    key = chosen.key()
    if key and chosen.explicit:
        return auth.parse_key(key, chosen.where("key")), chosen.where("key")
    if env.get("FAL_KEY"):
        return auth.parse_key(env["FAL_KEY"], "variable FAL_KEY"), "variable FAL_KEY"
    key_id, key_secret = env.get("FAL_KEY_ID"), env.get("FAL_KEY_SECRET")
    if key_id or key_secret:
        source = "variables FAL_KEY_ID and FAL_KEY_SECRET"
        if not (key_id and key_secret):
            missing = "FAL_KEY_SECRET" if key_id else "FAL_KEY_ID"
            raise ConfigurationError(f"{source}: {missing} is not set", hint="Set both, or FAL_KEY.")
        return auth.parse_key(MaskedStr(":".join((key_id, key_secret))), source), source
    if key:
        return auth.parse_key(key, chosen.where("key")), chosen.where("key")
    colab = auth.colab_key()
    if colab:
        return auth.parse_key(colab, "Google Colab secret FAL_KEY"), "Google Colab secret FAL_KEY"
    if token is not None:
        return token, "stored login"
    looked = (
        "argument api_key",
        "variable FAL_KEY",
        "variables FAL_KEY_ID and FAL_KEY_SECRET",
        f"profile key ({unreadable})" if unreadable else "profile key",
        "stored login",
    )
    return auth.Missing(looked), "nothing"


@dataclass(frozen=True, slots=True)
class _Profile:
    name: str | None
    source: str
    explicit: bool
    path: Path
    values: Mapping[str, Any] = field(repr=False)

    def where(self, key: str) -> str:
        return f"key {key!r} of profile {self.name!r} in {self.path}"

    def text(self, key: str) -> str | None:
        if not isinstance(self.values.get(key, ""), str):
            kind = type(self.values[key]).__name__
            raise ConfigurationError(f"{self.where(key)}: it is a {kind}, not a string")
        return self.values.get(key) or None

    def key(self) -> MaskedStr | None:
        text = self.text("key")
        return MaskedStr(text) if text else None


@dataclass(frozen=True, slots=True)
class _Config:
    path: Path
    tables: Mapping[str, Any] = field(repr=False)
    unreadable: str | None = None
    """Why the user's default file cannot be read: an error only for a setting that would be read from it."""

    @classmethod
    def load(cls, env: Mapping[str, str]) -> _Config:
        path = config_path(env)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (FileNotFoundError, NotADirectoryError):
            return cls(path, {})
        except (OSError, UnicodeDecodeError) as error:
            if isinstance(error, OSError) and not env.get("FAL_CONFIG_PATH"):
                return cls(path, {}, f"the configuration file {path} cannot be read: {error.strerror}")
            raise ConfigurationError(f"the configuration file {path} cannot be read: {error}") from None
        import tomllib

        try:
            return cls(path, tomllib.loads(text))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            del text  # with keys, and error reporters show the variables of frames
            raise ConfigurationError(
                f"the configuration file {path} is not valid TOML: {error}", hint="Correct it, or set FAL_CONFIG_PATH."
            ) from None

    def choose(self, argument: str | None, env: Mapping[str, str]) -> _Profile:
        """Return the profile that is asked for; a profile without a name and values when none is."""
        internal = self._internal()
        candidates = (
            (argument, "argument profile"),
            (env.get("FAL_PROFILE"), "variable FAL_PROFILE"),
            (internal.get("profile"), f"key 'profile' of [{_INTERNAL}] in {self.path}"),
        )
        name, source = next(((value, where) for value, where in candidates if value), (None, ""))
        if name is None:
            return _Profile(None, "", False, self.path, {})
        if self.unreadable is not None:
            raise ConfigurationError(f"{source}: {self.unreadable}")
        known = sorted(key for key, value in self.tables.items() if key != _INTERNAL and isinstance(value, dict))
        if name not in known:
            near = closest(str(name), known)
            have = f"It has: {', '.join(known)}." if known else "It has no profiles."
            # With a colon in it, it is rather a key that was given in the profile's place: it is not shown.
            shown = "of this name" if ":" in str(name) else repr(name)
            raise ConfigurationError(
                f"{source}: there is no profile {shown} in {self.path}",
                hint=f"Did you mean {near!r}?" if near else have,
            )
        return _Profile(name, source, argument is not None, self.path, self.tables[name])

    def team(self) -> tuple[str | None, str]:
        team = self._internal().get("team")
        if not team:
            return None, "nothing"
        source = f"key 'team' of [{_INTERNAL}] in {self.path}"
        if not isinstance(team, str):
            raise ConfigurationError(f"{source}: it is a {type(team).__name__}, not a string")
        return team, source

    def _internal(self) -> Mapping[str, Any]:
        table = self.tables.get(_INTERNAL, {})
        return table if isinstance(table, dict) else {}
