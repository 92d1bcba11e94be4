"""The revisions behind deployed apps: a part of `client.apps`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fal._core import arguments
from fal._gen import convert, rpc
from fal.api._namespace import Namespace, nothing
from fal.api._pager import Pager
from fal.sdk import AuthMode, DeploymentStrategy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal, TypeAlias

    from fal._gen.rest.models.serverless_app_revision import ServerlessAppRevision
    from fal._gen.rest.models.serverless_app_revisions_response import ServerlessAppRevisionsResponse
    from fal.sdk import AliasInfo, ApplicationInfo

    AuthName: TypeAlias = Literal["public", "private", "shared"]
    StrategyName: TypeAlias = Literal["rolling", "recreate"]

_PAGE = 100  # revisions per page, the platform's maximum
_REVISION = "a revision, as client.apps.revisions() shows it"


class Revisions(Namespace):
    """The revision methods of `client.apps`."""

    def revisions(self, app_name: str | None = None, *, environment_name: str | None = None) -> list[ApplicationInfo]:
        """List the revisions that were deployed.

        Args:
            app_name: Only revisions of this app; None lists those of all apps.
            environment_name: The environment of the app; without an app, only revisions of this environment.

        Returns:
            One entry for each revision, in the platform's order.

        Raises:
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            for revision in client.apps.revisions("my-app"):
                print(revision.application_id, revision.created_at)
        """
        environment = arguments.optional_environment(environment_name)
        request = convert.list_applications_request(
            application_name=None if app_name is None else arguments.app("app_name", app_name, environment),
            environment_name=environment,
        )
        return self._call(
            rpc.LIST_APPLICATIONS,
            request,
            lambda answer: [convert.application_info(application) for application in answer.applications],
        )

    def history(self, app_name: str, *, environment_name: str | None = None) -> Pager[ServerlessAppRevision]:
        """Return the revisions of an app with details of their deploys, newest first.

        Unlike `revisions`, it includes message, annotations, author and status, and which revision is current. Pages are
        fetched as needed.

        Args:
            app_name: The name of the app.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The revisions.

        Raises:
            NotFound: There is no such app.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            for revision in client.apps.history("my-app"):
                print(revision.revision_id, revision.is_current, revision.message, revision.deployed_by)
        """
        full = arguments.app("app_name", app_name, arguments.optional_environment(environment_name))
        from fal._gen import rest

        page = partial(rest.serverless_list_app_revisions, name=full, limit=_PAGE)
        return Pager(self._account_pages(lambda owner, cursor: page(owner=owner, cursor=cursor), _read))

    def set_revision(
        self,
        app_name: str,
        revision: str,
        *,
        auth: AuthMode | AuthName | None = None,
        strategy: DeploymentStrategy | StrategyName = "rolling",
        environment_name: str | None = None,
    ) -> AliasInfo:
        """Point an app at a revision: roll back, or release what was deployed under another name.

        Args:
            app_name: The name of the app.
            revision: The revision to run.
            auth: Who may call the app: "public", "private" or "shared". None leaves it to the platform.
            strategy: "rolling" starts the new runners first, "recreate" stops the old ones first.
            environment_name: The environment of the app; None is the main one.

        Returns:
            The app after the change.

        Raises:
            InvalidInput: An argument is malformed or unknown. A ValueError.
            NotFound: There is no such app or revision.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            for revision in client.apps.revisions("my-app"):
                print(revision.application_id, revision.created_at)
            client.apps.set_revision("my-app", revision.application_id)
        """
        environment = arguments.optional_environment(environment_name)
        request = convert.set_alias_request(
            alias=arguments.app("app_name", app_name, environment),
            revision=arguments.identifier("revision", revision, _REVISION),
            auth_mode=None if auth is None else arguments.member("auth", auth, AuthMode),
            environment_name=environment,
            deployment_strategy=arguments.member("strategy", strategy, DeploymentStrategy),
        )
        return self._call(rpc.SET_ALIAS, request, lambda answer: convert.alias_info(answer.alias_info))

    def delete_revision(self, revision: str) -> None:
        """Delete one revision.

        Args:
            revision: The revision, i.e. its application id.

        Raises:
            NotFound: There is no such revision.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.apps.delete_revision(client.apps.delete("my-app"))
        """
        request = convert.delete_application_request(
            application_id=arguments.identifier("revision", revision, _REVISION)
        )
        self._call(rpc.DELETE_APPLICATION, request, nothing)


def _read(page: ServerlessAppRevisionsResponse) -> Iterable[ServerlessAppRevision]:
    return page.revisions
