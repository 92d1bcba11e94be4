"""`FalServerlessClient` and its connection: the names under which older scripts manage apps, over `SyncServerlessClient`."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from fal._core.auth import FalServerlessKeyCredentials, api_key_of
from fal._core.settings import resolve
from fal.api import SyncServerlessClient

if TYPE_CHECKING:
    from fal._core.auth import Credentials
    from fal.sdk import (
        AliasInfo,
        ApplicationInfo,
        EnvironmentInfo,
        KeyPreset,
        RunnerInfo,
        ServerlessSecret,
        UserKeyInfo,
    )


def get_credentials(team: str | None = None, key: str | None = None, profile: str | None = None) -> Credentials:
    """Return the credentials that a client of these settings has.

    Args:
        team: The team to act for.
        key: A key, "KEY_ID:KEY_SECRET".
        profile: The profile to read.

    Raises:
        ConfigurationError: A setting is malformed or unknown.

    Example:
        print(get_credentials().kind)
    """
    return resolve(api_key=key, profile=profile, team=team).credentials


class FalServerlessClient:
    """A platform, and the credentials to connect with.

    Args:
        hostname: Its gRPC host.
        credentials: A key; that of the settings when left out.

    Example:
        with FalServerlessClient("api.alpha.fal.ai").connect() as connection:
            print([app.alias for app in connection.list_aliases()])
    """

    def __init__(self, hostname: str, credentials: Credentials | None = None) -> None:
        self.hostname = hostname
        # Credentials of the settings are resolved again: a login and a team are more than a key.
        self._credentials = credentials if isinstance(credentials, FalServerlessKeyCredentials) else None

    def connect(self) -> FalServerlessConnection:
        """Return a connection, to be used in a `with` block."""
        key = None if self._credentials is None else api_key_of(self._credentials)
        return FalServerlessConnection(SyncServerlessClient(host=self.hostname, api_key=key))


class FalServerlessConnection:
    """Calls of the control plane by their older names; errors are those of `SyncServerlessClient`.

    Attributes:
        client: The client that makes the calls.
    """

    def __init__(self, client: SyncServerlessClient) -> None:
        self.client = client

    def __enter__(self) -> FalServerlessConnection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.client.close()

    def list_aliases(self, *, environment_name: str | None = None) -> list[AliasInfo]:
        """List the apps: `client.apps.list`."""
        return self.client.apps.list(environment_name=environment_name)

    def list_applications(
        self, application_name: str | None = None, *, environment_name: str | None = None
    ) -> list[ApplicationInfo]:
        """List revisions: `client.apps.revisions`."""
        return self.client.apps.revisions(application_name, environment_name=environment_name)

    def list_alias_runners(
        self, alias: str, *, start_time: datetime | None = None, environment_name: str | None = None
    ) -> list[RunnerInfo]:
        """List the runners of an app: `client.apps.runners`."""
        return self.client.apps.runners(alias, since=start_time, environment_name=environment_name)

    def update_application(self, application_name: str, **settings: Any) -> AliasInfo:
        """Change the scaling of an app: `client.apps.scale`, whose settings it takes."""
        if "valid_regions" in settings:
            settings["regions"] = settings.pop("valid_regions")
        return self.client.apps.scale(application_name, **settings)

    def scale(self, application_name: str, max_concurrency: int) -> AliasInfo:
        """Change the maximum number of runners: `client.apps.scale`."""
        return self.client.apps.scale(application_name, max_concurrency=max_concurrency)

    def rollout_application(
        self, application_name: str, force: bool = False, *, environment_name: str | None = None
    ) -> None:
        """Replace the runners of an app: `client.apps.rollout`."""
        self.client.apps.rollout(application_name, force=force, environment_name=environment_name)

    def delete_alias(self, alias: str, *, environment_name: str | None = None) -> str:
        """Delete an app: `client.apps.delete`."""
        return self.client.apps.delete(alias, environment_name=environment_name)

    def delete_application(self, application_id: str) -> None:
        """Delete a revision: `client.apps.delete_revision`."""
        self.client.apps.delete_revision(application_id)

    def list_runners(self, start_time: datetime | None = None) -> list[RunnerInfo]:
        """List all runners: `client.runners.list`."""
        return self.client.runners.list(since=start_time)

    def stop_runner(self, runner_id: str, replace_first: bool = False) -> None:
        """Stop a runner after its current requests: `client.runners.stop`."""
        self.client.runners.stop(runner_id, replace_first)

    def kill_runner(self, runner_id: str) -> None:
        """End a runner at once: `client.runners.kill`."""
        self.client.runners.kill(runner_id)

    def create_user_key(
        self, preset: KeyPreset | None, alias: str | None, permissions: list[str] | None = None
    ) -> tuple[str, str]:
        """Create a key, and return its id and secret: `client.keys.create`."""
        return self.client.keys.create(preset=preset, permissions=permissions, description=alias)

    def list_user_keys(self) -> list[UserKeyInfo]:
        """List the keys: `client.keys.list`."""
        return self.client.keys.list()

    def revoke_user_key(self, key_id: str) -> None:
        """Revoke a key: `client.keys.revoke`."""
        self.client.keys.revoke(key_id)

    def set_secret(
        self, name: str, value: str, *, environment_name: str | None = None, default_exposed: bool | None = None
    ) -> None:
        """Set a secret: `client.secrets.set`."""
        self.client.secrets.set(name, value, environment_name, default_exposed)

    def delete_secret(self, name: str, *, environment_name: str | None = None) -> None:
        """Delete a secret: `client.secrets.unset`."""
        self.client.secrets.unset(name, environment_name)

    def list_secrets(self, *, environment_name: str | None = None) -> list[ServerlessSecret]:
        """List the secrets: `client.secrets.list`."""
        return self.client.secrets.list(environment_name)

    def list_environments(self) -> list[EnvironmentInfo]:
        """List the environments: `client.environments.list`."""
        return self.client.environments.list()

    def create_environment(self, name: str, description: str | None = None) -> EnvironmentInfo:
        """Create an environment: `client.environments.create`."""
        return self.client.environments.create(name, description)

    def delete_environment(self, name: str) -> None:
        """Delete an environment: `client.environments.delete`."""
        self.client.environments.delete(name)
