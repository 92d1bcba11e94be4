"""A small store of texts by key, shared by all runners of an account."""

from __future__ import annotations

import http.client
import json
import os
import urllib.error
import urllib.request
from urllib.parse import quote, urlencode

from .exceptions import FalTookitException, KVStoreException
from .rest import storage_token

FAL_KV_HOST = "https://kv.fal.media"
_TIMEOUT = 10.0


class KVStore:
    """Texts by key.

    Args:
        db_name: Name of the store; all apps of the account that use it see the same.

    Example:
        store = KVStore("sessions")
        store.set("user-1", "step 3", ttl=3600)
        store.get("user-1")
    """

    def __init__(self, db_name: str) -> None:
        self.db_name = db_name

    def get(self, key: str) -> str | None:
        """Return the text of a key, or None when there is none.

        Raises:
            KVStoreException: The store refused or cannot be reached.
        """
        answer = self._request("GET", "get", key)
        if answer is None:
            return None
        try:
            return str(json.loads(answer)["value"])
        except (ValueError, KeyError, TypeError):
            raise KVStoreException(f"the store returned no value for the key {key!r}") from None

    def set(self, key: str, value: str, ttl: int | None = None) -> None:
        """Keep a text under a key.

        Args:
            key: The key.
            value: The text.
            ttl: Seconds that it is kept; for good when left out.

        Raises:
            KVStoreException: The store refused or cannot be reached.
        """
        self._request("PUT", "set", key, value.encode(), {} if ttl is None else {"ttl": ttl})

    def delete(self, key: str) -> None:
        """Forget a key.

        Raises:
            KVStoreException: The store refused or cannot be reached.
        """
        self._request("DELETE", "delete", key)

    def _request(
        self, method: str, action: str, key: str, content: bytes | None = None, query: dict[str, int] | None = None
    ) -> bytes | None:
        host = os.getenv("FAL_KV_HOST", FAL_KV_HOST).rstrip("/")
        address = f"{host}/{action}/{quote(self.db_name, safe='')}/{quote(key, safe='')}"
        url = f"{address}?{urlencode(query)}" if query else address
        try:
            token = storage_token()
            headers = {"Authorization": f"{token.token_type} {token.token}", "Accept": "application/json"}
            request = urllib.request.Request(url, content, headers, method=method)
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
                data: bytes = answer.read()
                return data
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
            raise KVStoreException(f"{action} {key!r}: status {error.code} {error.reason}") from None
        except (OSError, http.client.HTTPException, FalTookitException) as error:
            raise KVStoreException(f"{action} {key!r}: {error}") from error
