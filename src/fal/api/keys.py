"""API keys: `client.keys`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fal._core import arguments
from fal._gen import convert, rpc
from fal.api._namespace import Namespace, nothing
from fal.api._pager import Pager
from fal.exceptions import InvalidInput
from fal.sdk import KeyPreset, KeyScope

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Iterable
    from typing import Literal, TypeAlias

    from fal._gen.rest.models.api_key import ApiKey
    from fal._gen.rest.models.api_keys_response import ApiKeysResponse
    from fal.sdk import UserKeyInfo

    PresetName: TypeAlias = Literal[
        "FULL", "API", "DEPLOY", "READONLY", "BILLING", "COMPUTE", "SERVERLESS", "AGENT",
        "full", "api", "deploy", "readonly", "billing", "compute", "serverless", "agent",
    ]  # fmt: skip
    ScopeName: TypeAlias = Literal["admin", "api", "ADMIN", "API"]

_EXAMPLE = "a key id, as client.keys.list() shows it"


class KeysNamespace(Namespace):
    """Create, list and revoke API keys.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        keys = client.keys.list()
        key_id, key_secret = client.keys.create(scope="admin")
    """

    def create(
        self,
        *,
        preset: KeyPreset | PresetName | None = None,
        permissions: List[str] | None = None,
        scope: KeyScope | ScopeName | None = None,
        description: str | None = None,
    ) -> tuple[str, str]:
        """Create an API key and return its id and its secret, which is shown only once.

        Pass exactly one of `preset`, `permissions` and `scope`: a key is never created without saying what it may do.

        Args:
            preset: A named set of permissions, e.g. "FULL", "API" or "DEPLOY", in any case.
            permissions: The individual permissions, for a key that no preset fits.
            scope: "admin" for everything (as preset "FULL"), or "api" for calling apps (as preset "API").
            description: A description of the key.

        Returns:
            The key id and the key secret. Joined by a colon, they form an api_key.

        Raises:
            InvalidInput: None or several of the three were given, or a name is unknown. A ValueError.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            key_id, key_secret = client.keys.create(scope="admin", description="continuous integration")
        """
        given = [
            name
            for name, value in (("preset", preset), ("permissions", permissions), ("scope", scope))
            if value is not None
        ]
        if len(given) != 1:
            raise InvalidInput(
                f"{' and '.join(given)} were given; pass exactly one of preset, permissions and scope"
                if given
                else 'none of preset, permissions and scope was given; pass exactly one, for instance preset="API"'
            )
        if scope is not None:
            chosen: KeyPreset | None = KeyPreset.from_scope(arguments.member("scope", scope, KeyScope))
        else:
            chosen = None if preset is None else arguments.member("preset", preset, KeyPreset)
        allowed = arguments.items("permissions", permissions, empty="pass at least one permission")
        request = convert.create_user_key_request(
            alias=arguments.optional_text("description", description),
            policy_preset=None if chosen is None else chosen.value,
            policy=None if allowed is None else convert.key_policy(permissions=allowed),
        )
        return self._call(rpc.CREATE_USER_KEY, request, lambda answer: (answer.key_id, answer.key_secret))

    def list(self) -> List[UserKeyInfo]:
        """List the API keys, without their secrets.

        Returns:
            One entry for each key.

        Raises:
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            for key in client.keys.list():
                print(key.key_id, key.alias, key.created_at)
        """
        return self._call(
            rpc.LIST_USER_KEYS,
            convert.list_user_keys_request(),
            lambda answer: [convert.user_key_info(key) for key in answer.user_keys],
        )

    def details(self) -> Pager[ApiKey]:
        """Return the API keys of the account with their creators; pages are fetched as needed.

        It needs an admin key and lists the keys that the platform API knows: those of the API scope.

        Returns:
            The keys, without their secrets.

        Raises:
            PermissionDenied: The key does not have this permission.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            for key in client.keys.details():
                print(key.key_id, key.alias, key.creator_nickname)
        """
        from fal._gen import rest

        return Pager(self._pages(lambda cursor: rest.list_api_keys(cursor=cursor, expand="creator_info"), _read))

    def revoke(self, key_id: str) -> None:
        """Revoke an API key. It stops working at once and cannot be restored.

        Args:
            key_id: The id of the key.

        Raises:
            NotFound: There is no such key.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            client.keys.revoke(key_id)
        """
        request = convert.revoke_user_key_request(key_id=arguments.identifier("key_id", key_id, _EXAMPLE))
        self._call(rpc.REVOKE_USER_KEY, request, nothing)


def _read(page: ApiKeysResponse) -> Iterable[ApiKey]:
    return page.keys
