"""The client: its two connections, and what is reached through them."""

from __future__ import annotations

import grpc
import httpx

from shelf.api.books import BooksNamespace
from shelf.api.branches import BranchesNamespace


class ShelfClient:
    """Speaks to one library. Close it, or use it in a `with` statement."""

    def __init__(self, target: str, url: str) -> None:
        self._channel = grpc.insecure_channel(target)
        self._http = httpx.Client(base_url=url)
        self.books = BooksNamespace(self._channel)
        self.branches = BranchesNamespace(self._http)

    def __enter__(self) -> ShelfClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()
        self._http.close()
