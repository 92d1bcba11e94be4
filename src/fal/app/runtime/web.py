"""The HTTP application of a service."""

from __future__ import annotations

import inspect
import json
import types
import typing
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, FastAPI, Request, Response, WebSocket
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.exceptions import HTTPException

from .error_responses import NOT_BILLED, ErrorResponse
from .errors import AppDefinitionError
from .metrics import Metrics
from .middleware import Observe, own_path
from .openapi import openapi
from .service import Endpoint, Service

SCALARS = (str, int, float, bool, bytes, complex, date, datetime, time, timedelta, Decimal, Enum, UUID, PurePath)


def application_of(service: Service, metrics: Metrics | None = None) -> FastAPI:
    """Make the application, as the app itself wants it; nothing is started.

    Raises:
        AppDefinitionError: There is no endpoint, or one cannot be served; the message names it.
    """
    if service.app is None:
        return build(service, metrics)
    service.app._parts = (service, metrics)
    application: FastAPI = service.app._build_app()
    if getattr(type(service.app).openapi, "__module__", "").startswith(__name__.rpartition(".")[0]):
        return application
    application.openapi = service.app.openapi  # type: ignore[method-assign]
    return application


def build(service: Service, metrics: Metrics | None = None) -> FastAPI:
    """Make the application out of what a service says; nothing is started.

    Raises:
        AppDefinitionError: There is no endpoint, or one cannot be served; the message names it.
    """
    if not service.endpoints:
        raise AppDefinitionError(f"{service.name} has no endpoint; mark a method with @fal.endpoint('/')")
    app = FastAPI(title=service.name)
    app.add_middleware(Observe, service=service, metrics=metrics or Metrics(service.version))
    app.add_middleware(
        CORSMiddleware, allow_credentials=True, allow_headers=["*"], allow_methods=["*"], allow_origins=["*"]
    )
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(404, _not_found)
    app.add_exception_handler(ErrorResponse, _error_response)
    seen: dict[str, str] = {}
    for endpoint in service.endpoints:
        name, path = endpoint.function.__name__, endpoint.route.path
        if path in seen:
            raise AppDefinitionError(f"{seen[path]} and {name} both serve {path!r}; give one another path")
        seen[path] = name
        try:
            _add(app, endpoint)
        except AppDefinitionError:
            raise
        except Exception as error:
            raise AppDefinitionError(f"endpoint {path!r} ({name}) cannot be served: {error}") from error
    _add_health(app, service)
    service.add_routes(app)
    service.add_middlewares(app)
    app.openapi = lambda: openapi(app, service)  # type: ignore[method-assign]
    return app


def _add(app: FastAPI, endpoint: Endpoint) -> None:
    route = endpoint.route
    if route.realtime is not None:
        from .sessions import session  # travels with apps that have such an endpoint

        app.add_api_websocket_route(route.path, session(endpoint), name=endpoint.function.__name__)
    elif route.is_websocket:
        _check_websocket(endpoint)
        app.add_api_websocket_route(route.path, _handler(endpoint, endpoint.signature), name=endpoint.function.__name__)
    else:
        plain = _takes_plain_values(endpoint)
        handler = _handler(endpoint, _embedded(endpoint.signature) if plain else endpoint.signature)
        app.add_api_route(route.path, handler, name=endpoint.function.__name__, methods=["POST"])
        if plain:
            app.state._fal_plain = {*getattr(app.state, "_fal_plain", ()), route.path}


def _add_health(app: FastAPI, service: Service) -> None:
    check = service.health

    async def health() -> Any:
        answer = check() if check is not None else {"version": service.version}
        return await answer if inspect.isawaitable(answer) else answer

    app.add_api_route("/health", health, methods=["GET"], response_model=None, include_in_schema=check is not None)


def _handler(endpoint: Endpoint, signature: inspect.Signature) -> Callable[..., Any]:
    function = endpoint.function

    async def stream(**values: Any) -> Any:
        return StreamingResponse(_events(function(**values)), media_type="text/event-stream")

    async def awaited(**values: Any) -> Any:
        return await function(**values)

    def plain(**values: Any) -> Any:  # the framework runs it in a thread
        return function(**values)

    if inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function):
        return _named(endpoint, stream, signature.replace(return_annotation=StreamingResponse))
    return _named(endpoint, awaited if inspect.iscoroutinefunction(function) else plain, signature)


