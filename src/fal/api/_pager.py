"""The results of a paged listing, fetched as they are iterated."""

from __future__ import annotations

import dataclasses
import decimal
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

T = TypeVar("T")

_UNKNOWN = "additional_properties"  # the members that this version does not know
_EXACT = decimal.Context(prec=decimal.MAX_PREC)


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

        polars looks at the first hundred rows only, unless it is told `infer_schema_length=None`.

        Returns:
            The results, including fields that this version does not know. Times and amounts stay datetime and Decimal, the
            amounts of a column with the same number of digits. A result within a result is a dict, and what may have any
            form, such as the input of a request, is JSON text.

        Example:
            rows = client.usage.list().to_rows()
        """
        return to_rows(self._items)


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

        polars looks at the first hundred rows only, unless it is told `infer_schema_length=None`.

        Returns:
            The results, including fields that this version does not know. Times and amounts stay datetime and Decimal, the
            amounts of a column with the same number of digits. A result within a result is a dict, and what may have any
            form, such as the input of a request, is JSON text.

        Example:
            rows = await client.usage.list().to_rows()
        """
        return to_rows([item async for item in self._items])


def to_rows(items: Iterable[Any]) -> list[dict[str, Any]]:
    """Return results, such as those of a summary or of a list of runners, as `Pager.to_rows` returns those of a listing.

    Args:
        items: Results of one kind.

    Example:
        from fal.api import to_rows

        rows = to_rows(client.usage.summary())
    """
    # pandas and polars take the type of a column from its first values, so it has one type throughout.
    rows = [_row(item) for item in items]
    # polars rounds what has more digits than the first amounts of a column.
    digits: dict[str, int] = {}
    for row in rows:
        for name, value in row.items():
            if isinstance(value, Decimal) and value.is_finite():
                digits[name] = max(digits.get(name, 0), -int(value.as_tuple().exponent))
    for row in rows:
        for name, most in digits.items():
            if isinstance(value := row.get(name), Decimal) and value.is_finite():
                row[name] = value.quantize(Decimal(1).scaleb(-most), context=_EXACT)
    return rows


def _row(item: Any) -> dict[str, Any]:
    row = {
        field.name: _cell(getattr(item, field.name), str(field.type))
        for field in dataclasses.fields(item)
        if field.name != _UNKNOWN
    }
    return row | {name: _cell(value, "") for name, value in getattr(item, _UNKNOWN, {}).items()}


def _cell(value: Any, annotation: str) -> Any:
    """Return a value as a table holds it: a model as a dict, and JSON that may have any form as text."""
    if dataclasses.is_dataclass(value):
        return _row(value)
    if value is not None and ("Any" in annotation or isinstance(value, dict | list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return str.__str__(value)  # of a state and the like, its text
    return float(value) if "float" in annotation and isinstance(value, int) else value
