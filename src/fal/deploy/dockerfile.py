"""What a Dockerfile copies from its context, and what .dockerignore leaves out."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from .globs import gitignore_regex

DEFAULT_IGNORE = (
    ".git",
    ".gitignore",
    ".dockerignore",
    "Dockerfile",
    "Dockerfile.*",
    "*.md",
    "__pycache__",
    "*.pyc",
    ".DS_Store",
    ".venv",
    "venv",
    ".env",
    "node_modules",
)
_INSTRUCTION = re.compile(r"^\s*(COPY|ADD)\s+(.+)$", re.IGNORECASE)
_FLAG = re.compile(r"^--[a-z-]+(=\S*)?$", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?\s*[\"']?([A-Za-z_][A-Za-z0-9_]*)[\"']?")


def copied_sources(text: str) -> list[str]:
    """Return the sources of COPY and ADD in the order in which they stand, relative to the context.

    Sources from other build stages, addresses and here-documents are no files of the context and left out.
    """
    sources: list[str] = []
    for line in _logical_lines(text):
        match = _INSTRUCTION.match(line)
        if match is None:
            continue
        flags, words = _words(match.group(2))
        if any(flag.lower().startswith("--from") for flag in flags) or len(words) < 2:
            continue
        for source in words[:-1]:
            if "://" in source or source.startswith(("<<", "git@")):
                continue
            relative = source.lstrip("/") or "."
            if relative not in sources:
                sources.append(relative)
    return sources


def _logical_lines(text: str) -> list[str]:
    lines: list[str] = []
    joined = ""
    ends: list[str] = []  # of here-documents still open
    for raw in text.splitlines():
        if ends:
            if raw.strip() == ends[0]:
                ends.pop(0)
            continue
        if raw.lstrip().startswith("#"):
            continue
        stripped = raw.rstrip()
        if stripped.endswith("\\"):
            joined += stripped[:-1] + " "
            continue
        line = joined + stripped
        joined = ""
        lines.append(line)
        if re.match(r"\s*(COPY|ADD|RUN)\b", line, re.IGNORECASE):
            ends = _HEREDOC.findall(line)
    return [*lines, joined] if joined.strip() else lines


def _words(rest: str) -> tuple[list[str], list[str]]:
    flags: list[str] = []
    rest = rest.strip()
    while rest.startswith("--"):
        flag, _, rest = rest.partition(" ")
        flags.append(flag)
        rest = rest.lstrip()
    if rest.startswith("["):
        try:
            words = json.loads(rest)
        except ValueError:
            words = None
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            return flags, words
    try:
        words = shlex.split(rest)
    except ValueError:
        words = rest.split()
    return flags, [word for word in words if not _FLAG.match(word)]


def ignore_patterns(context: Path, explicit: list[str] | None = None) -> list[str]:
    """Return the ignore lines that apply: the explicit ones, those of .dockerignore, or the usual ones."""
    if explicit is not None:
        return list(explicit)
    file = context / ".dockerignore"
    if file.is_file():
        return file.read_text(encoding="utf-8-sig").splitlines()
    return list(DEFAULT_IGNORE)


def ignore_regexes(lines: list[str]) -> list[str]:
    """Compile ignore lines to regular expressions for `re.search` on a relative path; `!` lines begin with `!`."""
    return [regex for line in lines if (regex := gitignore_regex(line)) is not None]
