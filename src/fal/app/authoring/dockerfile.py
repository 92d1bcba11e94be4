"""Read from a Dockerfile what its build needs from the build context."""

from __future__ import annotations

import json
import re
import shlex

DEFAULT_IGNORE = (
    *(".git", ".gitignore", ".dockerignore", "Dockerfile", "Dockerfile.*", "*.md", "__pycache__"),
    *("*.pyc", ".DS_Store", ".venv", "venv", ".env", "node_modules"),
)
_INSTRUCTION = re.compile(r"^(?:ONBUILD\s+)?(COPY|ADD)\s+(.+)$", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?\s*([\"']?)(\w+)\1")
_REMOTE = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|git@)", re.IGNORECASE)


def copy_sources(dockerfile: str) -> list[str]:
    """Return the context paths a Dockerfile's COPY and ADD instructions read, in order, once each."""
    sources: dict[str, None] = {}
    for line in _logical_lines(dockerfile):
        match = _INSTRUCTION.match(line)
        if not match:
            continue
        words = _words(match[2])
        flags = [word for word in words if word.startswith("--")]
        if any(flag.startswith("--from=") for flag in flags):
            continue  # copied from another stage or image, not from the context
        paths = [word for word in words if not word.startswith("--")][:-1]
        sources.update(dict.fromkeys(path for path in paths if not _REMOTE.match(path) and not path.startswith("<<")))
    return list(sources)


def _logical_lines(dockerfile: str) -> list[str]:
    """Join continued lines; leave out comments and the bodies of here-documents."""
    lines: list[str] = []
    pending = ""
    until: list[str] = []
    for line in dockerfile.splitlines():
        stripped = line.strip()
        if until:
            if stripped == until[0]:
                until.pop(0)
            continue
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.endswith("\\"):
            pending += stripped[:-1] + " "
            continue
        lines.append(pending + stripped)
        until = [match[2] for match in _HEREDOC.finditer(lines[-1])]
        pending = ""
    return [*lines, pending.strip()] if pending.strip() else lines


def _words(arguments: str) -> list[str]:
    flags = ""
    operands = arguments.strip()
    while operands.startswith("--"):
        flag, _, operands = operands.partition(" ")
        flags += flag + " "
        operands = operands.lstrip()
    if operands.startswith("["):
        try:
            listed = json.loads(operands)
        except ValueError:
            listed = None
        if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
            return [*flags.split(), *listed]
    try:
        return [*flags.split(), *shlex.split(operands)]
    except ValueError:  # an unbalanced quote: the build will say so
        return [*flags.split(), *operands.split()]


def ignore_regex(pattern: str) -> str | None:
    """Turn one gitignore-style line into the regular expression of the paths it ignores; None for a comment.

    A line that takes paths back ("!keep") gives its expression after a "!".
    """
    pattern = pattern.strip()
    if not pattern or pattern.startswith("#"):
        return None
    if pattern.startswith("!"):
        kept = ignore_regex(pattern[1:])
        return None if kept is None else f"!{kept}"
    folder_only = pattern.endswith("/")
    anchored = "/" in pattern.rstrip("/")
    parts = [part for part in pattern.split("/") if part]
    if not parts:
        return None
    if parts[0] == "**":
        anchored = False
        parts = parts[1:] or ["*"]
    regex = "^" if anchored else "^(?:.+/)?"
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "**":
            regex += ".*" if last else "(?:.+/)?"
            continue
        regex += _segment(part) + ("" if last else "/")
    return regex + ("/.*$" if folder_only else "(?:/.*)?$")


def _segment(part: str) -> str:
    if part == "*":
        return "[^/]+"
    regex = ""
    position = 0
    while position < len(part):
        character = part[position]
        position += 1
        if character == "*":
            regex += "[^/]*"
        elif character == "?":
            regex += "[^/]"
        elif character == "[" and (end := part.find("]", position + 1)) > 0:
            inside = part[position:end].replace("\\", r"\\")
            regex += f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]"
            position = end + 1
        elif character == "\\" and position < len(part):
            regex += re.escape(part[position])
            position += 1
        else:
            regex += re.escape(character)
    return regex
