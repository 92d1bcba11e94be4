"""Secrets of apps: `client.secrets`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._core import arguments
from fal._core.frames import forget_frames
from fal._gen import convert, rpc
from fal.api._namespace import Namespace, nothing
from fal.exceptions import FalServerlessException, InvalidInput

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List

    from fal.sdk import ServerlessSecret

_EXAMPLE = 'a name such as "API_KEY"'


class SecretsNamespace(Namespace):
    """Set, list and delete the secrets that apps see as environment variables.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        client.secrets.set("API_KEY", "my-secret-value")
        secrets = client.secrets.list()
    """

    def set(
        self,
        name: str,
        value: str,
        environment_name: str | None = None,
        default_exposed: bool | None = None,
    ) -> None:
        """Set a secret.

        Args:
            name: The name of the secret.
            value: The value to store. To delete a secret, call `unset`.
            environment_name: The environment; None is the main one.
            default_exposed: Whether apps that do not list their secrets see this one. None leaves it unchanged.

        Raises:
            InvalidInput: The value is None, or a name is malformed. A ValueError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.secrets.set("API_KEY", "my-secret-value")
        """
        if value is None:
            # On the wire, a secret without a value is a secret to delete.
            raise InvalidInput(
                "value is None, which would delete the secret; pass a str, or call client.secrets.unset()"
            )
        try:
            self._call(
                rpc.SET_SECRET,
                convert.set_secret_request(
                    name=arguments.identifier("name", name, _EXAMPLE),
                    value=arguments.text("value", value),
                    environment_name=arguments.optional_environment(environment_name),
                    default_exposed=arguments.optional_flag("default_exposed", default_exposed),
                ),
                nothing,
            )
        except FalServerlessException as error:
            # Error reporters show the variables of frames: the value is in none of them.
            del value
            raise forget_frames(error) from error.__cause__

    def list(self, environment_name: str | None = None) -> List[ServerlessSecret]:
        """List the secrets: their names, never their values.

        Args:
            environment_name: Only secrets of this environment; None lists those of all.

        Returns:
            One entry for each secret.

        Raises:
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            names = [secret.name for secret in client.secrets.list()]
        """
        return self._call(
            rpc.LIST_SECRETS,
            convert.list_secrets_request(environment_name=arguments.optional_environment(environment_name)),
            lambda answer: [convert.serverless_secret(secret) for secret in answer.secrets],
        )

    def unset(self, name: str, environment_name: str | None = None) -> None:
        """Delete a secret.

        Args:
            name: The name of the secret.
            environment_name: The environment; None is the main one.

        Raises:
            NotFound: There is no such secret.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.secrets.unset("API_KEY")
        """
        request = convert.set_secret_request(
            name=arguments.identifier("name", name, _EXAMPLE),
            environment_name=arguments.optional_environment(environment_name),
        )
        self._call(rpc.SET_SECRET, request, nothing)
