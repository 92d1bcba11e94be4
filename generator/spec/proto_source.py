"""The text of proto files before protoc reads it: without the options and imports that nobody here knows."""

from __future__ import annotations

import re
from collections.abc import Callable

_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[A-Za-z_][A-Za-z0-9_.]*|[^\s]", re.S
)
_IMPORT = re.compile(r"\bimport\s+(?:public\s+|weak\s+)?(\"[^\"]*\"|'[^']*')\s*;")


def defines_nothing_but_options(text: str) -> bool:
    """Return whether a file only declares options: no message, enum or service of it can be part of a call."""
    plain = _without_comments(text)
    return bool(re.search(r"^\s*extend\s", plain, re.M)) and not re.search(
        r"^\s*(?:message|enum|service)\s", plain, re.M
    )


def plain(text: str, resolve: Callable[[str], str | None]) -> str:
    """Return the text without custom options, its imports by the names that `resolve` gives them; None: without the import.

    Lines stay, so that what protoc says of them is true of the file.
    """
    imports = [(match, resolve(match[1][1:-1])) for match in _IMPORT.finditer(_without_comments(text))]
    for index, (match, name) in reversed(list(enumerate(imports))):
        # Two imports may turn out to mean one file; protoc takes it once.
        twice = name in [earlier for _, earlier in imports[:index]]
        wanted = "" if name is None or twice else match[0].replace(match[1], f'"{name}"')
        text = text[: match.start()] + wanted + text[match.end() :]
    blanked: list[tuple[int, int]] = []
    tokens = [match for match in _TOKEN.finditer(text) if not match[0].startswith(("//", "/*"))]
    index = 0
    while index < len(tokens):
        token = tokens[index][0]
        if token == "option" and index + 1 < len(tokens) and tokens[index + 1][0] == "(":
            end = _statement_end(tokens, index)
            blanked.append((tokens[index].start(), tokens[end].end()))
            index = end
        elif token == "[":
            end = _closing(tokens, index)
            blanked += _custom_entries(tokens, index, end)
            index = end
        elif token == "extend" and index + 2 < len(tokens) and tokens[index + 2][0] == "{":
            end = _closing(tokens, index + 2)
            blanked.append((tokens[index].start(), tokens[end].end()))
            index = end
        index += 1
    for start, end in blanked:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


def _statement_end(tokens: list[re.Match[str]], index: int) -> int:
    depth = 0
    while index < len(tokens) - 1:
        depth += {"{": 1, "}": -1}.get(tokens[index][0], 0)
        if tokens[index][0] == ";" and depth == 0:
            break
        index += 1
    return index


def _closing(tokens: list[re.Match[str]], index: int) -> int:
    depth = 0
    while index < len(tokens):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(tokens[index][0], 0)
        if depth == 0:
            return index
        index += 1
    return len(tokens) - 1


def _custom_entries(tokens: list[re.Match[str]], start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of the entries of `[…]` that are custom, with a comma of each; all of it when nothing stays."""
    entries: list[tuple[int, int]] = []  # first and last token of each
    depth, first = 0, start + 1
    for index in range(start + 1, end + 1):
        token = tokens[index][0]
        if depth == 0 and (token == "," or index == end):
            entries.append((first, index - 1))
            first = index + 1
        depth += {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}.get(token, 0)
    custom = [entry for entry in entries if entry[0] <= entry[1] and tokens[entry[0]][0] == "("]
    if len(custom) == len(entries):
        return [(tokens[start].start(), tokens[end].end())] if custom else []
    spans = []
    kept = max(last for first, last in entries if (first, last) not in custom)
    for first, last in custom:
        # The comma behind goes with the entry; where nothing stays behind it, the comma before.
        after = first < kept
        spans.append((tokens[first if after else first - 1].start(), tokens[last + 1 if after else last].end()))
    return spans


def _without_comments(text: str) -> str:
    return _TOKEN.sub(
        lambda match: re.sub(r"[^\n]", " ", match[0]) if match[0].startswith(("//", "/*")) else match[0], text
    )
