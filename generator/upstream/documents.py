"""OpenAPI documents: fetch them, read them strictly, and write them in one canonical form that keeps our comments."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml
from attrs import frozen

from generator.errors import SpecError
from generator.spec.yamlfile import FLOAT, MAX_BYTES, Loader, parse_document

_SECONDS = 60.0
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# What a reader looks for first comes first; all other keys are sorted.
_ROOT = ("openapi", "info", "jsonSchemaDialect", "servers", "security", "tags", "externalDocs", "paths", "webhooks")


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks; nothing is written as an alias."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (PyYAML's signature)
        return True


# What this project reads as a number is written in quotes where it is a text.
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-+.0123456789"))
_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text and not re.search(r"[ \t]\n|^\s", text) else None
    ),
)


@frozen
class Fetched:
    """A document as it was found at its source."""

    source: str
    sha256: str
    content: dict[str, Any]

    @property
    def title(self) -> str:
        info = self.content["info"]
        return f"{info.get('title', '')} {info.get('version', '')}".strip()


def fetch_document(name: str, source: str, *, transport: httpx.BaseTransport | None = None) -> Fetched:
    """Read an OpenAPI document from a file or an https URL.

    Args:
        name: The name that it gets: `openapi/<name>.yaml`.
        source: A path, or a URL that begins with https://.
        transport: What carries the request; None for the network.

    Raises:
        SpecError: when it cannot be had in full, or is not an OpenAPI 3 document.
    """
    scheme = source.split("://", 1)[0].lower() if "://" in source else ""
    if scheme not in ("", "https"):
        raise SpecError(f"{name}: only https URLs and files are read, and this is {scheme}://")
    if not _NAME.fullmatch(name):
        raise SpecError(f"{name!r} is not a name for a document; use lower-case words with hyphens, e.g. control-plane")
    if scheme == "https":
        raw = _download(source, transport)
        shown = source
    else:
        path = Path(source)
        if not path.is_file():
            raise SpecError(f"{name}: there is no file {source}")
        if path.stat().st_size > MAX_BYTES:
            raise SpecError(f"{name}: larger than {MAX_BYTES // 2**20} MiB")
        raw = path.read_bytes()
        # Where the file lay says something about one machine only.
        shown = path.name
    return Fetched(shown, hashlib.sha256(raw).hexdigest(), parse_document(raw, f"{name} ({shown})"))


def _download(url: str, transport: httpx.BaseTransport | None) -> bytes:
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.password:
        raise SpecError("the URL of the document needs a host and may hold no user name and no password")
    host = parts.hostname
    try:
        with (
            httpx.Client(transport=transport, follow_redirects=False, timeout=_SECONDS) as client,
            client.stream("GET", url, headers={"Accept": "application/json, application/yaml, */*"}) as response,
        ):
            if response.is_redirect:
                raise SpecError(
                    f"{host} redirects to {response.headers.get('location', '?')}; give that URL if you trust it"
                )
            if response.status_code != 200:
                raise SpecError(f"{host} answers with status {response.status_code}")
            chunks: list[bytes] = []
            size = 0
            for chunk in response.iter_bytes():
                size += len(chunk)
                if size > MAX_BYTES:
                    raise SpecError(f"{host} sends more than {MAX_BYTES // 2**20} MiB")
                chunks.append(chunk)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SpecError(f"{host}: the document could not be read: {error or type(error).__name__}") from None
    return b"".join(chunks)


def canonical_yaml(content: dict[str, Any], previous: str) -> tuple[str, list[str]]:
    """Return the document's one text, with the comments of `previous` put back, and a line per comment that has no place."""
    root = {key: content[key] for key in _ROOT if key in content}
    root |= {key: content[key] for key in sorted(content) if key not in root}
    ordered = {key: _sorted(value) for key, value in root.items()}
    text = yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False)
    comments = _comments(previous)
    lines = text.split("\n")
    keys = _keys(text) if comments else {}  # a large document takes seconds to read
    for path, row in sorted(keys.items(), key=lambda item: -item[1]):
        if path in comments:
            indent = lines[row][: len(lines[row]) - len(lines[row].lstrip(" "))]
            lines[row:row] = [f"{indent}{comment}" for comment in comments.pop(path)]
    head = comments.pop((), [])
    lost = [f"{'/'.join(path)} is gone, and with it its comment: {' '.join(text)}" for path, text in comments.items()]
    return "\n".join([*head, *lines]), lost


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _comments(text: str) -> dict[tuple[str, ...], list[str]]:
    """Return path of a key -> the full-line comments right above it; those above the first key belong to the file."""
    if "#" not in text:
        return {}
    at: dict[int, tuple[str, ...]] = {}
    for path, row in sorted(_keys(text).items(), key=lambda item: len(item[0])):
        at.setdefault(row, path)  # of several keys on one line the outermost
    comments: dict[tuple[str, ...], list[str]] = {}
    waiting: list[str] = []
    first = min(at, default=0)
    for number, line in enumerate(text.split("\n")):
        if number in at:
            if waiting:
                comments[() if number == first else at[number]] = waiting
            waiting = []
        elif line.lstrip().startswith("#"):
            waiting.append(line.strip())
        else:
            waiting = []
    return comments


def _keys(text: str) -> dict[tuple[str, ...], int]:
    """Return path of every mapping key -> the line that it stands on."""
    places: dict[tuple[str, ...], int] = {}
    root = yaml.compose(text, Loader=Loader) if text.strip() else None
    queue: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    while queue:
        node, path = queue.pop()
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                place = (*path, str(key.value))
                places.setdefault(place, key.start_mark.line)
                queue.append((value, place))
        elif isinstance(node, yaml.SequenceNode):
            queue += [(item, (*path, str(index))) for index, item in enumerate(node.value)]
    return places
