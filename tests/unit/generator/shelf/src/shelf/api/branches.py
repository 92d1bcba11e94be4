"""Branches, over REST."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

import httpx

from shelf._gen import rest
from shelf._gen.method import Operation
from shelf._gen.rest.models import Branch

T = TypeVar("T")


class BranchesNamespace:
    """What can be done with branches."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def list(self, *, city: str | None = None) -> list[Branch]:
        """Return the branches."""
        return self._send(rest.list_branches(city=city))

    def close(self, name: str, day: date) -> None:
        """Close a branch for a day."""
        self._send(rest.close_branch(name, day=day))

    def _send(self, operation: Operation[T]) -> T:
        answer = self._http.request(
            operation.method,
            operation.path,
            params=list(operation.params),
            json=operation.json,
            timeout=operation.policy.deadline,
        )
        if answer.status_code not in operation.success:
            answer.raise_for_status()
        return operation.parse(answer.status_code, dict(answer.headers), answer.content)
