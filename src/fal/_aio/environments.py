# Generated from fal.api.environments; do not edit. Regenerate with: just generate
"""Environments, which keep apps and secrets apart: `client.environments`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._aio._namespace import AsyncNamespace
from fal._core import arguments
from fal._gen import convert, rpc
from fal.api._namespace import nothing

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List

    from fal.sdk import EnvironmentInfo


class AsyncEnvironmentsNamespace(AsyncNamespace):
    """Create, list and delete environments.

    Example:
        from fal.api import AsyncServerlessClient

        client = AsyncServerlessClient()
        await client.environments.create("staging", description="before production")
        environments = await client.environments.list()
    """

    async def create(self, name: str, description: str | None = None) -> EnvironmentInfo:
        """Create an environment.

        Args:
            name: The name of the environment, e.g. "staging".
            description: What it is for.

        Returns:
            The new environment.

        Raises:
            AlreadyExists: The environment already exists.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            await client.environments.create("staging", description="before production")
        """
        request = convert.create_environment_request(
            name=arguments.environment(name, "name"),
            description=arguments.optional_text("description", description),
        )
        return await self._call(
            rpc.CREATE_ENVIRONMENT, request, lambda answer: convert.environment_info(answer.environment)
        )

    async def list(self) -> List[EnvironmentInfo]:
        """List the environments.

        Returns:
            One entry for each environment; the main one has `is_default`.

        Raises:
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            names = [environment.name for environment in await client.environments.list()]
        """
        return await self._call(
            rpc.LIST_ENVIRONMENTS,
            convert.list_environments_request(),
            lambda answer: [convert.environment_info(environment) for environment in answer.environments],
        )

    async def delete(self, name: str) -> None:
        """Delete an environment with its apps and secrets.

        Args:
            name: The name of the environment.

        Raises:
            NotFound: There is no such environment.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            await client.environments.delete("staging")
        """
        request = convert.delete_environment_request(name=arguments.environment(name, "name"))
        await self._call(rpc.DELETE_ENVIRONMENT, request, nothing)
