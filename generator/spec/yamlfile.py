"""Read YAML and JSON strictly, as JSON data: keys are strings, there are no dates, and no key appears twice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, ClassVar

import yaml

from generator.errors import SpecError

MAX_BYTES = 32 * 2**20
FLOAT = re.compile(r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$")
_MAX_DEPTH = 200
_MAX_NODES = 1_000_000
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(_Base):  # type: ignore[misc]
    """YAML 1.2 scalars: `no` and `2024-01-01` are texts, as in JSON."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                key.tag = "tag:yaml.org,2002:str"  # as in JSON: 404 and 1e3 are texts where they are keys
        names = [key.value for key, _ in node.value]
        repeated = [name for name in names if names.count(name) > 1] if len(set(map(str, names))) < len(names) else []
        if repeated:
            raise yaml.YAMLError(
                f"line {node.start_mark.line + 1}: the key {repeated[0]!r} appears twice in one mapping"
            )
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("merge", r"<<", ["<"]),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)
Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node)))  # 010 is ten
Loader.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-+.0123456789"))


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping that a file holds.

    Raises:
        SpecError: when it cannot be read, or holds what JSON cannot.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SpecError(f"{path.name}: larger than {MAX_BYTES // 2**20} MiB")
        raw = path.read_bytes()
    except OSError as error:
        raise SpecError(f"{path.name}: {error.strerror or error}") from None
    document = parse(raw, path.name)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise SpecError(f"{path.name}: a mapping is expected at the top")
    return document


def parse_document(raw: bytes, where: str) -> dict[str, Any]:
    """Parse YAML or JSON, and insist on an OpenAPI 3 document that is a plain tree.

    Raises:
        SpecError: naming `where`.
    """
    content = parse(raw, where)
    version = content.get("openapi") if isinstance(content, dict) else None
    if version is None and isinstance(content, dict) and "swagger" in content:
        raise SpecError(
            f"{where}: Swagger {content['swagger']}; convert it to OpenAPI 3 first, as swagger2openapi does"
        )
    if not isinstance(content, dict) or not re.fullmatch(r"3\.[0-9]+(\.[0-9]+)?", str(version)):
        raise SpecError(f"{where}: not an OpenAPI 3 document: its `openapi` is {version!r}")
    for key in ("info", "paths"):
        if not isinstance(content.get(key), dict):
            raise SpecError(f"{where}: not an OpenAPI document: `{key}` is missing or not a mapping")
    return content


def parse(raw: bytes, where: str) -> Any:
    """Parse YAML or JSON into a plain tree: what an anchor shares is copied.

    Raises:
        SpecError: naming `where`.
    """
    try:
        text = raw.decode("utf-8-sig")
        if text.lstrip().startswith("{"):
            try:
                content = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, where))
            except json.JSONDecodeError:  # a flow mapping of YAML begins like JSON
                content = yaml.load(text, Loader=Loader)
        else:
            content = yaml.load(text, Loader=Loader)
        # An alias can make a small text into a huge tree: it is counted while it is written out.
        return _Tree(where).plain(content, 0)
    except SpecError:
        raise
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise SpecError(f"{where}: neither YAML nor JSON: {' '.join(str(error).split())[:300]}") from None


def _object(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise SpecError(f"{where}: the key {repeated!r} appears twice in one object")
    return members


class _Tree:
    """Writes aliases out, and refuses what JSON does not have and what no document needs."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._count = 0

    def plain(self, value: Any, depth: int) -> Any:
        self._count += 1
        if self._count > _MAX_NODES:
            raise SpecError(f"{self._where}: more than {_MAX_NODES:,} values, aliases written out")
        if depth > _MAX_DEPTH:
            raise SpecError(f"{self._where}: nested more than {_MAX_DEPTH} deep")
        if isinstance(value, dict):
            return {str(key): self.plain(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self.plain(item, depth + 1) for item in value]
        if value is not None and not isinstance(value, str | int | float | bool):
            raise SpecError(f"{self._where}: a value of type {type(value).__name__} is not one that JSON has")
        return value
