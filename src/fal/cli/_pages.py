"""The pages of the documentation: one for each command, and a list of them. `just pages` writes them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fal.cli import _docstrings, _errors, _parameters, _parser, _tree

if TYPE_CHECKING:
    from fal.cli._command import Command, Group
    from fal.cli._parameters import Parameter

_HEAD = "<!-- Written by `just pages` from the command itself; do not edit. -->\n"
_COMMON = """Every command takes `--json` (`--output json`), `--verbose` (`-v`) and `--help` (`-h`). Those that talk to the
platform take `--team`, `--profile` and `--timeout`, too."""
_CODES = (
    (0, "it worked"),
    (_errors.FAILURE, "it failed"),
    (
        _errors.USAGE,
        "the command line, an argument or the configuration is wrong, or you declined; nothing was sent",
    ),
    (_errors.NOT_FOUND, "there is no such app, runner, key, secret, environment, file or request"),
    (_errors.NOT_ALLOWED, "there are no credentials, or they do not allow this"),
    (_errors.NOT_REACHED, "the platform was not reached, or did not answer in time"),
    (_errors.INTERRUPTED, "Ctrl-C"),
    (_errors.OUTPUT_CLOSED, "the program that read the output has ended, as in `fal apps list | head -1`"),
)
_INTRODUCTION = """# The command `fal`

    pip install 'fal-management-sdk[cli]'

Before the first release: `pip install '/path/to/clone[cli]'` ([Install](../start.md#install)).

{common}

**Output.** The answer goes to standard output, all else to standard error. On a terminal, answers are tables that fit its
width, in colour unless `NO_COLOR` is set; elsewhere they are plain columns. With `--json`, standard output holds one JSON
document and nothing else, or for what comes bit by bit one document on each line; an error is `{{"error": {{...}}}}`.

**What cannot be undone** is asked for on a terminal, and needs `--yes`, or the variable `FAL_YES=1`, elsewhere.

**Variables.** Those of the SDK count: `FAL_KEY`, `FAL_PROFILE`, `FAL_HOST` and so on; `FAL_ENV` is the default of `--env`,
`FAL_URL_OUTPUT` (`all`, `playground`, `none`) says which addresses a deploy prints, and `FAL_DEPLOY_CHECK=1` has deploys ask first.

## Exit codes

| code | meaning |
| --- | --- |
{codes}

## Commands

| command | what it does |
| --- | --- |
{commands}
"""


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    pages = {f"{_slug(group, command)}.md": _page(group, command) for group, command in _tree.everything()}
    rows = [
        f"| [`fal {_name(group, command)}`]({_slug(group, command)}.md) | {_summary(command)} |"
        for group, command in _tree.everything()
    ]
    codes = [f"| {code} | {meaning} |" for code, meaning in _CODES]
    words = {"common": _COMMON, "codes": "\n".join(codes), "commands": "\n".join(rows)}
    return {**pages, "README.md": _HEAD + "\n" + _INTRODUCTION.format(**words)}


def write(folder: Path) -> None:
    """Write the pages, and remove those of commands that are gone."""
    wanted = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _name(group: Group | None, command: Command) -> str:
    return f"{group.name} {command.name}" if group else command.name


def _slug(group: Group | None, command: Command) -> str:
    return _name(group, command).replace(" ", "-")


def _summary(command: Command) -> str:
    return _docstrings.summary(_parameters.documented(command))


def _page(group: Group | None, command: Command) -> str:
    parts = [f"# fal {_name(group, command)}", _docstrings.description(_parameters.documented(command))]
    parameters = _parameters.of(command)
    parts.append("    " + " ".join(["fal", _name(group, command), *map(_usage, parameters)]))
    parts += [_rows("Arguments", [each for each in parameters if not each.flags])]
    options = [each for each in parameters if each.flags]
    parts += [_rows("Options", options)]
    if command.destructive:
        alone = ", and runs without asking elsewhere" if command.unattended else ""
        parts.append(f"It asks for confirmation on a terminal{alone}; `--yes` skips the question.")
    others = [
        *(f"`{name}`" for name in command.names[1:]),
        *(f"`{name}`" for name in (group.names[1:] if group else ())),
    ]
    if others:
        parts.append(f"Other names: {', '.join(others)}.")
    if command.calls:
        calls = ", ".join(f"`{_spoken(call)}`" for call in command.calls)
        parts.append(f"In Python: {calls}.")
    if command.examples:
        parts.append("Examples:\n\n" + "\n".join(f"    {line}" for line in command.examples))
    return _HEAD + "\n" + "\n\n".join(part for part in parts if part) + "\n"


def _spoken(call: str) -> str:
    if call.startswith("profiles."):
        return f"fal.api.Profiles().{call.removeprefix('profiles.')}()"
    return f"fal.api.{call}()" if call == "create_project" else f"client.{call}()"


def _usage(parameter: Parameter) -> str:
    place = _parser.place_of(parameter)
    many = " ..." if parameter.kind == "texts" else ""
    if parameter.flags:
        value = "" if parameter.kind == "flag" else f" {place}{many}"
        again = " ..." if parameter.kind == "pairs" else ""
        return f"[{parameter.flags[0]}{value}]{again}"
    return f"{place}{many}" if parameter.required else f"[{place}{many}]"


def _rows(title: str, parameters: list[Parameter]) -> str:
    if not parameters:
        return ""
    rows = []
    for each in parameters:
        shown = ", ".join(f"`{flag}`" for flag in each.flags) or f"`{_parser.place_of(each)}`"
        help = each.help.replace("|", "\\|")
        if each.choices and not all(choice in help for choice in each.choices):
            help += f" One of: {', '.join(each.choices)}."
        rows.append(f"| {shown} | {help} |")
    return f"## {title}\n\n| | |\n| --- | --- |\n" + "\n".join(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
