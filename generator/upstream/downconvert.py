"""Convert an OpenAPI 3 document to the subset that the generator takes, and report what that subset cannot express.

Nothing is guessed, and nothing is lost silently: a schema that cannot be expressed is read as anything, an operation that
could not be called without what is missing is left out, and each of them is named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from typing import Any
from urllib.parse import urljoin

from generator.errors import SpecError
from generator.spec.lint import FORM, MULTIPART, SERVER, SSE, STATUS, is_json, succeeded
from generator.spec.lint_shape import METHODS
from generator.spec.names import pascal
from generator.spec.references import references
from generator.upstream.downconvert_schema import (
    LeftOut,
    SchemaConverter,
    as_list,
    as_mapping,
    described,
    joined,
    pointed,
)
from generator.upstream.naming import snake

_SET_BY_TRANSPORT = frozenset({"accept", "content-type", "authorization"})
_ROOT = frozenset(
    [
        "openapi",
        "info",
        "servers",
        "paths",
        "components",
        "tags",
        "security",
        "externalDocs",
        "jsonSchemaDialect",
        "$self",
    ]
)
_MEDIA = frozenset({"schema", "encoding", "example", "examples"})
_COMPONENT = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_STYLES = {
    "path": {"simple", "label", "matrix"},
    "header": {"simple"},
    "query": {"form", "spaceDelimited", "pipeDelimited", "deepObject"},
    "cookie": {"form"},
}


class Converter:
    """The translation of one document.

    Attributes:
        notes: What was left out, one line per kind and place.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.notes: list[str] = []
        self._document = document
        self._components = as_mapping(document.get("components"))
        self._dropped: Counter[str] = Counter()
        given = as_mapping(self._components.get("schemas"))
        self._names = _component_names(given)
        self._schemas = SchemaConverter(document, given, self._names, self.notes, self._dropped)
        self._unknown("the document", document, _ROOT)
        self._paths = dict(self._path_items())
        self._servers = addresses(document.get("servers"))
        self._ids: set[str] = set()

    def chosen(self, tags: Iterable[str], paths: Iterable[str]) -> dict[str, Any]:
        """Return the paths of the operations with one of the tags, or below one of the paths; of all when none is given.

        Raises:
            SpecError: naming every tag and path that selects nothing.
        """
        items: dict[str, Any] = {}
        for path, method in wanted_operations(self._paths, tags, paths):
            where = f"{method.upper()} {path}"
            try:
                items.setdefault(path, {})[method] = self._operation(where, path, method, self._paths[path])
            except LeftOut as error:
                self.leave_out(where, str(error))
        return {path: item for path, item in items.items() if item}

    def leave_out(self, where: str, reason: str) -> None:
        """Note that an operation is left out, and why."""
        self.notes.append(f"{where} is left out: {reason}")

    def schemas(self, paths: Mapping[str, Any]) -> dict[str, Any]:
        """Return the component schemas that the paths need, and those that these need."""
        schemas: dict[str, Any] = {}
        by_name = {name: given for given, name in self._names.items()}
        queue = sorted(references(paths))
        while queue:
            name = queue.pop()
            if name not in schemas and name in by_name:
                schemas[name] = self._schemas.component(by_name[name])
                queue += sorted(references(schemas[name]))
        return schemas

    def security(self) -> tuple[Any, Any]:
        """Return the document's requirements and schemes of authentication, as a diff compares them."""
        return self._document.get("security"), self._components.get("securitySchemes")

    def finish(self) -> list[str]:
        """Return everything that there is to say, the many small things summed up."""
        once = dict.fromkeys(self.notes)
        return [*once, *(f"{what}: {count} times" for what, count in sorted(self._dropped.items()) if count)]

    def _path_items(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for path, item in as_mapping(self._document.get("paths")).items():
            try:
                target = self._behind(item, None)
            except LeftOut as error:
                self.notes.append(f"{path} is left out: {error}")
                continue
            if not isinstance(item, Mapping):
                self.notes.append(f"{path} is left out: it is not a mapping")
                continue
            whole = {**target, **{key: value for key, value in item.items() if key != "$ref"}}
            self._unknown(path, whole, (*METHODS, "parameters", "servers", "summary", "description"))
            yield path, whole

    # --------------------------------------------------------------------------------------------------- operations

    def _operation(self, where: str, path: str, method: str, item: Mapping[str, Any]) -> dict[str, Any]:
        given = as_mapping(item[method])
        converted: dict[str, Any] = {"operationId": self._id(where, given.get("operationId"), method, path)}
        own = addresses(given.get("servers")) or addresses(item.get("servers"))
        if own and own[0] not in self._servers[:1]:
            converted["servers"] = [{"url": _address(own[0], self._servers)}]
        if tags := [tag for tag in as_list(given.get("tags")) if isinstance(tag, str)]:
            converted["tags"] = tags
        for key in ("summary", "description"):
            if isinstance(given.get(key), str) and given[key]:
                converted[key] = given[key]
        if given.get("deprecated") is True:
            converted["deprecated"] = True
        security = given.get("security")
        if isinstance(security, list):
            converted["security"] = security
            scopes = sorted({str(scheme) for entry in security for scheme in as_mapping(entry)})
            if scopes:
                converted["description"] = joined(
                    converted.get("description"), f"Authentication: {' or '.join(scopes)}."
                )
        known = {*converted, *("operationId", "tags", "summary", "description", "deprecated", "servers", "security")}
        self._unknown(where, given, {*known, "parameters", "requestBody", "responses", "externalDocs", "callbacks"})
        parameters = self._parameters(
            where, path, [*as_list(item.get("parameters")), *as_list(given.get("parameters"))]
        )
        if parameters:
            converted["parameters"] = parameters
        if given.get("requestBody") is not None:
            body = self._body(where, self._behind(given["requestBody"], "requestBodies"))
            if body:
                converted["requestBody"] = body
        converted["responses"] = self._responses(where, as_mapping(given.get("responses")))
        return converted

    def _id(self, where: str, given: Any, method: str, path: str) -> str:
        fallback = snake(f"{method} {path}")
        wanted = snake(given) if isinstance(given, str) and re.search("[A-Za-z]", given) else fallback
        for name in chain((wanted, fallback), (f"{fallback}_{number}" for number in count(2))):
            if name not in self._ids:
                self._ids.add(name)
                if name != wanted:
                    self.notes.append(f"{where}: another operation is called {wanted}; this one is called {name}")
                return name
        raise AssertionError("the numbers do not end")

    def _parameters(self, where: str, path: str, items: list[Any]) -> list[dict[str, Any]]:
        parameters: dict[tuple[str, str], dict[str, Any]] = {}
        in_path = re.findall(r"\{([^{}]+)\}", path)
        for given in items:
            item = self._behind(given, "parameters")
            place, name = item.get("in"), item.get("name")
            if not isinstance(name, str) or not name or not isinstance(place, str) or place not in _STYLES:
                raise LeftOut(f"a parameter {name!r} in {place!r} cannot be sent")
            shown = f"{where}, parameter {name!r}"
            if place == "header" and name.lower() in _SET_BY_TRANSPORT:
                self.notes.append(f"{shown}: set by the transport, left out")
                continue
            if place == "path" and name not in in_path:
                self.notes.append(f"{shown}: it is not in the path, left out")
                continue
            kept = self._parameter(shown, place, name, item)
            if kept is not None:
                parameters[place, name] = kept
        for name in in_path:
            if ("path", name) not in parameters:
                self.notes.append(f"{where}, parameter {name!r}: it is only in the path; taken as text")
                parameters["path", name] = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        return list(parameters.values())

    def _parameter(self, where: str, place: str, name: str, item: Mapping[str, Any]) -> dict[str, Any] | None:
        kept: dict[str, Any] = {"name": name, "in": place}
        required = place == "path" or item.get("required") is True
        if required:
            kept["required"] = True
        if isinstance(item.get("description"), str) and item["description"]:
            kept["description"] = item["description"]
        if item.get("deprecated") is True:
            kept["deprecated"] = True
        if place == "path" and item.get("x-contains-slashes") is True:
            kept["x-contains-slashes"] = True
        known = (*kept, "required", "description", "style", "explode", "schema", "content", "example", "examples")
        self._unknown(where, item, known)
        content = as_mapping(item.get("content"))
        problem = None
        if content:
            media = next(iter(content))
            problem = None if is_json(media) else f"{media} cannot be written into a parameter"
            schema = self._schemas.schema(where, as_mapping(content[media]).get("schema", {}))
            kept["content"] = {"application/json": {"schema": schema}}
        else:
            style = item.get("style")
            if style is not None and (not isinstance(style, str) or style not in _STYLES[place]):
                problem = f"style {style!r} cannot be sent in a {place}"
            normal = "form" if place in ("query", "cookie") else "simple"
            if style not in (None, normal):
                kept["style"] = style
            if item.get("explode") is (
                (style or normal) not in ("form", "deepObject")
            ):  # what does not go without saying
                kept["explode"] = item["explode"]
            raw = item.get("schema", {})
            schema = self._schemas.sendable(self._schemas.schema(where, raw, member=True))
            if schema.pop("deprecated", None):
                kept["deprecated"] = True
            kept["schema"] = schema
            if text := described(raw):
                kept["description"] = joined(kept.get("description"), text)
        if problem and required:
            raise LeftOut(f"parameter {name!r}: {problem}")
        if problem:
            self.notes.append(f"{where}: {problem}; left out")
        return None if problem else kept

    def _body(self, where: str, given: Mapping[str, Any]) -> dict[str, Any]:
        converted: dict[str, Any] = {}
        if given.get("required") is True:
            converted["required"] = True
        if isinstance(given.get("description"), str) and given["description"]:
            converted["description"] = given["description"]
        content = as_mapping(given.get("content"))
        if not content:
            return {}
        named = ("application/json", *filter(is_json, content), MULTIPART, FORM, *sorted(content))
        media = next(name for name in named if name in content)
        for other in sorted(set(content) - {media}):
            self.notes.append(f"{where}: the body may be {other} too; {media} is taken")
        entry = as_mapping(content[media])
        self._unknown(f"{where}, {media}", entry, _MEDIA)
        schema = self._schemas.schema(where, entry.get("schema", {}))
        kept: dict[str, Any] = {"schema": schema}
        if media == MULTIPART:
            kept["schema"] = self._parts(schema)
            encoding = {
                name: {key: each[key] for key in ("contentType", "x-filename") if isinstance(each.get(key), str)}
                for name, each in as_mapping(entry.get("encoding")).items()
                if isinstance(each, Mapping)
            }
            if encoding:
                kept["encoding"] = encoding
        elif media == FORM:
            encoding = {
                name: written
                for name, each in as_mapping(entry.get("encoding")).items()
                if (written := self._written(f"{where}, {name}", as_mapping(each)))
            }
            if encoding:
                kept["encoding"] = encoding
        elif not is_json(media):
            kept["schema"] = {}  # it is sent as it is
        return {**converted, "content": {media: kept}}

    def _written(self, where: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return how a member of a form is written, where that is not as a parameter of the query."""
        style, media = given.get("style"), given.get("contentType")
        if style is None and isinstance(media, str) and is_json(media):
            return {"contentType": media}
        if style not in (None, *_STYLES["query"]):
            self.notes.append(f"{where}: style {style!r} cannot be sent in a form; left out")
            style = None
        kept: dict[str, Any] = {} if style in (None, "form") else {"style": style}
        if given.get("explode") is (style not in (None, "form", "deepObject")):
            kept["explode"] = given["explode"]
        return kept

    def _parts(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema or not schema.get("properties"):
            return schema
        parts = {
            # Nothing is said of a part: it is a file.
            name: part or {"type": "string", "format": "binary"}
            for name, part in schema["properties"].items()
        }
        return {**schema, "type": "object", "properties": parts}

    def _responses(self, where: str, given: Mapping[str, Any]) -> dict[str, Any]:
        named = {re.sub("(?i)^default$", "default", str(status).upper()): item for status, item in given.items()}
        good = succeeded(named)
        if not good:
            raise LeftOut("it has no successful response")
        responses: dict[str, Any] = {}
        for status, item in named.items():
            try:
                if not re.fullmatch(STATUS, status):
                    raise LeftOut("it is not a status")
                responses[status] = self._response(f"{where}, response {status}", self._behind(item, "responses"))
            except LeftOut as error:
                if status in good:
                    raise
                self.notes.append(f"{where}, response {status}: {error}; left out")
        return responses

    def _response(self, where: str, response: Mapping[str, Any]) -> dict[str, Any]:
        self._unknown(where, response, {"description", "content", "headers", "links"})
        text = response.get("description")
        converted: dict[str, Any] = {"description": text if isinstance(text, str) else ""}
        headers = {name: self._header(where, item) for name, item in as_mapping(response.get("headers")).items()}
        if headers:
            converted["headers"] = headers
        content = as_mapping(response.get("content"))
        media = next((name for name in sorted(content) if is_json(name)), next(iter(sorted(content)), None))
        if media is not None:
            self._unknown(f"{where}, {media}", as_mapping(content[media]), _MEDIA)
            schema = self._schemas.schema(where, as_mapping(content[media]).get("schema", {}))
            converted["content"] = {media: {"schema": schema}}
            if SSE in content and media != SSE:
                self.notes.append(f"{where}: the answer may be {SSE} too; {media} is taken")
            converted["content"] |= {name: {} for name in sorted(set(content) - {media})}
        return converted

    def _header(self, where: str, given: Any) -> dict[str, Any]:
        """Return a header of a response as a diff compares it: no client reads it, so that its schema is no class."""
        item = self._behind(given, "headers")
        header: dict[str, Any] = {key: True for key in ("required", "deprecated") if item.get(key) is True}
        if isinstance(item.get("description"), str) and item["description"]:
            header["description"] = item["description"]
        header["schema"] = self._schemas.written_out(where, item.get("schema", {}))
        return header

    def _behind(self, item: Any, kind: str | None) -> Mapping[str, Any]:
        """Return what a reference means.

        Raises:
            LeftOut: when it leads out of the document, or nowhere.
        """
        seen: set[str] = set()
        while isinstance(item, Mapping) and "$ref" in item:
            ref = str(item["$ref"])
            if not ref.startswith("#/") or ref in seen:
                raise LeftOut(f"{ref!r} leads nowhere; only references inside the document are followed")
            seen.add(ref)
            item = pointed(self._document, ref)
            if item is None:
                raise LeftOut(f"{ref!r} leads nowhere")
        if not isinstance(item, Mapping):
            raise LeftOut(f"{kind or 'the path item'}: a mapping was expected")
        return item

    def _unknown(self, where: str, item: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in sorted(map(str, set(item) - set(known))):
            if key.startswith("x-"):
                self._dropped[f"the extension {key}, left out"] += 1
            elif item[key] not in (None, False, "", [], {}):
                self.notes.append(f"{where}: {key!r} is left out")


def _component_names(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of a component -> its name in the subset: the same, if it is valid there."""
    names = {name: name for name in given if _COMPONENT.fullmatch(name)}
    for name in sorted(set(given) - set(names)):
        base = pascal(name)
        base = base if _COMPONENT.fullmatch(base) else "Schema"
        choices = (base, *(f"{base}{number}" for number in range(2, len(given) + 3)))
        names[name] = next(choice for choice in choices if choice not in names.values())
    return names


def addresses(servers: Any) -> list[str]:
    """Return the addresses of servers, each variable with its default."""
    urls: list[str] = []
    for server in as_list(servers):
        url = str(as_mapping(server).get("url", ""))
        for name, variable in as_mapping(as_mapping(server).get("variables")).items():
            url = url.replace(f"{{{name}}}", str(as_mapping(variable).get("default", "")))
        urls += [url] if url else []
    return urls


def _address(url: str, servers: list[str]) -> str:
    """Return the whole address of an operation's own server, which may be relative to that of the document."""
    try:
        whole = urljoin(f"{servers[0].rstrip('/')}/" if servers else "", url).rstrip("/")
    except ValueError:
        whole = url
    if not re.fullmatch(SERVER, whole):
        raise LeftOut(f"it is on a server of its own, {url!r}, and only https:// addresses can be called")
    return whole


def wanted_operations(
    items: Mapping[str, Mapping[str, Any]], tags: Iterable[str], paths: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield path and method of every operation with one of the tags, or below one of the paths; of all when none is given.

    Raises:
        SpecError: naming every tag and path that selects nothing.
    """
    tags, paths = list(tags), list(paths)
    unused = {f"the tag {tag!r}" for tag in tags} | {f"the path {path!r}" for path in paths}
    operations: list[tuple[str, str]] = []
    for path, item in items.items():
        for method in METHODS:
            if not isinstance(item.get(method), Mapping):
                continue
            by = {f"the tag {tag!r}" for tag in as_list(item[method].get("tags")) if tag in tags}
            by |= {f"the path {wanted!r}" for wanted in paths if _below(path, wanted)}
            unused -= by
            if by or not (tags or paths):
                operations.append((path, method))
    if unused:
        raise SpecError(*(f"{what} selects no operation" for what in sorted(unused)))
    yield from sorted(operations)


def _below(path: str, wanted: str) -> bool:
    return path == wanted or path.startswith(wanted.rstrip("/") + "/")
