"""A comparison as people read it on a terminal, as a draft changelog entry, and as JSON."""

from __future__ import annotations

import json

from generator.compare.changes import Change, Report, Severity

FORMATS = ("terminal", "markdown", "json")
_COLOURS = {Severity.BREAKING: "31", Severity.RISKY: "33", Severity.COMPATIBLE: "32", Severity.NONE: "2"}
_HEADINGS = {
    Severity.BREAKING: "Breaking",
    Severity.RISKY: "Worth a look",
    Severity.COMPATIBLE: "Compatible",
    Severity.NONE: "Text only",
}
_READERS = (("wire", "on_wire"), ("code", "in_code"), ("surface", "on_surface"))
_WIRES = {"grpc": "gRPC", "rest": "REST"}


def render(report: Report, form: str, *, colour: bool = False) -> str:
    """Return the report as text of one of `FORMATS`, without a line end."""
    if form == "json":
        return _json(report)
    return _markdown(report) if form == "markdown" else _terminal(report, colour)


def _json(report: Report) -> str:
    content = {
        "old": report.old,
        "new": report.new,
        "worst": report.worst.label,
        "counts": {level.label: count for level, count in report.counts().items()},
        "changes": [change.to_dict() for change in report.changes],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def summary(report: Report) -> str:
    """Return how many changes there are of each severity."""
    if not report.changes:
        return "nothing changed"
    words = {**{level: level.label for level in Severity}, Severity.NONE: "text only"}
    return ", ".join(f"{count} {words[level]}" for level, count in report.counts().items() if count)


def _terminal(report: Report, colour: bool) -> str:
    def paint(text: str, level: Severity) -> str:
        return f"\033[{_COLOURS[level]}m{text}\033[0m" if colour else text

    lines = [f"{report.old} -> {report.new}: {summary(report)}"]
    for level in reversed(Severity):
        changes = [change for change in report.changes if change.worst is level]
        if changes:
            lines += ["", paint(f"{_HEADINGS[level]} ({len(changes)})", level)]
        for change in changes:
            lines.append(f"  {paint(_WIRES[change.wire], level)} {printable(change.text)}")
            if level is not Severity.NONE:
                verdicts = "  ".join(f"{name}: {getattr(change, member).label}" for name, member in _READERS)
                users = f"  ({', '.join(change.users)})" if change.users else ""
                lines.append(f"       {verdicts}{users}")
    return "\n".join(lines)


def printable(text: str) -> str:
    """Take out what would steer the terminal: names in a document are upstream's."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _markdown(report: Report) -> str:
    lines = [f"## Upstream: {report.old} to {report.new}", "", f"{summary(report).capitalize()}.".replace("_", " ")]
    for level in reversed(Severity):
        changes = [change for change in report.changes if change.worst is level]
        if not changes:
            continue
        lines += ["", f"### {_HEADINGS[level]}", ""]
        if level is Severity.NONE:
            lines.append(f"{len(changes)} comments, descriptions or orders changed; no generated behaviour did.")
            continue
        lines += ["| wire | change | bytes | generated code | surface |", "| --- | --- | --- | --- | --- |"]
        lines += [_row(change) for change in changes]
    return "\n".join(lines)


def _row(change: Change) -> str:
    surface = change.on_surface.label
    if change.users:
        surface += f": {', '.join(f'`{name}`' for name in change.users)}"
    cells = [_WIRES[change.wire], change.text, change.on_wire.label, change.in_code.label, surface]
    # What upstream wrote may hold anything; a cell holds one line, and no markup.
    return (
        "| "
        + " | ".join(printable(" ".join(cell.split())).replace("|", "\\|").replace("<", "&lt;") for cell in cells)
        + " |"
    )
