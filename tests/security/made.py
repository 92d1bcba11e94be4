"""One instance or more of every public class: from a table, by what the class is, or a reason why not."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import sys
import types
import typing
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fal
from fal._aio._namespace import AsyncNamespace
from fal._core.auth import FalServerlessKeyCredentials
from fal._core.outbox import Outbox
from fal._core.outbox_async import AsyncOutbox
from fal.api._namespace import Namespace
from fal.app.errors import AppDefinitionWarning
from fal.app.runtime.context import RequestContext
from fal.connection import FalServerlessConnection
from tests.security import canaries

NOT_MADE: dict[str, str] = {
    "fal._core.auth.Credentials": "the base of credentials: it says nothing and is never used by itself",
    "fal._gen.open_enum.OpenEnum": "the base of the enums: it has no members",
    "fal.app.authoring.policies.BillingDeclaration": "a protocol: instances are functions of an author's own",
    "fal.api.client.SyncServerlessClient": "clients are made in every way that they take a key; see `Gallery`",
    "fal._aio.client.AsyncServerlessClient": "as the other client",
    "fal.app_client.AppSpawnInfo": "made by running an app: it holds futures and a queue, whose key is in the caller of a client",
}


def container_image() -> fal.ContainerImage:
    return fal.ContainerImage(
        "FROM python:3.11\nRUN pip list\n",
        build_args={"TOKEN": canaries.BUILD_ARGUMENT},
        registries={"ghcr.io": {"username": "me", "password": canaries.REGISTRY_PASSWORD}},
        secrets={"S": canaries.BUILD_SECRET},
    )


def app_class() -> type[fal.App]:
    class Walked(fal.App):
        image = container_image()

        @fal.endpoint("/")
        def run(self) -> str:
            return "x"

    return Walked


def served_function() -> Any:
    @fal.function(serve=True, image=container_image())
    def walked(a: int) -> int:
        return a

    return walked


async def _one_row() -> AsyncIterator[dict[str, str]]:
    yield {"key": "value"}


def by_table(cls: type) -> list[Any] | None:
    """Return instances of a class that needs more than its type hints to be made."""
    table: dict[str, Any] = {
        "ContainerImage": lambda: [container_image()],
        "App": lambda: [app_class(), app_class()()],
        "IsolatedFunction": lambda: [served_function()],
        "FalServerlessKeyCredentials": lambda: [cls("id-1", canaries.KEY_SECRET)],
        "DeploymentURLs": lambda: [cls({"sync": {"/": "https://run/x"}})],
        "AppDefinitionWarning": lambda: [AppDefinitionWarning("text")],
        "RequestContext": lambda: [RequestContext(**_arguments(RequestContext))],
        "Pager": lambda: [cls(iter([{"key": "value"}]))],
        "AsyncPager": lambda: [cls(_one_row())],
        "RunnerShell": lambda: [cls(Outbox(), iter(()), tty=True)],
        "AsyncRunnerShell": lambda: [cls(AsyncOutbox(), iter(()), tty=True)],
        "RawResponse": lambda: [cls(parsed="text", calls=())],
        "AppClient": lambda: [cls(app_class(), "http://127.0.0.1:9/x")],
        "AppException": lambda: [cls("text", 503)],
        "FieldException": lambda: [cls("field", "text")],
        "AppFileUploadException": lambda: [cls("text", "folder/file")],
        "FalServerlessClient": lambda: [cls("api.fal.ai", FalServerlessKeyCredentials("id-1", canaries.KEY_SECRET))],
        "HealthCheck": lambda: [cls(), cls(method="GET", timeout_seconds=5)],
        "ApplicationHealthCheckConfig": lambda: [cls("/health", method="GET")],
    }
    make = table.get(cls.__name__)
    return None if make is None else typing.cast("list[Any] | None", make())


def instances(cls: type, client: Any) -> list[Any]:
    """Return instances of a public class.

    Raises:
        TypeError: The class cannot be made: it belongs into the table, or with a reason into NOT_MADE.
    """
    result = by_table(cls)
    if result is not None:
        return result
    if issubclass(cls, Namespace | AsyncNamespace | FalServerlessConnection):
        return [cls(client)]
    if issubclass(cls, enum.Enum):
        return list(cls)
    if issubclass(cls, BaseException):
        return [cls("text"), raised(cls)]
    if typing.is_typeddict(cls):
        hints = typing.get_type_hints(cls)
        return [cls(**{name: value_of(hint) for name, hint in hints.items()})]
    return [cls(**_arguments(cls))]


def raised(cls: type[BaseException]) -> BaseException:
    """Return an error that was raised from another one, with every attribute that it takes."""
    try:
        try:
            raise ValueError("cause")
        except ValueError as cause:
            raise cls("text") from cause
    except cls as error:
        for name in ("method", "request_id", "hint", "code"):
            if hasattr(error, name):
                setattr(error, name, "text")
        return error


def _arguments(cls: type) -> dict[str, Any]:
    hints = typing.get_type_hints(cls if dataclasses.is_dataclass(cls) else cls.__init__, localns=_names())  # type: ignore[misc]
    if dataclasses.is_dataclass(cls):
        return {field.name: value_of(hints[field.name]) for field in dataclasses.fields(cls) if field.init}
    parameters = inspect.signature(cls).parameters.values()
    return {
        item.name: value_of(hints.get(item.name, str))
        for item in parameters
        if item.kind in (item.POSITIONAL_OR_KEYWORD, item.KEYWORD_ONLY) and item.default is item.empty
    }


def _names() -> dict[str, Any]:
    """Return names that annotations use and that are imported for type checkers only."""

    result = sys.modules["fal.deploy.result"]
    names = ("DeploymentResult", "DeploymentURLs", "RunResult")
    return {"ServiceURLs": fal.sdk.ServiceURLs, **{name: getattr(result, name) for name in names}}


_PLAIN: dict[Any, Any] = {
    str: "text",
    int: 1,
    float: 1.5,
    bool: True,
    bytes: b"bytes",
    datetime: datetime(2026, 1, 2, tzinfo=UTC),
    timedelta: timedelta(seconds=5),
    Path: Path("folder/file.py"),
    Any: "anything",
    object: "anything",
    BaseException: ValueError("text"),
    type(None): None,
}


def value_of(hint: Any) -> Any:
    """Return a value of a type."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return value_of(arguments[0])
    if origin is typing.Literal:
        return arguments[0]
    name = getattr(origin or hint, "__name__", "")
    if name in ("list", "Sequence", "Iterable"):
        return [value_of(arguments[0])]
    if name == "tuple":
        return tuple(value_of(inner) for inner in arguments if inner is not Ellipsis)
    if name in ("dict", "Mapping"):
        return {value_of(arguments[0]): value_of(arguments[1])}
    if name in ("frozenset", "set"):
        return frozenset({value_of(arguments[0])})
    if inspect.isclass(hint) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if inspect.isclass(hint):
        return by_hint(hint)
    raise TypeError(f"there is no value for {hint!r}")


def by_hint(cls: type) -> Any:
    made = by_table(cls)
    return made[0] if made else cls(**_arguments(cls))
