"""Edit Python source at the positions of its syntax tree; everything else stays as it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

Positioned = ast.stmt | ast.expr


class Edits:
    """Collects edits of one source, and applies them all at once."""

    def __init__(self, source: str) -> None:
        # The positions of a syntax tree count bytes.
        self._source = source.encode("utf-8")
        self._starts = [0]
        for line in self._source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._edits: list[tuple[int, int, bytes]] = []

    def begin(self, node: Positioned) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: Positioned) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def put(self, at: int, text: str) -> None:
        """Put a text before the character at an offset; of several at one place, the later ones stand further out."""
        self._edits.insert(0, (at, at, text.encode("utf-8")))

    def insert(self, node: Positioned, text: str) -> None:
        """Put a text in front of a node; of a decorated definition, in front of its `def` or `class`."""
        self.put(self.begin(node), text)

    def surround(self, node: Positioned, before: str, after: str) -> None:
        self.put(self.begin(node), before)
        self._edits.append((self.end(node), self.end(node), after.encode("utf-8")))

    def replace(self, node: Positioned, text: str) -> None:
        self._edits.append((self.begin(node), self.end(node), text.encode("utf-8")))

    def rename(self, node: ast.ClassDef | ast.FunctionDef, name: str) -> None:
        """Give a definition another name."""
        at = self._source.index(node.name.encode("utf-8"), self.begin(node) + len("def "))
        self._edits.append((at, at + len(node.name.encode("utf-8")), name.encode("utf-8")))

    def rewrite(self, node: Positioned, change: Callable[[str], str]) -> None:
        """Replace the text of a node by what `change` makes of it."""
        old = self._source[self.begin(node) : self.end(node)].decode("utf-8")
        new = change(old)
        if new != old:
            self.replace(node, new)

    def drop(self, node: ast.stmt) -> None:
        """Take a statement out, with its decorators and the comment lines right above it."""
        decorators = getattr(node, "decorator_list", [])
        line = min([node.lineno, *(each.lineno for each in decorators)])
        while line > 1 and re.match(rb"\s*#", self._line(line - 1)):
            line -= 1
        assert node.end_lineno is not None
        self._edits.append((self._starts[line - 1], self._starts[node.end_lineno], b""))

    def after(self, node: ast.stmt) -> int:
        """Return the offset behind the last line of a statement."""
        assert node.end_lineno is not None
        return self._starts[node.end_lineno]

    def applied(self) -> str:
        text = b""
        at = 0
        for begin, end, new in sorted(self._edits, key=lambda edit: edit[:2]):
            assert begin >= at, f"two edits of one place: {new!r}"
            text += self._source[at:begin] + new
            at = end
        return (text + self._source[at:]).decode("utf-8")

    def _line(self, number: int) -> bytes:
        return self._source[self._starts[number - 1] : self._starts[number]]
