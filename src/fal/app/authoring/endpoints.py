"""The decorators that make methods endpoints."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from .. import checks as c
from ..errors import AppDefinitionError
from ..runtime.routes import FROM_ANNOTATIONS, JSON, MARK, MSGPACK, Realtime, Route
from .policies import BillingDeclaration, HealthCheck

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class DeclaredRoute(Route):
    """A route, with what only the platform needs to know of it; travels to a runner as the plain route."""

    health_check: HealthCheck | None = None
    billing: BillingDeclaration | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Route, (self.path, self.is_websocket, self.realtime)


def endpoint(
    path: str,
    *,
    is_websocket: bool = False,
    health_check: HealthCheck | None = None,
    billing: BillingDeclaration | None = None,
) -> Callable[[F], F]:
    """Serve a method of an App at a path; callers use POST.

    Args:
        path: The path, beginning with "/".
        is_websocket: True hands the raw websocket to the method, which then must be async.
        health_check: Makes this the endpoint that says whether the runner is healthy; at most one per App.
        billing: Declares what the endpoint reports for billing.

    Returns:
        A decorator that marks the method and leaves it callable as it is.

    Raises:
        AppDefinitionError: The path or an option is invalid.

    Example:
        >>> class Hello(App):
        ...     @endpoint("/")
        ...     def hello(self, name: str) -> dict:
        ...         return {"hello": name}
    """
    _check_path("fal.endpoint", path)
    c.flag("fal.endpoint: is_websocket", is_websocket)
    if health_check is not None and not isinstance(health_check, HealthCheck):
        raise c.fail("fal.endpoint: health_check", health_check, "a fal.HealthCheck(...)")
    if billing is not None and (isinstance(billing, type) or not isinstance(billing, BillingDeclaration)):
        raise c.fail("fal.endpoint: billing", billing, "an object with a declaration() method")
    if is_websocket and health_check is not None:
        raise AppDefinitionError(f"endpoint {path!r}: a websocket cannot be the health check; use a plain endpoint")
    if is_websocket and billing is not None:
        raise AppDefinitionError(f"endpoint {path!r}: a websocket cannot declare billing; remove billing")
    return _mark(DeclaredRoute(path, is_websocket, health_check=health_check, billing=billing))


def realtime(
    path: str,
    *,
    buffering: int | None = None,
    session_timeout: float | None = None,
    input_modal: Any = FROM_ANNOTATIONS,
    output_modal: Any = FROM_ANNOTATIONS,
    max_batch_size: int = 1,
    content_type: str = MSGPACK,
    encode_message: Callable[[Any], bytes | str] | None = None,
    decode_message: Callable[[bytes], Any] | None = None,
) -> Callable[[F], F]:
    """Serve a method of an App over a websocket: one call per message.

    The type hints decide the shape: a plain input and output answer each message; an (async) iterator as output streams
    answers to one message; an async iterator as input takes the messages of the whole session. Messages are msgpack;
    a client that sends JSON text is answered with JSON text.

    Args:
        path: The path, beginning with "/"; fal's clients use "/realtime".
        buffering: How many unanswered messages are kept; one more drops the oldest.
        session_timeout: Seconds without a message after which the session ends.
        input_modal: Model of a message, if it is not the one in the type hints; None passes it undecoded.
        output_modal: Model of an answer, if it is not the one in the type hints.
        max_batch_size: How many waiting messages one call may receive as positional arguments.
        content_type: "application/msgpack" or "application/json".
        encode_message: Turns an answer (a dict) into bytes or str.
        decode_message: Turns the bytes of a message into a dict.

    Raises:
        AppDefinitionError: The path or an option is invalid.
    """
    _check_path("fal.realtime", path)
    if buffering is not None:
        c.integer(1, "messages")("fal.realtime: buffering", buffering)
    if session_timeout is not None and (
        isinstance(session_timeout, bool) or not isinstance(session_timeout, (int, float)) or session_timeout <= 0
    ):
        raise c.fail("fal.realtime: session_timeout", session_timeout, "a number of seconds above 0")
    c.integer(1, "messages")("fal.realtime: max_batch_size", max_batch_size)
    for name, function in (("encode_message", encode_message), ("decode_message", decode_message)):
        if function is not None:
            c.function(f"fal.realtime: {name}", function)
    c.text("fal.realtime: content_type", content_type)
    if content_type not in (MSGPACK, JSON) and (encode_message is None or decode_message is None):
        raise AppDefinitionError(
            f"realtime endpoint {path!r}: content_type={content_type!r} needs encode_message and decode_message"
        )
    options = Realtime(
        buffering,
        session_timeout,
        max_batch_size,
        content_type,
        input_modal,
        output_modal,
        encode_message,
        decode_message,
    )
    return _mark(Route(path, is_websocket=True, realtime=options))


def _check_path(decorator: str, path: object) -> None:
    if callable(path):
        raise AppDefinitionError(f'{decorator} needs a path: write @{decorator}("/") instead of @{decorator}')
    if not isinstance(path, str):
        raise c.fail(f"{decorator}: path", path, "a str")
    if not path.startswith("/"):
        raise AppDefinitionError(f"{decorator}: path {path!r} must begin with '/'; write '/{path}'")


def _mark(route: Route) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        name = getattr(function, "__qualname__", "")
        if not inspect.isfunction(cast(object, function)):
            raise AppDefinitionError(
                f"endpoint {route.path!r} must decorate a function, not a {type(function).__name__}; "
                "put it above the def, inside other decorators"
            )
        present = getattr(function, MARK, None)
        if present is not None:
            raise AppDefinitionError(
                f"{name} already serves {present.path!r}; write a second method for {route.path!r}"
            )
        setattr(function, MARK, route)
        return function

    return decorate
