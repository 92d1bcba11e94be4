"""Rows of a paged listing, and how they become a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

T = TypeVar("T")


class Rows(Generic[T]):
    """The rows of a paged listing. Pages are fetched as needed, and the rows can be iterated once.

    Example:
        import csv, sys

        rows = client.requests.list("my-app").to_rows()
        writer = csv.DictWriter(sys.stdout, ["request_id", "status_code", "duration"], extrasaction="ignore")
        writer.writerows(rows)
    """

    def __init__(self, rows: Iterator[T]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[T]:
        return self._rows

    def __next__(self) -> T:
        return next(self._rows)

    def to_rows(self) -> list[dict[str, Any]]:
        """Read the remaining rows and return each as a plain mapping, as `csv`, pandas and polars expect.

        Returns:
            The rows, including fields that this version does not know. Times and amounts stay datetime and Decimal.

        Example:
            rows = client.usage.list().to_rows()
        """
        return [row_of(item) for item in self._rows]


class AsyncRows(Generic[T]):
    """The rows of a paged listing. Pages are fetched as needed, and the rows can be iterated once."""

    def __init__(self, rows: AsyncIterator[T]) -> None:
        self._rows = rows

    def __aiter__(self) -> AsyncIterator[T]:
        return self._rows

    async def __anext__(self) -> T:
        return await anext(self._rows)

    async def to_rows(self) -> list[dict[str, Any]]:
        """Read the remaining rows and return each as a plain mapping, as `csv`, pandas and polars expect.

        Returns:
            The rows, including fields that this version does not know. Times and amounts stay datetime and Decimal.

        Example:
            rows = await client.usage.list().to_rows()
        """
        return [row_of(item) async for item in self._rows]


def row_of(item: Any) -> dict[str, Any]:
    """Return the fields of a result as a plain mapping. Models in it become mappings, too, and UUIDs become texts."""
    fields = dict(vars(item))
    fields |= fields.pop("additional_properties", {})
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return row_of(value)
    return str(value) if type(value).__name__ == "UUID" else value
