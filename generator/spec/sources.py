"""Read and rewrite the pins of `spec/sources.toml`; the comments in it stay."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from typing import Any

from attrs import frozen

from generator.errors import SpecError
from generator.spec.tomlfile import parse_toml, read_toml

NAME = "sources.toml"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@frozen
class Pin:
    """One release of a distribution; `sha256` of its wheel, None before the first pull."""

    version: str
    sha256: str | None


@frozen
class Document:
    """Where an OpenAPI document came from; `sha256` of what was read there.

    `normalise`: it is translated, and its schemas shared and named; `tags`, `paths`: only these operations are kept;
    `own_words`: a pull keeps the words of what is there already.
    """

    source: str
    sha256: str | None
    normalise: bool = False
    tags: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    own_words: bool = False

    @property
    def release(self) -> str:
        """What was read, in a word: the beginning of its hash."""
        return "unread" if self.sha256 is None else self.sha256[:8]


@frozen
class Output:
    """Where the generated package goes, and what writes it there; folders relative to the project.

    `surface`: where the classes live that use it.
    """

    package: str
    folder: str
    surface: str | None = None
    command: str = "fal-generator --root . generate"


@frozen
class Sources:
    """What sources.toml says: where the specification comes from, and where the package goes."""

    services: tuple[str, ...]
    wheels: dict[str, Pin]
    documents: dict[str, Document]
    output: Output | None


def read_sources(spec: Path) -> Sources:
    """Read `sources.toml` below `spec`.

    Raises:
        SpecError: with every problem found.
    """
    return parse_sources(read_toml(spec / NAME))


def parse_sources(table: dict[str, Any]) -> Sources:
    """Return what a sources.toml says.

    Raises:
        SpecError: with every problem found.
    """
    problems: list[str] = []
    proto, wheels, documents = (_table(table, name, problems) for name in ("proto", "wheel", "openapi"))
    services = proto.get("services", [])
    if not isinstance(services, list) or not all(isinstance(name, str) for name in services):
        problems.append(f'{NAME}: [proto] services is a list of full names, e.g. ["controller.IsolateController"]')
        services = []
    sources = Sources(
        services=tuple(services),
        wheels={name: Pin(*_pair(f"[wheel.{name}]", item, "version", problems)) for name, item in wheels.items()},
        documents={name: _document(f"[openapi.{name}]", item, problems) for name, item in documents.items()},
        output=_output(table.get("output"), problems),
    )
    if sources.wheels and not sources.services:
        problems.append(f"{NAME}: [proto] services must name the services that are called; what they use is pulled")
    if problems:
        raise SpecError(*problems)
    return sources


def rewrite(text: str, changes: dict[str, dict[str, str]]) -> str:
    """Return the text of a sources.toml with `changes` (section -> key -> value) made and all else as it was."""
    for section, values in changes.items():
        head = re.search(rf"^\[{re.escape(section)}\][^\n]*\n", text, re.M)
        if head is None:
            text = text.rstrip("\n") + f"\n\n[{section}]\n"
            start = end = len(text)
        else:
            start = head.end()
            following = re.search(r"^\[", text[start:], re.M)
            end = start + following.start() if following else len(text)
        body = text[start:end]
        for key, value in values.items():
            line = f'{key} = "{value}"'
            body, count = re.subn(rf"^{key}\s*=[^\n]*$", line.replace("\\", r"\\"), body, flags=re.M)
            if not count:
                body = (
                    f"{body.rstrip()}\n{line}\n" + body[len(body.rstrip()) + 1 :] if body.strip() else f"{line}\n{body}"
                )
        text = text[:start] + body + text[end:]
    try:
        table = parse_toml(text, NAME)
    except SpecError as error:
        raise SpecError(f"{error}: the new pins cannot be written into it; set them by hand") from None
    for section, values in changes.items():
        kind, name = section.split(".", 1)
        if any(table.get(kind, {}).get(name, {}).get(key) != value for key, value in values.items()):
            raise SpecError(f"{NAME}: [{section}] is written in a form that cannot be rewritten; set the pins by hand")
    return text


def _output(item: object, problems: list[str]) -> Output | None:
    if item is None:
        return None
    table = item if isinstance(item, dict) else {}
    known = {"package", "folder", "surface", "command"}
    if not {"package", "folder"} <= set(table) <= known or not all(isinstance(text, str) for text in table.values()):
        problems.append(
            f"{NAME}: [output] needs `package` and `folder`, and may have `surface` and `command`, all strings"
        )
        return None
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in table["package"].split(".")):
        problems.append(f"{NAME}: [output] package: {table['package']!r} is not the name of a Python package")
        return None
    return Output(**table)


def _table(table: dict[str, Any], name: str, problems: list[str]) -> dict[str, Any]:
    section = table.get(name, {})
    if isinstance(section, dict):
        return section
    problems.append(f"{NAME}: [{name}] is a table")
    return {}


def _document(where: str, item: object, problems: list[str]) -> Document:
    table = dict(item) if isinstance(item, dict) else {}
    wanted, chosen = table.pop("normalise", False), [table.pop(key, []) for key in ("tags", "paths")]
    own = table.pop("own_words", False)
    for key, value in (("normalise", wanted), ("own_words", own)):
        if not isinstance(value, bool):
            problems.append(f"{NAME}: {where} {key} is true or false")
    if not all(isinstance(items, list) and all(isinstance(text, str) for text in items) for items in chosen):
        problems.append(f"{NAME}: {where} tags and paths must be lists of strings")
        chosen = [[], []]
    if any(chosen) and wanted is not True:
        problems.append(f"{NAME}: {where} tags and paths need normalise = true")
    source, digest = _pair(where, table, "source", problems)
    return Document(source, digest, wanted is True, tuple(chosen[0]), tuple(chosen[1]), own is True)


def _pair(where: str, item: object, key: str, problems: list[str]) -> tuple[str, str | None]:
    if not isinstance(item, dict) or not isinstance(item.get(key), str) or set(item) - {key, "sha256"}:
        problems.append(f"{NAME}: {where} needs `{key}`, and may have `sha256`, both strings")
        return "", None
    digest = item.get("sha256")
    if digest is not None and not (isinstance(digest, str) and _SHA256.fullmatch(digest)):
        problems.append(f"{NAME}: {where}: sha256 is 64 hexadecimal digits; remove the line to record it again")
        return item[key], None
    return item[key], digest
