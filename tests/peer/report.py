"""What the peer was driven through, as a Markdown page."""

from __future__ import annotations

from collections import Counter
from typing import Any

_PAGE = """# Evidence: the PyPI package `fal` drives the local control plane

Made by `just peer`, which runs `tests/peer` and writes this page when all of it passes. Version 1.83.0 of the package, from a
virtual environment of its own, talks to `fal_emulator` over the real wire. What it says is compared with what our client then
sees; what it deploys is called. Nothing it does can leave the machine.

{summary}

| command | runs | of these as JSON |
| --- | --- | --- |
{commands}

| in Python | calls |
| --- | --- |
{calls}

## Not possible

| what | why |
| --- | --- |
{limits}
"""


class Incomplete(Exception):
    """Something of the peer was neither driven nor is it listed as not possible."""


def page(notes: list[dict[str, Any]]) -> str:
    """Return the page.

    Args:
        notes: What the tests took down.

    Raises:
        Incomplete: They left something out.
    """
    runs: Counter[str] = Counter()
    as_json: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    limits: dict[str, str] = {}
    there_are: dict[str, list[str]] = {"commands": [], "methods": []}
    for note in notes:
        match note["what"]:
            case "command":
                runs[note["name"]] += 1
                as_json[note["name"]] += bool(note["json"])
            case "python":
                calls[note["name"]] += 1
            case "limit":
                limits[note["name"]] = note["why"]
            case "there are":
                there_are = note
    commands, methods = there_are["commands"], there_are["methods"]
    left_out = sorted((set(commands) - set(runs) - set(limits)) | (set(methods) - set(calls)))
    if left_out or not commands or not methods:
        raise Incomplete(f"neither driven nor listed as not possible: {', '.join(left_out) or 'everything'}")
    driven, impossible = set(commands) & set(runs), set(commands) & set(limits)
    summary = (
        f"Of the {len(commands)} commands of its CLI, {len(driven)} were driven, in {runs.total()} processes; "
        f"all {len(methods)} methods of its client were called.\n"
        f"The other {len(impossible)} commands are not possible; each was tried, and failed as it had to."
    )
    return _PAGE.format(
        summary=summary,
        commands="\n".join(f"| `fal {name}` | {runs[name]} | {as_json[name] or ''} |" for name in sorted(runs)),
        calls="\n".join(f"| `{name}` | {calls[name]} |" for name in sorted(calls)),
        limits="\n".join(f"| {_shown(name, commands)} | {why} |" for name, why in sorted(limits.items())),
    )


def _shown(name: str, commands: list[str]) -> str:
    if name in commands:
        return f"`fal {name}`"
    return f"`{name}`" if name.startswith(("fal.", "client.")) else name
