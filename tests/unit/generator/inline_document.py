"""OpenAPI documents without components: one that people could have written, and ones at random."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]

_AUTHOR = {
    "type": "object",
    "description": "Who wrote it.",
    "properties": {"name": {"type": "string"}, "pen_name": {"type": ["string", "null"]}},
    "required": ["name"],
}
_STATE = {"type": "string", "enum": ["lent", "here"]}
_BOOK = {
    "type": "object",
    "properties": {
        "isbn": {"type": "string"},
        "authors": {"type": "array", "items": _AUTHOR},
        "state": {**_STATE, "description": "Where it is."},
        "description": {"type": "string"},
    },
    "required": ["isbn", "authors"],
}


def _answer(schema: Document) -> Document:
    return {"200": {"description": "It.", "content": {"application/json": {"schema": schema}}}}


_BOOKS: Document = {
    "openapi": "3.1.0",
    "info": {"title": "Books", "version": "1"},
    "paths": {
        "/books": {
            "get": {
                "operationId": "list_books",
                "tags": ["books"],
                "responses": _answer({"type": "object", "properties": {"books": {"type": "array", "items": _BOOK}}}),
            },
            "post": {
                "operationId": "add_book",
                "tags": ["books"],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"isbn": {"type": "string"}},
                                "required": ["isbn"],
                            }
                        }
                    },
                },
                "responses": {"201": {**_answer(_BOOK)["200"]}},
            },
        },
        "/books/{isbn}": {
            "get": {
                "operationId": "get_book",
                "tags": ["books"],
                "parameters": [{"name": "isbn", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": _answer(_BOOK),
            }
        },
        "/loans": {
            "get": {
                "operationId": "list_loans",
                "tags": ["loans"],
                "parameters": [
                    {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["hardback", "paperback"]}}
                ],
                "responses": _answer(
                    {
                        "type": "object",
                        "properties": {
                            "loans": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "properties": {
                                        "isbn": {"type": "string"},
                                        "state": {**_STATE, "description": "The state when it was lent."},
                                        "recommended_by": {
                                            "anyOf": [_AUTHOR, {"type": "null"}],
                                            "description": "Who else wrote such a book.",
                                        },
                                    },
                                },
                            }
                        },
                    }
                ),
            }
        },
    },
}

# No two places share one object: a change in one place is a change in that place.
BOOKS: Document = json.loads(json.dumps(_BOOKS))

_NAMES = st.sampled_from(
    ["name", "items", "state", "description", "owners", "type", "properties", "x-y", "time series"]
)
_LEAVES: st.SearchStrategy[Document] = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer", "minimum": 1},
        {"type": ["string", "null"], "format": "date-time"},
        {"type": "string", "description": "In words."},
        {"type": "string", "enum": ["on", "off"]},
        {"type": "string", "enum": ["on", "off"], "description": "A switch."},
        {"type": "string", "enum": ["on", "off", "broken"]},
        {"type": "integer", "enum": [1, 2]},
        {},
    ]
)


def _deeper(inner: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
    def made(members: dict[str, Document], required: bool) -> Document:
        return {"type": "object", "properties": members, **({"required": sorted(members)[:1]} if required else {})}

    return st.one_of(
        st.builds(made, st.dictionaries(_NAMES, inner, min_size=1, max_size=4), st.booleans()),
        inner.map(lambda item: {"type": "array", "items": item}),
        inner.map(lambda item: {"type": "object", "additionalProperties": item}),
        inner.map(lambda item: {"anyOf": [item, {"type": "null"}]}),
        st.tuples(inner, inner).map(lambda pair: {"anyOf": list(pair)}),
    )


def _documents(schemas: list[Document]) -> Document:
    paths: Document = {}
    for index, schema in enumerate(schemas):
        operation: Document = {"operationId": f"list_things_{index}", "responses": _answer(schema)}
        if index % 2:
            body = {"required": True, "content": {"application/json": {"schema": schema}}}
            operation |= {"operationId": f"make_thing_{index}", "requestBody": body}
        paths[f"/things/{index}"] = {"post" if index % 2 else "get": operation}
    return {"openapi": "3.1.0", "info": {"title": "Things", "version": "1"}, "paths": paths}


def documents() -> st.SearchStrategy[Document]:
    """Documents whose small vocabulary makes the same schema turn up in many places."""
    schemas: st.SearchStrategy[Document] = st.recursive(_LEAVES, _deeper, max_leaves=12)
    return st.lists(schemas, min_size=1, max_size=5).map(lambda schemas: json.loads(json.dumps(_documents(schemas))))
