"""The command has all that the released one has, and all that the SDK has."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

import fal.api
from fal.cli import _docstrings, _parameters, _parser, _tree

RELEASED = json.loads((Path(__file__).parent / "released_commands.json").read_text())
NOT_COMMANDS = {
    "close": "a command line closes its client by itself",
    "profiles.current": "profile list marks it",
    "cached": "who writes an app puts it on a function",
    "function": "who writes an app puts it on a function",
    "on": "a command line has no code to call",
    "apps.details": "apps list shows the apps, as the released command does",
    "keys.details": "keys list shows the keys, as the released command does",
    "with_options": "--timeout and --team are options of every command",
    "to_rows": "reports print rows by themselves",
}


def parser_of(words: list[str]) -> _parser.Parser:
    group = _tree.group(words[0])
    command = _tree.find(group.commands if group else _tree.top_level(), words[-1])
    assert command is not None, f"there is no command {' '.join(words)}"
    return _parser.command_parser(command, "fal")


def spoken(names: list[list[str]]) -> list[list[str]]:
    """Return every way to call a command: each of its aliases."""
    if len(names) == 1:
        return [[name] for name in names[0]]
    return [[first, second] for first in names[0] for second in names[1]]


@pytest.mark.parametrize("released", RELEASED, ids=lambda each: " ".join("|".join(part) for part in each["names"]))
def test_a_released_command_has_its_names_arguments_and_flags(released: dict[str, Any]) -> None:
    for words in spoken(released["names"]):
        parser = parser_of(words)
        known = {flag for action in parser._actions for flag in action.option_strings}
        missing = [flag for flags in released["flags"] for flag in flags if flag not in known]
        assert not missing, f"fal {' '.join(words)} lacks {missing}"
        positional = [action for action in parser._actions if not action.option_strings]
        # What has to be given there may be left out here, never the other way round.
        needed = [action.nargs not in ("?", "*") for action in positional]
        assert len(needed) == len(released["arguments"])
        assert not any(here and name.endswith("?") for here, name in zip(needed, released["arguments"], strict=True))


@pytest.mark.parametrize("released", RELEASED, ids=lambda each: " ".join("|".join(part) for part in each["names"]))
def test_a_released_flag_takes_what_it_took(released: dict[str, Any]) -> None:
    parser = parser_of(spoken(released["names"])[0])
    known = {flag: action for action in parser._actions for flag in action.option_strings}
    for flags in released["flags"]:
        action = known[flags[0]]
        assert all(known[flag] is action for flag in flags), f"{flags} are two options"
        wanted = released["takes"][flags[0]]
        if wanted == "nothing":
            assert action.nargs == 0, flags
            continue
        many, *choices = wanted
        assert action.nargs != 0, flags
        # What took several values still does, and each of several flags adds to the ones before.
        several = action.nargs == "+" or type(action).__name__ == "_AppendAction"
        assert several == (many == "several"), flags
        if choices:
            assert set(choices) <= set(action.choices or choices), f"{flags} does not take {choices}"


def test_every_method_of_the_sdk_has_a_command_or_a_reason() -> None:
    offered = {call for _, command in _tree.everything() for call in command.calls}
    missing = sdk_methods() - offered - NOT_COMMANDS.keys()
    assert not missing, f"no command calls {sorted(missing)}: add one, or a reason to NOT_COMMANDS"
    assert offered <= sdk_methods(), "a command names a method that the SDK does not have"
    assert not NOT_COMMANDS.keys() & offered, "a reason is given for what has a command"


def sdk_methods() -> set[str]:
    methods = {name for name in dir(fal.api.SyncServerlessClient) if is_method(fal.api.SyncServerlessClient, name)}
    for exported in fal.api.__all__:
        if exported.endswith("Namespace") and not exported.startswith("Async"):
            owner = getattr(fal.api, exported)
            space = exported.removesuffix("Namespace").lower()
            methods |= {f"{space}.{name}" for name in dir(owner) if is_method(owner, name)}
    methods |= {
        name
        for name in fal.api.__all__
        if name.islower() and name not in fal.__all__ and callable(getattr(fal.api, name))
    }
    return methods | {f"profiles.{name}" for name in dir(fal.api.Profiles) if is_method(fal.api.Profiles, name)}


def is_method(owner: type, name: str) -> bool:
    return not name.startswith("_") and inspect.isfunction(getattr(owner, name, None))


@pytest.mark.parametrize(
    ("group", "command"),
    [
        pytest.param(group, command, id=f"{group.name if group else ''} {command.name}")
        for group, command in _tree.everything()
    ],
)
def test_every_parameter_is_explained_and_speaks_no_python(group: Any, command: Any) -> None:
    assert _docstrings.description(_parameters.documented(command))
    for parameter in _parameters.of(command):
        assert parameter.help, f"{command.name}: {parameter.name} has no description"
        assert "None" not in parameter.help
        assert "client." not in parameter.help
