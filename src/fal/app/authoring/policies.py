"""Small value types an author uses: health checks, retries, billing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, TypedDict, runtime_checkable

from .. import checks as c
from ..errors import AppDefinitionError
from ..runtime.routes import Route

HTTP_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """How the platform checks that a runner is healthy.

    Args:
        start_period_seconds: Seconds after the start during which failures do not count (platform default 30).
        timeout_seconds: Seconds one check may take (platform default 5).
        failure_threshold: Failures in a row after which the runner is replaced (platform default 3).
        call_regularly: True checks every 15 seconds; False only on requests that ask for it.
        method: HTTP method of the check; an endpoint of an App is called with POST.

    Raises:
        AppDefinitionError: A value is invalid.

    Example:
        >>> HealthCheck(timeout_seconds=5, failure_threshold=3).timeout_seconds
        5
    """

    start_period_seconds: int | None = None
    timeout_seconds: int | None = None
    failure_threshold: int | None = None
    call_regularly: bool | None = None
    method: str | None = None

    def __post_init__(self) -> None:
        _check_fields(self)


@dataclass(frozen=True)
class ApplicationHealthCheckConfig:
    """A health check with its path, for functions with their own server.

    Args:
        path: The path of the check.
        start_period_seconds: As for `HealthCheck`, like the other arguments.
        timeout_seconds: Seconds one check may take.
        failure_threshold: Failures in a row after which the runner is replaced.
        call_regularly: True checks every 15 seconds.
        method: HTTP method of the check; GET when left out.

    Raises:
        AppDefinitionError: A value is invalid.
    """

    path: str
    start_period_seconds: int | None = None
    timeout_seconds: int | None = None
    failure_threshold: int | None = None
    call_regularly: bool | None = None
    method: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", c.health_path(f"{type(self).__name__}.path", self.path))
        _check_fields(self)


def _check_fields(config: HealthCheck | ApplicationHealthCheckConfig) -> None:
    checks: dict[str, c.Check] = {
        "start_period_seconds": c.seconds,
        "timeout_seconds": c.integer(1, "seconds"),
        "failure_threshold": c.integer(1, "failures"),
        "call_regularly": c.flag,
        "method": c.choice(*HTTP_METHODS),
    }
    for name, check in checks.items():
        value = getattr(config, name)
        if value is not None:
            object.__setattr__(config, name, check(f"{type(config).__name__}.{name}", value))


def declared_check(owner: str, routes: Iterable[Route]) -> ApplicationHealthCheckConfig | None:
    """Return the endpoint that is the health check; endpoints answer POST.

    Raises:
        AppDefinitionError: Several are.
    """
    checks = [(route.path, check) for route in routes if (check := getattr(route, "health_check", None)) is not None]
    if len(checks) > 1:
        paths = " and ".join(repr(path) for path, _ in checks)
        raise AppDefinitionError(f"{owner}: {paths} are both health checks; an app has at most one")
    return next(
        (ApplicationHealthCheckConfig(path, **{"method": "POST", **_set(check)}) for path, check in checks), None
    )


def _set(check: HealthCheck) -> dict[str, Any]:
    return {name: value for name, value in asdict(check).items() if value is not None}


@dataclass(frozen=True)
class RetryConfig:
    """How often a failed request is retried, by kind of failure.

    Args:
        timeout: Retries after a request that took too long.
        server_error: Retries after a 5xx answer.
        connection_error: Retries after a broken connection to the runner.

    Example:
        >>> RetryConfig(server_error=2).to_dict()
        {'server_error': {'retries': 2}}
    """

    timeout: int | None = None
    server_error: int | None = None
    connection_error: int | None = None

    def to_dict(self) -> dict[str, dict[str, int]]:
        """Return the conditions that were given, in the form they are sent."""
        given = {name: getattr(self, name) for name in c.RETRY_CONDITIONS}
        return {name: {"retries": retries} for name, retries in given.items() if retries is not None}


class BillingComponents(TypedDict):
    """What an endpoint reports for billing: a JSON Schema under an id."""

    version: int
    schema_id: str
    app: dict[str, Any]


@runtime_checkable
class BillingDeclaration(Protocol):
    """An object that can say what an endpoint reports for billing."""

    def declaration(self) -> BillingComponents:
        """Return the components."""
        ...


def billing_components(path: str, billing: BillingDeclaration) -> BillingComponents:
    """Return what an endpoint declares, checked.

    Raises:
        AppDefinitionError: The declaration is not of the form {version: 1, schema_id, app} or not plain JSON.
    """
    of = f"billing of endpoint {path!r}"
    value: Any = billing.declaration()
    if not isinstance(value, Mapping) or set(value) != {"version", "schema_id", "app"}:
        raise AppDefinitionError(f"{of} must declare exactly version, schema_id and app")
    if value["version"] != 1 or isinstance(value["version"], bool):
        raise AppDefinitionError(f"{of} must have version 1")
    c.text(f"{of}: schema_id", value["schema_id"])
    if c.mapping(f"{of}: app", value["app"]).get("type") != "object":
        raise AppDefinitionError(f"{of}: app must be a JSON Schema of type 'object'")
    try:
        unchanged = json.loads(json.dumps(value, allow_nan=False)) == value
    except (TypeError, ValueError):
        unchanged = False
    if not unchanged:
        raise AppDefinitionError(f"{of} must consist of plain JSON values")
    return BillingComponents(version=1, schema_id=value["schema_id"], app=dict(value["app"]))
