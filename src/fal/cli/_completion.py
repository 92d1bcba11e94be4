"""Completion of command lines in a shell: argcomplete asks this command at each press of the key."""

from __future__ import annotations

import argparse
import os
import shlex
from typing import TYPE_CHECKING, Any

from fal._installation import install_command
from fal.cli import _parser, _tree
from fal.exceptions import MissingExtra

if TYPE_CHECKING:
    from fal.cli._command import Command


def script(shell: str) -> str:
    """Return the script that a shell reads to complete `fal`.

    Raises:
        MissingExtra: argcomplete is not installed.
    """
    return str(_argcomplete().shellcode(["fal"], shell=shell))


def complete() -> None:
    """Output the shell that asks, and end the process."""
    words = shlex.split(os.environ.get("COMP_LINE", ""), posix=False)[1:]
    _argcomplete().autocomplete(_parser_for(words), always_complete_options=False)


def _argcomplete() -> Any:
    try:
        import argcomplete
    except ImportError:
        raise MissingExtra(
            "completing in a shell needs the package argcomplete, which is not installed",
            hint=f"Install it with: {install_command('cli')}",
        ) from None
    return argcomplete


def _parser_for(words: list[str]) -> argparse.ArgumentParser:
    """Return a parser that knows the names of all commands, and the options of the one that is being typed."""
    root = argparse.ArgumentParser(prog="fal")
    root.add_argument("--version", action="store_true")
    names = root.add_subparsers()
    first, second = (*words, "", "")[:2]
    for group in _tree.GROUPS:
        for name in group.names:
            below = names.add_parser(name, help=group.summary)
            if name == first:
                inner = below.add_subparsers()
                for command in group.commands:
                    _add(inner, command, second)
    for command in _tree.top_level():
        _add(names, command, first)
    return root


def _add(names: Any, command: Command, typed: str) -> None:
    for name in command.names:
        if name == typed:
            names.add_parser(name, parents=[_parser.command_parser(command, name)], add_help=False)
        else:
            names.add_parser(name)
