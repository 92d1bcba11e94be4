"""The processor time of the generator and of what it starts: python generating.py own|large PROJECT."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import timing

_RESOURCES = 200


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)[:1]}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _operation(
    verb: str, index: int, answer: dict[str, Any] | None, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    failure = {"description": "A fault.", **_content({"$ref": "#/components/schemas/Error"})}
    operation: dict[str, Any] = {
        "operationId": f"{verb}_widget_{index}",
        "summary": f"{verb.capitalize()} widget {index}.",
        "description": f"What it means to {verb} widget {index}, in a sentence or two, as documents have it.",
        "responses": {"200": {"description": "Done.", **(_content(answer) if answer else {})}, "404": failure},
    }
    return {**operation, "requestBody": {"required": True, **_content(body)}} if body else operation


def _document() -> dict[str, Any]:
    """Return an invented document of 1,200 operations: six of each resource."""
    text, number = {"type": "string"}, {"type": "integer", "minimum": 0}
    state = {"type": "string", "enum": ["new", "active", "gone"]}
    query = [{"name": key, "in": "query", "schema": kind} for key, kind in (("limit", number), ("state", state))]
    one = [{"name": "id", "in": "path", "required": True, "schema": text}]
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Error": _object(message=text, code=number)}
    for index in range(_RESOURCES):
        whole = {"$ref": f"#/components/schemas/Widget{index}"}
        schemas[f"Widget{index}"] = {
            "description": f"Widget {index} of the shop, with all that is known of it.",
            **_object(
                id=text,
                state=state,
                made_at={"type": "string", "format": "date-time"},
                size={"anyOf": [number, {"type": "null"}]},
                tags={"type": "array", "items": text},
                prices={"type": "object", "additionalProperties": {"type": "number"}},
                **{f"owner_{index}": _object(name=text, team=text)},
            ),
        }
        listing = _object(items={"type": "array", "items": whole}, **{f"next_{index}": text})
        change = _object(**{f"note_{index}": {"anyOf": [text, {"type": "null"}]}})
        fast = _object(kind={"const": "fast"}, **{f"speed_{index}": number})
        slow = _object(kind={"const": "slow"}, **{f"reason_{index}": text})
        paths[f"/widgets{index}"] = {
            "get": {**_operation("list", index, listing), "parameters": query},
            "post": _operation("create", index, whole, change),
        }
        paths[f"/widgets{index}/{{id}}"] = {
            "parameters": one,
            "get": _operation("get", index, whole),
            "patch": _operation("change", index, whole, change),
            "delete": _operation("delete", index, None),
        }
        paths[f"/widgets{index}/{{id}}/run"] = {
            "parameters": one,
            "post": _operation("run", index, whole, {"oneOf": [fast, slow]}),
        }
    info = {"title": "Shop", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


what, project = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    arguments = ["--root", project, "check"]
    if what == "large":
        document = Path(folder) / "shop.json"
        document.write_text(json.dumps(_document()))
        arguments = ["init", f"{folder}/shop", "--openapi", str(document)]
    command = [str(Path(sys.executable).with_name("fal-generator")), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert what == "own" or done.stdout.splitlines()[-1].startswith(f"{6 * _RESOURCES} operations"), done.stdout
used = resource.getrusage(resource.RUSAGE_CHILDREN)
timing.say("cpu", used.ru_utime + used.ru_stime)
