"""The client: `SyncServerlessClient`.

This module is what `from fal.api import SyncServerlessClient` loads, so it imports next to nothing; the first call loads
what it needs.
"""

from __future__ import annotations

from fal._core.known import known_options
from fal.api._deploying import Deploying

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from typing import Any, Self, TypeVar

    import httpx

    from fal._core.auth import Credentials
    from fal._core.call import CallEvent, Record
    from fal._core.caller import Caller
    from fal._core.hooks import Kind
    from fal._core.secret import Sealed
    from fal.api._namespace import Namespace
    from fal.api._raw import RawMethods
    from fal.api.account import Account
    from fal.api.analytics import AnalyticsNamespace
    from fal.api.apps import AppsNamespace
    from fal.api.auth import AuthNamespace
    from fal.api.auth_info import AuthInfo
    from fal.api.environments import EnvironmentsNamespace
    from fal.api.events import EventsNamespace
    from fal.api.files import FilesNamespace
    from fal.api.keys import KeysNamespace
    from fal.api.logs import LogsNamespace
    from fal.api.metrics import MetricsNamespace
    from fal.api.requests import RequestsNamespace
    from fal.api.runners import RunnersNamespace
    from fal.api.secrets import SecretsNamespace
    from fal.api.teams import TeamsNamespace
    from fal.api.usage import UsageNamespace

    N = TypeVar("N", bound=Namespace)

_HTTPS_PORT = ":443"
_NOT_PICKLED = ("proxy", "headers", "http_transport")  # secrets, or connections
_RESOLVED_ONCE = frozenset({"host", "api_key", "profile", "team"})


class _GivenKey:
    """The key of a client: a string that prints as a mask. Neither the client's nor the class's variables contain it."""

    def __get__(self, client: SyncServerlessClient | None, owner: type | None = None) -> str | None:
        # A client whose construction failed has no key, but may still be shown.
        return client.__dict__["_sealed_key"].value if client is not None and "_sealed_key" in client.__dict__ else None


def _given_key() -> Any:
    return _GivenKey()


