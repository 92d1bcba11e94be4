"""Books, over gRPC."""

from __future__ import annotations

from collections.abc import Iterator

import grpc

from shelf._gen import convert, rpc
from shelf._gen.models import Volume


class BooksNamespace:
    """What can be done with books."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel

    def get(self, isbn: str) -> Volume:
        """Return one book."""
        method = rpc.GET_BOOK
        call = self._channel.unary_unary(method.path, method.request.SerializeToString, method.response.FromString)
        return convert.volume(call(convert.get_book_request(isbn=isbn), timeout=method.policy.deadline))

    def list(self, by: str, *, limit: int | None = None) -> Iterator[Volume]:
        """Yield the books of an author."""
        method = rpc.LIST_BOOKS
        call = self._channel.unary_stream(method.path, method.request.SerializeToString, method.response.FromString)
        for book in call(convert.list_books_request(author=by, limit=limit), timeout=method.policy.deadline):
            yield convert.volume(book)
