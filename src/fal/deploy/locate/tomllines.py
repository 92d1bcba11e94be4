"""Find the line on which each key of a TOML text stands.

`tomllib` gives values without positions. This scanner reads a text that `tomllib` has already accepted, so it
only has to find keys, not to judge the text.
"""

from __future__ import annotations

import json

_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line number (from 1) of every key path; the first place wins."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n") + "\n"
        self.at = 0
        self.lines: dict[tuple[str, ...], int] = {}

    def scan(self) -> dict[tuple[str, ...], int]:
        table: tuple[str, ...] = ()
        while self._skip_space(newlines=True):
            if self.text[self.at] == "[":
                self.at += 2 if self.text.startswith("[[", self.at) else 1
                line = self._line()
                table = self._keys()
                self._note((), table, line)
                self._skip_to_newline()
            else:
                self._pair(table)
        return self.lines

    def _pair(self, table: tuple[str, ...]) -> None:
        line = self._line()
        start = self.at
        keys = self._keys()
        self._note(table, keys, line)
        if self.text.startswith("=", self.at):
            self.at += 1
            self._value(table + keys)
        elif self.at == start:
            self.at += 1  # not TOML after all; never stand still

    def _value(self, path: tuple[str, ...]) -> None:
        self._skip_space(newlines=False)
        sign = self.text[self.at : self.at + 1]
        if sign in {'"', "'"}:
            self._string()
        elif sign == "[":
            self._list(path, "]")
        elif sign == "{":
            self._list(path, "}")
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _list(self, path: tuple[str, ...], end: str) -> None:
        self.at += 1
        while self._skip_space(newlines=True):
            sign = self.text[self.at]
            if sign == end:
                self.at += 1
                return
            before = self.at
            if sign == ",":
                self.at += 1
            elif end == "}":
                self._pair(path)
            else:
                self._value(path)
            if self.at == before:
                self.at += 1

    def _keys(self) -> tuple[str, ...]:
        """Read a dotted key and the white space behind it."""
        keys: list[str] = []
        while True:
            self._skip_space(newlines=False)
            sign = self.text[self.at : self.at + 1]
            if sign in {'"', "'"}:
                keys.append(self._string())
            else:
                start = self.at
                while self.text[self.at : self.at + 1] in _BARE and self.at < len(self.text):
                    self.at += 1
                keys.append(self.text[start : self.at])
            self._skip_space(newlines=False)
            if not self.text.startswith(".", self.at):
                return tuple(keys)
            self.at += 1

    def _string(self) -> str:
        quote = self.text[self.at]
        triple = self.text.startswith(quote * 3, self.at)
        mark = quote * 3 if triple else quote
        start = self.at = self.at + len(mark)
        while self.at < len(self.text) and not self.text.startswith(mark, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        raw = self.text[start : self.at]
        self.at += len(mark)
        while triple and self.text.startswith(quote, self.at):
            self.at += 1  # a multi-line string may end in one or two quotes of its own
        if quote == '"' and not triple and "\\" in raw:
            try:
                return str(json.loads(f'"{raw}"'))
            except ValueError:
                return raw
        return raw

    def _skip_space(self, *, newlines: bool) -> bool:
        """Skip blanks (and, with `newlines`, comments and line ends); say whether anything is left."""
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign in " \t" or (newlines and sign == "\n"):
                self.at += 1
            elif newlines and sign == "#":
                self._skip_to_newline()
            else:
                return True
        return False

    def _skip_to_newline(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _note(self, table: tuple[str, ...], keys: tuple[str, ...], line: int) -> None:
        for count in range(1, len(keys) + 1):
            self.lines.setdefault(table + keys[:count], line)
