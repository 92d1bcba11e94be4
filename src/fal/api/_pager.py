"""The results of a paged listing, fetched as they are iterated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

T = TypeVar("T")


class Pager(Generic[T]):
    """The results of a paged listing. Pages are fetched as needed, and the results can be iterated once.

    Example:
        import csv, sys

        rows = client.requests.list("my-app").to_rows()
        writer = csv.DictWriter(sys.stdout, ["request_id", "status_code", "duration"], extrasaction="ignore")
        writer.writerows(rows)
    """

    def __init__(self, items: Iterator[T]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[T]:
        return self._items

    def __next__(self) -> T:
        return next(self._items)

    def to_rows(self) -> list[dict[str, Any]]:
        """Fetch the remaining results and return each as a dict, as `csv`, pandas and polars expect.

        Returns:
            The results, including fields that this version does not know. Times and amounts stay datetime and Decimal.

        Example:
            rows = client.usage.list().to_rows()
        """
        return [as_dict(item) for item in self._items]


class AsyncPager(Generic[T]):
    """The results of a paged listing. Pages are fetched as needed, and the results can be iterated once."""

    def __init__(self, items: AsyncIterator[T]) -> None:
        self._items = items

    def __aiter__(self) -> AsyncIterator[T]:
        return self._items

    async def __anext__(self) -> T:
        return await anext(self._items)

    async def to_rows(self) -> list[dict[str, Any]]:
        """Fetch the remaining results and return each as a dict, as `csv`, pandas and polars expect.

        Returns:
            The results, including fields that this version does not know. Times and amounts stay datetime and Decimal.

        Example:
            rows = await client.usage.list().to_rows()
        """
        return [as_dict(item) async for item in self._items]


def as_dict(item: Any) -> dict[str, Any]:
    """Return the fields of a result as a dict. Models in it become dicts, too, and UUIDs become strings."""
    fields = dict(vars(item))
    fields |= fields.pop("additional_properties", {})
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return as_dict(value)
    return str(value) if type(value).__name__ == "UUID" else value
