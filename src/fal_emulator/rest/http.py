"""What all REST operations share: keys, bounded bodies, and errors as JSON."""

# ruff: noqa: ARG001 - Starlette decides the signatures

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..model import limits
from ..model.faults import Fault, Invalid, refused, unforeseen
from ..model.permissions import require

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence

    from starlette.requests import Request

    from ..state.keyring import Keyring

    Endpoint = Callable[[Request], Awaitable[Response]]

_TOO_DEEP = "nests lists and objects more than {} deep"


def authorized(keyring: Keyring, path: str, methods: Sequence[str], permission: str, endpoint: Endpoint) -> Route:
    """Return a route for those whose key has a permission."""

    async def answer(request: Request) -> Response:
        key = keyring.from_header(request.headers.get("authorization"), request.headers.get("x-fal-user-id"))
        require(key, permission)
        return await endpoint(request)

    return Route(path, answer, methods=list(methods))


async def bounded(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """Yield the body of a request as it comes.

    Raises:
        Fault: It is longer than the limit.
    """
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > limit:
        raise refused(413, f"the request holds more than {limit} bytes")
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise refused(413, f"the request holds more than {limit} bytes")
        yield chunk


async def json_body(request: Request) -> Any:
    """Return the JSON in a request, None when there is none.

    Raises:
        Invalid: It is not JSON.
    """
    text = b"".join([chunk async for chunk in bounded(request, limits.LARGEST_JSON)])
    return parsed(text, "body") if text.strip() else None


def parsed(text: str | bytes, *place: str | int) -> Any:
    """Return what JSON says.

    Args:
        text: The JSON.
        place: Where it is in the request.

    Raises:
        Invalid: It is not JSON, nests too deeply, or holds what no text can hold.
    """
    try:
        content = json.loads(text)
        # JSON can spell half of a pair of surrogates, which nothing behind this can write down.
        json.dumps(content, ensure_ascii=False).encode()
    except RecursionError:
        raise Invalid(_TOO_DEEP.format(limits.DEEPEST_JSON), *place) from None
    except ValueError:
        raise Invalid("is not JSON", *place) from None
    level = [content]
    for _ in range(limits.DEEPEST_JSON + 1):
        level = [child for item in level for child in _children(item)]
        if not level:
            return content
    raise Invalid(_TOO_DEEP.format(limits.DEEPEST_JSON), *place)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


async def json_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in a request.

    Raises:
        Invalid: It is something else.
    """
    content = await json_body(request)
    if not isinstance(content, dict):
        raise Invalid("a JSON object is needed", "body")
    return content


def member(values: dict[str, Any], name: str, kind: type, *place: str | int) -> Any:
    """Return a member of a JSON object.

    Raises:
        Invalid: It is missing, or of another type.
    """
    if name not in values:
        raise Invalid("Field required", *place, name)
    value = values[name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Invalid(f"must be of type {kind.__name__}", *place, name)
    return value


async def _on_fault(request: Request, error: Exception) -> Response:
    fault = error if isinstance(error, Fault) else unforeseen(error)
    return JSONResponse({"detail": fault.detail}, fault.status)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Answer that there is no such path or method, as Starlette has found."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)


HANDLERS: dict[Any, Any] = {Exception: _on_fault, Fault: _on_fault, HTTPException: _on_http_exception}
