"""Where answers go: what standard output is, and how wide."""

from __future__ import annotations

import io
import os
import re
import sys
from contextlib import suppress
from typing import Any, TextIO

# What a terminal would obey rather than show. Colours that a log line brought along are dropped, too.
_ESCAPES = re.compile(r"\x1b\[[0-9;:]*m")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def safe(text: str) -> str:
    """Return text that a terminal shows and does not obey."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _ESCAPES.sub("", text.replace("\r\n", "\n")))


def as_json(data: object, *, ascii: bool = False, indent: int | None = None) -> str:
    """Return JSON that a terminal shows and does not obey: what it would obey is escaped."""
    import json

    text = json.dumps(data, default=str, ensure_ascii=ascii, indent=indent)
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class Screen:
    """Standard output for the answer, standard error for everything else.

    Args:
        json: Whether the answer is JSON.
    """

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self.verbose = False
        if sys.stdin is None:
            sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - it is closed: nothing comes from it
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a locale that lacks a character is no reason to fail
        self.out: TextIO = sys.stdout
        self.err: TextIO | None = sys.stderr

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads the answer, on a terminal that can do more than print lines."""
        return not self.json and _is_terminal(self.out)

    @property
    def follows(self) -> bool:
        """Whether a person watches standard error, where progress is shown."""
        return _is_terminal(self.err)

    @property
    def colour(self) -> bool:
        return not os.environ.get("NO_COLOR")

    def can_ask(self) -> bool:
        """Return whether there is a person to ask: one who types and reads."""
        return all(stream is not None and stream.isatty() for stream in (sys.stdin, self.err))

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask a person, and return when the answer is yes.

        Raises:
            Refused: The answer is no, or there is no terminal to ask on.
        """
        from fal.cli._errors import Refused

        if yes or os.environ.get("FAL_YES") == "1":
            return
        if not self.can_ask():
            raise Refused(f"{question} There is no terminal to ask on", hint="Add --yes to do it.")
        print(f"{safe(question)} [y/N] ", end="", file=self.err, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise Refused("nothing was done")

    def console(self, *, stderr: bool = False) -> Any:
        """Return a rich console.

        Raises:
            MissingExtra: rich is not installed.
        """
        try:
            from rich.console import Console
        except ImportError:
            from fal._installation import install_command
            from fal.exceptions import MissingExtra

            raise MissingExtra(
                "drawing on a terminal needs the package rich, which is not installed",
                hint=f"Install it with: {install_command('cli')}. --json works without it.",
            ) from None
        return Console(
            file=self.err if stderr else self.out,
            no_color=not self.colour,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=False,
        )

    def line(self, text: str) -> None:
        """Write one line of the answer."""
        self.out.write(safe(text) + "\n")

    def message(self, text: str) -> None:
        """Write a line that is not the answer."""
        if self.err is not None:
            with suppress(OSError):  # that nobody reads it is no reason to fail
                self.err.write(safe(text) + "\n")
                self.err.flush()

    def document(self, data: object) -> None:
        """Write JSON on one line."""
        text = as_json(data, ascii=not _is_unicode(self.out))
        self.out.write(text + "\n")
        self.out.flush()


def _is_terminal(stream: TextIO | None) -> bool:
    # Windows has no TERM.
    kind = os.environ.get("TERM", "console" if sys.platform == "win32" else "")
    return stream is not None and stream.isatty() and kind not in ("", "dumb")


def _is_unicode(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "") == "utf8"
