"""One entry of the table. Both interpreters read the table, so it uses what both packages have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

KEY = "key-id:key-secret"


@dataclass(frozen=True)
class Case:
    """One call.

    Args:
        name: What is tried.
        call: The call.
        answers: By RPC name, or by `METHOD /path`: JSON of the response, a tuple of them for a
            stream, or the name of a status; for REST the status, and JSON, text or a function of the request, and its content type
            when that is not JSON. A list is one answer for each attempt. A name may be a shell pattern.
        client: The arguments of the client.
        files: Text files in the home of the user.
        environ: Environment variables.
        unordered: Whether its requests come in any order.
        request: The only request that it sends, by RPC name, where that was written down before.
        project: Text files in the working directory, for a deploy.
        requests: Method, path and JSON of what is asked of the app that was sent.
        arguments: What a function that was sent is called with.
    """

    name: str
    call: Callable[[Any], Any]
    answers: Mapping[str, Any] = field(default_factory=dict)
    client: Mapping[str, Any] = field(default_factory=lambda: {"api_key": KEY})
    files: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    unordered: bool = False
    request: tuple[str, Mapping[str, Any]] | None = None
    project: Mapping[str, str] = field(default_factory=dict)
    requests: Sequence[tuple[str, str, Any]] = ()
    arguments: Mapping[str, Any] | None = None


def varied(
    name: str,
    values: Mapping[str, Any],
    call: Callable[[Any, Any], Any],
    answers: Mapping[str, Any] | None = None,
) -> Iterator[Case]:
    """One case for each value: the call gets the client and the value."""
    for what, value in values.items():
        yield Case(f"{name}: {what}", partial(_with, call, value), answers or {})


def _with(call: Callable[[Any, Any], Any], value: Any, client: Any) -> Any:
    return call(client, value)