class SyncServerlessClient(Deploying):
    """Manage apps, runners, keys, secrets and deployments of fal Serverless.

    Options that are left out come from the environment, then from the profile in the configuration file. They are resolved
    once, here, and nothing is sent; `auth_info()` says what was found and where. A client may be shared between threads.
    Close it with `close()`, or use it in a `with` statement.

    Args:
        host: The API host, e.g. "api.alpha.fal.ai".
        api_key: A key as "KEY_ID:KEY_SECRET".
        profile: The profile of the configuration file to use.
        team: The team to act for.
        timeout: How long a call may take, in seconds, including all attempts and pauses; None uses each method's limit.
        rest_host: The host of the REST API; derived from `host` when left out.
        run_host: The host that apps are called on; derived from `host` when left out.
        platform_host: The host of the platform API, e.g. "api.fal.ai"; derived from `host` when left out. Its path is /v1, unless
            another one follows: "NAME/PATH", or "NAME/" for none.
        ca_cert: A file with the certificates to trust instead of the system's, in PEM.
        proxy: The URL of a proxy to go through.
        max_retries: How often a call is retried at most, 0 for never; None uses each method's number. Calls that change something
            are retried only if they were never sent.
        headers: Headers to send along, over REST and as metadata over gRPC.
        keepalive: After how many idle seconds a gRPC server is pinged; None takes 30 for the platform, and
            310 for other servers, which end connections that ask more often.
        http_transport: Sends REST requests instead of the client's own connections: an `httpx.BaseTransport`. It takes care of
            TLS, proxies and the end of a call that takes too long.
        grpc_options: Options of the gRPC channel, e.g. {"grpc.max_concurrent_streams": 10}; they replace the client's own.

    Raises:
        ConfigurationError: A host, key or profile is malformed or unknown; the error names its source. A ValueError.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()

        # List apps
        apps = client.apps.list()

        # Scale an app
        client.apps.scale("my-app", max_concurrency=10)

        # Deploy
        client.deploy("path/to/myfile.py::MyApp")
    """

    host: str | None = None
    api_key: str | None = _given_key()
    profile: str | None = None
    team: str | None = None

    _caller: Caller
    _sealed_key: Sealed[str | None]
    _options: Mapping[str, Any]
    _namespaces: dict[type, Any]

    @known_options
    def __init__(
        self,
        host: str | None = None,
        api_key: str | None = None,
        profile: str | None = None,
        team: str | None = None,
        *,
        timeout: float | None = None,
        rest_host: str | None = None,
        run_host: str | None = None,
        platform_host: str | None = None,
        ca_cert: str | os.PathLike[str] | None = None,
        proxy: str | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
        keepalive: float | None = None,
        http_transport: httpx.BaseTransport | None = None,
        grpc_options: Mapping[str, int | str] | None = None,
    ) -> None:
        from fal._core.caller import Caller
        from fal._core.frames import forget_frames
        from fal._core.options import CallOptions, call_options, transport_options
        from fal._core.secret import MaskedStr, Sealed
        from fal._core.settings import resolve
        from fal.exceptions import FalServerlessException

        if type(api_key) is str:
            api_key = MaskedStr(api_key)
        if type(proxy) is str:
            proxy = MaskedStr(proxy)  # its URL may hold a password
        options = {
            "timeout": timeout,
            "rest_host": rest_host,
            "run_host": run_host,
            "platform_host": platform_host,
            "ca_cert": ca_cert,
            "proxy": None if proxy is None else Sealed(proxy),
            "max_retries": max_retries,
            "headers": None if headers is None else Sealed(headers),
            "keepalive": keepalive,
            "http_transport": http_transport,
            "grpc_options": grpc_options,
        }
        try:
            settings = resolve(
                host=host,
                api_key=api_key,
                profile=profile,
                team=team,
                rest_host=rest_host,
                run_host=run_host,
                platform_host=platform_host,
            )
            _check_alone()
            caller = Caller(
                settings,
                call_options(CallOptions(), timeout=timeout, max_retries=max_retries, headers=headers),
                transport_options(
                    settings,
                    ca_cert=ca_cert,
                    proxy=proxy,
                    keepalive=keepalive,
                    http_transport=http_transport,
                    grpc_options=grpc_options,
                ),
            )
        except FalServerlessException as error:
            # A key may be in the wrong argument, and error reporters show the variables of frames.
            del host, api_key, profile, team, rest_host, run_host, platform_host, proxy, headers, options
            raise forget_frames(error) from error.__cause__
        self.__dict__.update(
            host=host,
            profile=profile,
            team=team,
            _sealed_key=Sealed(api_key),
            _caller=caller,
            _options=options,
            _namespaces={},
        )

    # ------------------------------------------------------------------------------------------------- namespaces

    @property
    def apps(self) -> AppsNamespace:
        """Deployed apps."""
        from fal.api.apps import AppsNamespace

        return self._namespace(AppsNamespace)

    @property
    def runners(self) -> RunnersNamespace:
        """The machines that run apps."""
        from fal.api.runners import RunnersNamespace

        return self._namespace(RunnersNamespace)

    @property
    def keys(self) -> KeysNamespace:
        """API keys."""
        from fal.api.keys import KeysNamespace

        return self._namespace(KeysNamespace)

    @property
    def secrets(self) -> SecretsNamespace:
        """Secrets of apps."""
        from fal.api.secrets import SecretsNamespace

        return self._namespace(SecretsNamespace)

    @property
    def environments(self) -> EnvironmentsNamespace:
        """Environments, which keep apps and secrets apart."""
        from fal.api.environments import EnvironmentsNamespace

        return self._namespace(EnvironmentsNamespace)

    @property
    def logs(self) -> LogsNamespace:
        """The logs of apps and runners."""
        from fal.api.logs import LogsNamespace

        return self._namespace(LogsNamespace)

    @property
    def files(self) -> FilesNamespace:
        """The files of the data volume, which runners see as `/data`."""
        from fal.api.files import FilesNamespace

        return self._namespace(FilesNamespace)

    @property
    def usage(self) -> UsageNamespace:
        """Usage and its costs."""
        from fal.api.usage import UsageNamespace

        return self._namespace(UsageNamespace)

    @property
    def analytics(self) -> AnalyticsNamespace:
        """Counts, durations and failures of requests over time."""
        from fal.api.analytics import AnalyticsNamespace

        return self._namespace(AnalyticsNamespace)

    @property
    def events(self) -> EventsNamespace:
        """Events of apps."""
        from fal.api.events import EventsNamespace

        return self._namespace(EventsNamespace)

    @property
    def requests(self) -> RequestsNamespace:
        """Requests to apps."""
        from fal.api.requests import RequestsNamespace

        return self._namespace(RequestsNamespace)

    @property
    def metrics(self) -> MetricsNamespace:
        """The current metrics of apps."""
        from fal.api.metrics import MetricsNamespace

        return self._namespace(MetricsNamespace)

    @property
    def teams(self) -> TeamsNamespace:
        """Accounts that a login may act for."""
        from fal.api.teams import TeamsNamespace

        return self._namespace(TeamsNamespace)

    @property
    def auth(self) -> AuthNamespace:
        """Logging in as a person."""
        from fal.api.auth import AuthNamespace

        return self._namespace(AuthNamespace)

    # ------------------------------------------------------------------------------------------- the client itself

    def account(self) -> Account:
        """Return the account that the credentials belong to.

        Returns:
            The account; for a login, with its teams.

        Raises:
            Unauthenticated: There are no credentials, or the platform does not accept them.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            print(client.account().nickname)
        """
        return self.auth._account()

    def auth_info(self) -> AuthInfo:
        """Return the hosts, credentials, profile and team of this client and where each came from, without secrets.

        Returns:
            What was resolved when the client was created.

        Example:
            info = client.auth_info()
            print(info.host, info.method, info.sources["credentials"])
        """
        from fal.api.auth_info import auth_info

        return auth_info(self._caller.settings)

    @known_options
    def with_options(
        self,
        *,
        timeout: float | None = None,
        team: str | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
    ) -> Self:
        """Return a client with other options that shares this one's connections; None keeps an option.

        Args:
            timeout: How long a call may take, in seconds, including all attempts and pauses.
            team: The team to act for.
            max_retries: How often a call is retried at most; 0 for never.
            headers: Headers to send along, beside those that the client has already.
            request_id: The id of calls on the server and in errors, instead of a new id for each call.

        Returns:
            The new client; closing either closes both.

        Raises:
            InvalidInput: The timeout is not more than 0 seconds, or another option has no such value. A ValueError.
            InvalidType: There is no such option, or it has a value of another type. A TypeError.
            ConfigurationError: The team is not a name.

        Example:
            client.with_options(timeout=5, max_retries=0).apps.list()
        """
        from fal._core.options import call_options
        from fal._core.settings import check_name

        if team is not None:
            check_name("team", team)
        given = {"timeout": timeout, "max_retries": max_retries}
        kept = {name: value for name, value in given.items() if value is not None}
        options = call_options(
            self._caller.options, timeout=timeout, max_retries=max_retries, headers=headers, request_id=request_id
        )
        other = object.__new__(type(self))
        other.__dict__.update(
            self.__dict__,
            team=self.team if team is None else team,
            _caller=self._caller.with_options(options, team=team),
            _options={**self._options, **kept, **({} if headers is None else {"headers": options.headers})},
            _namespaces={},
        )
        return other

    def on(self, kind: Kind, hook: Callable[[CallEvent], object]) -> Callable[[], None]:
        """Register a hook for the calls of this client and of clients that are derived from it afterwards.

        The hook runs in the thread of the call, so it must be quick. What it raises is logged and does not affect the call, and
        calls that it makes itself are reported to no hook.

        Args:
            kind: "request" before each attempt, "retry" after one that another follows, "response" or "error" at the end.
            hook: A function of one argument, the `CallEvent`. It holds no secret and nothing of what is sent or answered.

        Returns:
            A function that removes the hook, from this client and from those that were derived from it.

        Raises:
            InvalidInput: There is no such kind. A ValueError.
            InvalidType: The hook is not a plain function. A TypeError.

        Example:
            remove = client.on("retry", print)
            client.apps.list()
            remove()
        """
        from fal._core.hooks import add_watcher, make_hook

        return add_watcher(self._caller, make_hook(kind, hook))

    @property
    def with_raw_response(self) -> RawMethods:
        """The same methods, returning results with status, headers, request id, attempts and time.

        Example:
            raw = client.with_raw_response.apps.list()
            print(raw.status, raw.request_id, raw.attempts, raw.elapsed, raw.parsed)
        """
        from fal.api._raw import RawMethods

        return RawMethods(self)

    def close(self) -> None:
        """Close the connections; later calls are refused. Closing twice is harmless.

        Example:
            client.close()
        """
        self._caller.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in ("host", "api_key", "profile", "team"))
        return f"{type(self).__name__}({shown})"

    def __setattr__(self, name: str, value: object) -> None:
        if name in _RESOLVED_ONCE:
            raise AttributeError(
                f"{name} cannot be changed, as it is resolved only once; create a new {type(self).__name__}"
            )
        super().__setattr__(name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {"api_key": self.api_key, **{name: self._options[name] for name in _NOT_PICKLED}}
        given = [name for name, value in kept.items() if value]
        if given:
            raise TypeError(
                f"a client with an explicit {' and '.join(given)} cannot be pickled, as that would write down secrets; "
                "create a client where it is needed, with the key from the environment or a profile"
            )
        request_id = self._caller.options.request_id
        return _remake, (type(self), self.host, self.profile, self.team, dict(self._options), request_id)

    # --------------------------------------------------------------------------------------------------- internals

    @property
    def _credentials(self) -> Credentials:
        return self._caller.settings.credentials

    @property
    def _grpc_host(self) -> str:
        return self._caller.settings.grpc_target.removesuffix(_HTTPS_PORT)

    @property
    def _rest_url(self) -> str:
        return self._caller.settings.rest_url

    def _with_record(self, record: Record) -> Self:
        from dataclasses import replace

        other = object.__new__(type(self))
        caller = self._caller.with_options(replace(self._caller.options, record=record))
        other.__dict__.update(self.__dict__, _caller=caller, _namespaces={})
        return other

    def _namespace(self, kind: type[N]) -> N:
        namespace: N = self._namespaces.get(kind) or self._namespaces.setdefault(kind, kind(self))
        return namespace


def _remake(
    kind: type[SyncServerlessClient],
    host: str | None,
    profile: str | None,
    team: str | None,
    options: dict[str, Any],
    request_id: str | None,
) -> SyncServerlessClient:
    client = kind(host, None, profile, team, **options)
    return client if request_id is None else client.with_options(request_id=request_id)


def _check_alone() -> None:
    """Raise if the package `fal` of PyPI is installed in the same folder.

    Raises:
        ConfigurationError: It is installed in the same folder.
    """
    from fal._installation import DISTRIBUTION, install_command, other_fal
    from fal.exceptions import ConfigurationError

    if version := other_fal():
        raise ConfigurationError(
            f"the package fal {version} of PyPI is installed in the same folder as {DISTRIBUTION}: each overwrites files "
            "of the other",
            hint=f"Keep one of them. Run: python -m pip uninstall -y fal {DISTRIBUTION} && {install_command()}",
        )
