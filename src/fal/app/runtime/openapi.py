"""The OpenAPI description of a service, with what the platform's pages need besides."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from .service import Endpoint, Service

REFERENCE = "#/components/schemas/{model}"


def openapi(app: FastAPI, service: Service) -> dict[str, Any]:
    """Return the description of every endpoint, websockets included, in the author's order of fields."""
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    for endpoint in service.endpoints:
        if endpoint.route.is_websocket:
            _describe_websocket(document, endpoint)
    document["x-fal-order-paths"] = list(document["paths"])
    for schema in document.get("components", {}).get("schemas", {}).values():
        for part in [schema, *schema.get("allOf", ())]:
            if "properties" in part:
                part["x-fal-order-properties"] = list(part["properties"])
    return document


def _describe_websocket(document: dict[str, Any], endpoint: Endpoint) -> None:
    route, name = endpoint.route, endpoint.function.__name__
    options = route.realtime
    item = document["paths"].setdefault(route.path, {})
    item["x-fal-protocol"] = {
        "type": "websocket" if options is None else "realtime",
        "operationId": name,
        "config": {
            "buffering": options.buffering if options else None,
            "sessionTimeout": options.session_timeout if options else None,
            "maxBatchSize": options.max_batch_size if options else 1,
        },
    }
    if options is None:
        return
    from .sessions import shape_of  # travels with apps that have such an endpoint

    shape = shape_of(endpoint)
    item["x-fal-protocol"] |= {"contentType": options.content_type, "realtimeMode": shape.mode}
    operation: dict[str, Any] = {
        "operationId": f"{name}_post",
        "summary": f"Realtime endpoint: {name}",
        "description": endpoint.function.__doc__ or "",
        "responses": {
            "200": {"description": "A message over the websocket", **_content(document, shape.output, "serialization")}
        },
    }
    request = _content(document, shape.input, "validation")
    item["post"] = operation | ({"requestBody": request} if request else {})


def _content(document: dict[str, Any], model: Any, mode: Any) -> dict[str, Any]:
    """Describe one side's model, when there is one, and add its schemas to the document."""
    if model is None:
        return {}
    schema = TypeAdapter(model).json_schema(ref_template=REFERENCE, mode=mode)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name, definition in schema.pop("$defs", {}).items():
        schemas.setdefault(name, definition)
    if isinstance(model, type):
        schemas.setdefault(model.__name__, schema)
        schema = {"$ref": REFERENCE.format(model=model.__name__)}
    return {"content": {"application/json": {"schema": schema}}}