def _named(endpoint: Endpoint, call: Callable[..., Any], signature: inspect.Signature) -> Callable[..., Any]:
    """Give a wrapper the name, description and signature the framework reads."""
    call.__name__ = endpoint.function.__name__
    call.__doc__ = endpoint.function.__doc__
    vars(call)["__signature__"] = signature
    return call


def _events(items: Iterator[Any] | AsyncIterator[Any]) -> Iterator[bytes] | AsyncIterator[bytes]:
    """Turn what a generator yields into server-sent events; bytes pass as they are."""

    def event(item: Any) -> bytes:
        if isinstance(item, bytes):
            return item
        return b"data: " + json.dumps(jsonable_encoder(item), separators=(",", ":")).encode() + b"\n\n"

    if isinstance(items, AsyncIterator):
        return (event(item) async for item in items)
    return (event(item) for item in items)


def _check_websocket(endpoint: Endpoint) -> None:
    parameters = endpoint.signature.parameters
    missing = []
    if not inspect.iscoroutinefunction(endpoint.function):
        missing.append("be defined with async def")
    if not any(isinstance(p.annotation, type) and issubclass(p.annotation, WebSocket) for p in parameters.values()):
        missing.append("have a parameter annotated as fastapi.WebSocket")
    if missing:
        name = endpoint.function.__name__
        raise AppDefinitionError(
            f"websocket endpoint {endpoint.route.path!r} must {' and '.join(missing)}: "
            f"async def {name}(self, websocket: WebSocket)"
        )


def _takes_plain_values(endpoint: Endpoint) -> bool:
    """Return whether the function takes only plain values, which callers then send as the fields of a JSON object."""
    parameters = endpoint.signature.parameters
    return bool(parameters) and all(
        _is_scalar(parameter.annotation)
        and "{" + name not in endpoint.route.path
        and not type(parameter.default).__module__.startswith("fastapi.")
        for name, parameter in parameters.items()
    )


def _is_scalar(annotation: Any) -> bool:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _is_scalar(arguments[0]) and not any(type(a).__module__.startswith("fastapi.") for a in arguments[1:])
    if origin is typing.Literal:
        return True
    if origin is typing.Union or origin is types.UnionType:
        return all(argument is type(None) or _is_scalar(argument) for argument in arguments)
    return annotation is inspect.Parameter.empty or (isinstance(annotation, type) and issubclass(annotation, SCALARS))


def _embedded(signature: inspect.Signature) -> inspect.Signature:
    def embed(parameter: inspect.Parameter) -> inspect.Parameter:
        annotation = Any if parameter.annotation is parameter.empty else parameter.annotation
        return parameter.replace(annotation=Annotated[annotation, Body(embed=True)], kind=parameter.KEYWORD_ONLY)

    return signature.replace(parameters=[embed(parameter) for parameter in signature.parameters.values()])


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # What cannot be shown as JSON (raw bytes, exceptions, infinities) is shown as text instead of failing the answer.
    shown = jsonable_encoder(
        error.errors(),
        custom_encoder={
            **dict.fromkeys((bytes, bytearray, memoryview), lambda value: f"<binary {len(value)} bytes>"),
            BaseException: str,
            float: lambda value: value if abs(value) < float("inf") else str(value),
            str: lambda value: value.encode("utf-8", "replace").decode(),
        },
    )
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if isinstance(error.body, (str, bytes)) and not kind.endswith("json"):
        # What `curl -d` sends, when it is not told what it sends.
        sent = f"{kind!r} was sent" if kind else "no content type was sent"
        for fault in shown:
            fault["msg"] = f"{fault['msg']} ({sent}: send the header 'content-type: application/json' with JSON)"
    return JSONResponse({"detail": shown}, 422, headers=NOT_BILLED)


def _error_response(_: Request, error: Exception) -> Response:
    assert isinstance(error, ErrorResponse)
    status, body, headers = error.http_response()
    return JSONResponse(body, status, headers=headers)


def _not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.detail != "Not Found":  # raised by the author, with words of their own
        return JSONResponse({"detail": error.detail}, 404, headers=error.headers)
    return JSONResponse({"detail": f"Path {own_path(request.scope)} not found"}, 404, headers=NOT_BILLED)
