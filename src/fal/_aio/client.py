# Generated from fal.api.client; do not edit. Regenerate with: just generate
"""The client: `AsyncServerlessClient`.

This module is what `from fal.api import AsyncServerlessClient` loads, so it imports next to nothing; the first call loads
what it needs.
"""

from __future__ import annotations

from fal._aio._deploying import AsyncDeploying
from fal._core.known import known_options
from fal.api.client import _HTTPS_PORT, _NOT_PICKLED, _RESOLVED_ONCE, _check_alone, _given_key, _remake

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from typing import Any, Self, TypeVar

    import httpx

    from fal._aio._namespace import AsyncNamespace
    from fal._aio._raw import AsyncRawMethods
    from fal._aio.analytics import AsyncAnalyticsNamespace
    from fal._aio.apps import AsyncAppsNamespace
    from fal._aio.auth import AsyncAuthNamespace
    from fal._aio.caller import AsyncCaller
    from fal._aio.environments import AsyncEnvironmentsNamespace
    from fal._aio.events import AsyncEventsNamespace
    from fal._aio.files import AsyncFilesNamespace
    from fal._aio.keys import AsyncKeysNamespace
    from fal._aio.logs import AsyncLogsNamespace
    from fal._aio.metrics import AsyncMetricsNamespace
    from fal._aio.requests import AsyncRequestsNamespace
    from fal._aio.runners import AsyncRunnersNamespace
    from fal._aio.secrets import AsyncSecretsNamespace
    from fal._aio.teams import AsyncTeamsNamespace
    from fal._aio.usage import AsyncUsageNamespace
    from fal._core.auth import Credentials
    from fal._core.call import CallEvent, Record
    from fal._core.hooks import Kind
    from fal._core.secret import Sealed
    from fal.api.account import Account
    from fal.api.auth_info import AuthInfo

    N = TypeVar("N", bound=AsyncNamespace)


class AsyncServerlessClient(AsyncDeploying):
    """Manage apps, runners, keys, secrets and deployments of fal Serverless.

    Options that are left out come from the environment, then from the profile in the configuration file. They are resolved
    once, here, and nothing is sent; `auth_info()` says what was found and where. A client may be used from several
    event loops: each gets connections of its own.
    Close it with `close()`, or use it in an `async with` statement.

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
        from fal.api import AsyncServerlessClient

        client = AsyncServerlessClient()

        # List apps
        apps = await client.apps.list()

        # Scale an app
        await client.apps.scale("my-app", max_concurrency=10)

        # Deploy
        await client.deploy("path/to/myfile.py::MyApp")
    """

    host: str | None = None
    api_key: str | None = _given_key()
    profile: str | None = None
    team: str | None = None

    _caller: AsyncCaller
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
        http_transport: httpx.AsyncBaseTransport | None = None,
        grpc_options: Mapping[str, int | str] | None = None,
    ) -> None:
        from fal._aio.caller import AsyncCaller
        from fal._core.frames import forget_frames
        from fal._core.options import CallOptions, async_transport_options, call_options
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
            caller = AsyncCaller(
                settings,
                call_options(CallOptions(), timeout=timeout, max_retries=max_retries, headers=headers),
                async_transport_options(
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
    def apps(self) -> AsyncAppsNamespace:
        """Deployed apps."""
        from fal._aio.apps import AsyncAppsNamespace

        return self._namespace(AsyncAppsNamespace)

    @property
    def runners(self) -> AsyncRunnersNamespace:
        """The machines that run apps."""
        from fal._aio.runners import AsyncRunnersNamespace

        return self._namespace(AsyncRunnersNamespace)

    @property
    def keys(self) -> AsyncKeysNamespace:
        """API keys."""
        from fal._aio.keys import AsyncKeysNamespace

        return self._namespace(AsyncKeysNamespace)

    @property
    def secrets(self) -> AsyncSecretsNamespace:
        """Secrets of apps."""
        from fal._aio.secrets import AsyncSecretsNamespace

        return self._namespace(AsyncSecretsNamespace)

    @property
    def environments(self) -> AsyncEnvironmentsNamespace:
        """Environments, which keep apps and secrets apart."""
        from fal._aio.environments import AsyncEnvironmentsNamespace

        return self._namespace(AsyncEnvironmentsNamespace)

    @property
    def logs(self) -> AsyncLogsNamespace:
        """The logs of apps and runners."""
        from fal._aio.logs import AsyncLogsNamespace

        return self._namespace(AsyncLogsNamespace)

    @property
    def files(self) -> AsyncFilesNamespace:
        """The files of the data volume, which runners see as `/data`."""
        from fal._aio.files import AsyncFilesNamespace

        return self._namespace(AsyncFilesNamespace)

    @property
    def usage(self) -> AsyncUsageNamespace:
        """Usage and its costs."""
        from fal._aio.usage import AsyncUsageNamespace

        return self._namespace(AsyncUsageNamespace)

    @property
    def analytics(self) -> AsyncAnalyticsNamespace:
        """Counts, durations and failures of requests over time."""
        from fal._aio.analytics import AsyncAnalyticsNamespace

        return self._namespace(AsyncAnalyticsNamespace)

    @property
    def events(self) -> AsyncEventsNamespace:
        """Events of apps."""
        from fal._aio.events import AsyncEventsNamespace

        return self._namespace(AsyncEventsNamespace)

    @property
    def requests(self) -> AsyncRequestsNamespace:
        """Requests to apps."""
        from fal._aio.requests import AsyncRequestsNamespace

        return self._namespace(AsyncRequestsNamespace)

    @property
    def metrics(self) -> AsyncMetricsNamespace:
        """The current metrics of apps."""
        from fal._aio.metrics import AsyncMetricsNamespace

        return self._namespace(AsyncMetricsNamespace)

    @property
    def teams(self) -> AsyncTeamsNamespace:
        """Accounts that a login may act for."""
        from fal._aio.teams import AsyncTeamsNamespace

        return self._namespace(AsyncTeamsNamespace)

    @property
    def auth(self) -> AsyncAuthNamespace:
        """Logging in as a person."""
        from fal._aio.auth import AsyncAuthNamespace

        return self._namespace(AsyncAuthNamespace)

    # ------------------------------------------------------------------------------------------- the client itself

    async def account(self) -> Account:
        """Return the account that the credentials belong to.

        Returns:
            The account; for a login, with its teams.

        Raises:
            Unauthenticated: There are no credentials, or the platform does not accept them.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            print((await client.account()).nickname)
        """
        return await self.auth._account()

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
            await client.with_options(timeout=5, max_retries=0).apps.list()
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
            await client.apps.list()
            remove()
        """
        from fal._core.hooks import add_watcher, make_hook

        return add_watcher(self._caller, make_hook(kind, hook))

    @property
    def with_raw_response(self) -> AsyncRawMethods:
        """The same methods, returning results with status, headers, request id, attempts and time.

        Example:
            raw = client.with_raw_response.apps.list()
            print(raw.status, raw.request_id, raw.attempts, raw.elapsed, raw.parsed)
        """
        from fal._aio._raw import AsyncRawMethods

        return AsyncRawMethods(self)

    async def close(self) -> None:
        """Close the connections; later calls are refused. Closing twice is harmless.

        Example:
            await client.close()
        """
        await self._caller.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

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
