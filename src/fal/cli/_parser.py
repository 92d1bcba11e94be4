"""Parsing with argparse. A parser is made for one command at a time: all of them together would take longer than the call."""

from __future__ import annotations

import argparse
import os
import re
from typing import TYPE_CHECKING, Any, NoReturn

from fal._sentences import closest
from fal.cli import _docstrings, _parameters, _tree, _values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fal.cli._command import Command, Group
    from fal.cli._parameters import Parameter

_READERS: dict[str, Callable[[str], Any]] = {
    "integer": _values.integer,
    "number": _values.number,
    "time": _values.moment,
    "pairs": _values.pair,
}


_UNKNOWN = re.compile(r"unrecognized arguments: (\S+)")


class UsageError(Exception):
    """The command line is not one that can be run.

    Args:
        message: What is wrong with it.
        hint: What to do, in a sentence.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Parser(argparse.ArgumentParser):
    """An argparse parser that raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        known = [flag for action in self._actions for flag in action.option_strings]
        wrong = _UNKNOWN.match(message)
        near = closest(wrong[1], known) if wrong else None
        advice = f"Did you mean {near}?" if near else f"See `{self.prog} --help`."
        raise UsageError(f"there is no option {wrong[1]}" if wrong and wrong[1].startswith("-") else message, advice)


def _width() -> int:
    import shutil

    return max(40, min(shutil.get_terminal_size((80, 24)).columns, 120))


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=_width())

    def _format_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None) -> str:
        return super()._format_usage(usage, actions, groups, "Usage: " if prefix is None else prefix)


def command_parser(command: Command, prog: str) -> Parser:
    """Return the parser of one command, with what every command takes."""
    text = _docstrings.description(_parameters.documented(command))
    parser = Parser(prog=prog, description=_wrapped(text), formatter_class=_Help, add_help=False)
    parser.epilog = _examples(command)
    taken = parser.add_argument_group("Arguments")
    options = parser.add_argument_group("Options")
    exclusive = {name: options.add_mutually_exclusive_group() for names in command.exclusive for name in names[:1]}
    first = {name: names[0] for names in command.exclusive for name in names}
    parameters = _parameters.of(command)
    for parameter in parameters:
        place = taken if not parameter.flags else options
        _add(exclusive[first[parameter.name]] if parameter.name in first else place, command, parameter)
    if command.destructive:
        options.add_argument("--yes", "-y", action="store_true", help="Do not ask for confirmation.")
    _add_common(parser, command, timeout=all(parameter.name != "timeout" for parameter in parameters))
    return parser


def _add(place: argparse._ActionsContainer, command: Command, parameter: Parameter) -> None:
    names = parameter.flags or (parameter.name,)
    options: dict[str, Any] = {"help": parameter.help.replace("%", "%%") or None, "default": parameter.default}
    if parameter.flags:
        options["dest"] = parameter.name
    if parameter.kind == "flag":
        options["action"] = "store_true" if parameter.default is False else argparse.BooleanOptionalAction
        place.add_argument(*names, **options)
        return
    options["type"] = _typed(_READERS.get(parameter.kind, str))
    options["choices"] = parameter.choices
    options["metavar"] = place_of(parameter)
    if parameter.choices and _is_long(parameter):
        options["help"] = f"{options['help'] or ''} One of: {', '.join(parameter.choices)}.".strip()
    if parameter.name == command.remainder:
        options["nargs"] = argparse.PARSER  # the options of `fal` itself may also stand between the other arguments
    elif parameter.kind == "texts":
        options["nargs"] = "+" if parameter.required or parameter.flags else "*"
        if parameter.flags:
            options["action"] = "extend"
    elif parameter.kind == "pairs":
        options["action"] = "append"
    elif not parameter.flags and not parameter.required:
        options["nargs"] = "?"
    if parameter.name == "environment_name":
        options["default"] = os.environ.get("FAL_ENV") or None
    place.add_argument(*names, **options)


def _is_long(parameter: Parameter) -> bool:
    return parameter.kind == "texts" or len(",".join(parameter.choices or ())) > 30


def place_of(parameter: Parameter) -> str:
    """Return what stands for the value of a parameter."""
    if parameter.metavar:
        return parameter.metavar
    if parameter.kind == "pairs":
        return "KEY=VALUE"
    if parameter.choices and not _is_long(parameter):
        return "{" + ",".join(parameter.choices) + "}"
    if not parameter.flags:
        return parameter.name.upper()
    return {"integer": "N", "number": "N", "time": "TIME"}.get(parameter.kind, parameter.flags[0].strip("-").upper())


def _typed(reader: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return reader(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def _add_common(parser: Parser, command: Command, *, timeout: bool) -> None:
    output = parser.add_argument_group("Output")
    output.add_argument("--output", choices=("pretty", "json"), default="pretty", help="The output format.")
    output.add_argument("--json", action="store_const", const="json", dest="output", help="The same as --output json.")
    output.add_argument("--verbose", "-v", action="store_true", help="Show each attempt and its request id.")
    for flag in ("--debug", "--pdb", "--cprofile"):  # for those who work on the command itself
        output.add_argument(flag, action="store_true", help=argparse.SUPPRESS)
    output.add_argument("--help", "-h", action="store_true", help="Show this help.")
    if command.connected:
        if timeout:
            words = "How long a call may take, in seconds, all attempts included."
            output.add_argument("--timeout", type=_typed(_values.number), metavar="SECONDS", help=words)
        account = parser.add_argument_group("Account")
        account.add_argument("--team", metavar="NAME", help="The team to act for.")
        account.add_argument("--profile", metavar="NAME", help="The profile of the configuration file to use.")
        account.add_argument("--host", help=argparse.SUPPRESS)


def _wrapped(text: str) -> str:
    import textwrap

    return "\n\n".join(textwrap.fill(" ".join(part.split()), _width()) for part in text.split("\n\n"))


def _examples(command: Command) -> str | None:
    return "Examples:\n" + "\n".join(f"  {line}" for line in command.examples) if command.examples else None


def root_help() -> str:
    """Return the help of `fal` itself."""
    rows = [
        *((", ".join(each.names), each.summary) for each in _tree.GROUPS),
        *((", ".join(c.names), _docstrings.summary(_parameters.documented(c))) for c in _tree.top_level()),
    ]
    about = "Manage fal Serverless: deploy apps, scale them, read their logs."
    more = "`fal COMMAND --help` describes a command. `fal --version` prints the version."
    return f"Usage: fal COMMAND ...\n\n{about}\n\nCommands:\n{_table(rows)}\n\n{more}\n"


def group_help(group: Group) -> str:
    """Return the help of a group of commands."""
    rows = [(", ".join(c.names), _docstrings.summary(_parameters.documented(c))) for c in group.commands]
    return f"Usage: fal {group.name} COMMAND ...\n\n{group.summary}\n\nCommands:\n{_table(rows)}\n"


def _table(rows: Sequence[tuple[str, str]]) -> str:
    import textwrap

    first = max(len(name) for name, _ in rows)
    room = max(20, _width() - first - 4)
    lines = []
    for name, text in rows:
        head, *tail = textwrap.wrap(text, room) or [""]
        lines += [f"  {name:{first}}  {head}".rstrip(), *(" " * (first + 4) + line for line in tail)]
    return "\n".join(lines)


def unknown(name: str, known: Sequence[str], prog: str) -> UsageError:
    """Return the error about a command that there is not."""
    near = closest(name, known)
    advice = f"Did you mean `{prog} {near}`?" if near else f"See `{prog} --help`."
    return UsageError(f"there is no command `{prog} {name}`", advice)
