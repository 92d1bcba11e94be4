"""Globs of a Dockerfile's COPY as regular expressions."""

from __future__ import annotations

import re


def translate(glob: str) -> str:
    """Return the regular expression of a glob: `*` and `?` stop at slashes, `**` does not."""
    out: list[str] = []
    at = 0
    while at < len(glob):
        sign = glob[at]
        if glob.startswith("**/", at) and (at == 0 or glob[at - 1] == "/"):
            out.append("(?:.+/)?")
            at += 3
            continue
        if glob.startswith("**", at):
            out.append(".*")
            at += 2
            continue
        at += 1
        if sign == "*":
            out.append("[^/]*")
        elif sign == "?":
            out.append("[^/]")
        elif sign == "[" and (end := glob.find("]", at + 1)) > 0:
            content = glob[at:end].replace("\\", "\\\\").replace("[", "\\[")
            content = "^" + content[1:] if content.startswith("!") else content
            candidate = f"[{content}]"
            try:
                re.compile(candidate)
            except re.error:
                candidate = re.escape(glob[at - 1 : end + 1])
            out.append(candidate)
            at = end + 1
        elif sign == "\\" and at < len(glob):
            out.append(re.escape(glob[at]))
            at += 1
        else:
            out.append(re.escape(sign))
    return "".join(out)
