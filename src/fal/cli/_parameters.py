"""The parameters of a command, read from the signatures and docstrings of the SDK's methods and of the command itself."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fal.cli import _docstrings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence, Set

    from fal.cli._command import Command

_HIDDEN = frozenset({"self", "session"})
_WORDS = {"environment_name": "env", "overwrite": "force"}  # what the SDK calls otherwise
_PLACES = {  # what stands for a value in the help
    "environment_name": "NAME",
    "since": "TIME",
    "until": "TIME",
    "timeout": "SECONDS",
}
_KINDS = {
    "str": "text",
    "int": "integer",
    "float": "number",
    "bool": "flag",
    "datetime": "time",
    "list[str]": "texts",
    "Sequence[ServerlessAppEventCategory": "texts",  # or names of them
    "Mapping[str, str]": "pairs",
    "os.PathLike[str]": "text",
    "AppRef": "text",
}
_ENUMS = {"AuthMode": "AuthMode", "Strategy": "DeploymentStrategy", "DeploymentStrategy": "DeploymentStrategy"}
_ENUMS |= {"KeyPreset": "KeyPreset", "KeyScope": "KeyScope"}


@dataclass(frozen=True)
class Parameter:
    """One parameter. Without flags it is positional; `kind` is what its text means."""

    name: str
    kind: str
    help: str
    default: Any = None
    required: bool = False
    flags: tuple[str, ...] = ()
    choices: tuple[str, ...] | None = None
    metavar: str | None = None


class UnreadableSignature(TypeError):
    """A signature has a type that no command line can give."""


def of(command: Command) -> list[Parameter]:
    """Return the parameters of a command: its own ones after those of the method that it calls."""
    own = _read(command.function, own=True)
    method = _read(sdk_method(command.calls[0]), command.without | own.keys()) if command.calls else {}
    return [_adapted(command, parameter) for parameter in (*method.values(), *own.values())]


def sdk_method(path: str) -> Callable[..., Any]:
    """Return the method of the client, or of one of its namespaces, that `path` names."""
    import fal.api

    namespace, _, method = path.rpartition(".")
    if path in fal.api.__all__:
        return getattr(fal.api, path)  # type: ignore[no-any-return] # no client is needed for it
    owner = f"{namespace.capitalize()}Namespace" if namespace else "SyncServerlessClient"
    if namespace == "profiles":
        owner = "Profiles"  # no namespace of a client: none is needed to change the configuration file
    function: Callable[..., Any] = getattr(getattr(fal.api, owner), method)
    return function


def documented(command: Command) -> str | None:
    """Return the docstring that tells what a command does: its own, else that of the method that it calls."""
    own = command.function.__doc__
    return own if _docstrings.description(own) or not command.calls else sdk_method(command.calls[0]).__doc__


def _adapted(command: Command, parameter: Parameter) -> Parameter:
    name = parameter.name
    choices = tuple(command.choices[name]) if name in command.choices else parameter.choices
    flags = tuple(command.flags[name]) if name in command.flags else parameter.flags
    metavar = command.metavars.get(name, parameter.metavar)
    return replace(parameter, choices=choices, flags=flags, metavar=metavar)


def _read(function: Callable[..., Any], without: Set[str] = frozenset(), *, own: bool = False) -> dict[str, Parameter]:
    words = _docstrings.parameters(function.__doc__)
    signature = inspect.signature(function)
    wanted = [parameter for name, parameter in signature.parameters.items() if name not in _HIDDEN | without]
    by_name = {}
    for position, parameter in enumerate(wanted):
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        required = parameter.default is parameter.empty
        keyword = parameter.kind is parameter.KEYWORD_ONLY
        # Of a method, the first one is the object of the command even where it has a default; the others are options then.
        positional = not keyword and (required or position == 0 or own)
        kind, choices = _kind(function, parameter.name, str(parameter.annotation))
        word = _WORDS.get(parameter.name, parameter.name).replace("_", "-")
        by_name[parameter.name] = Parameter(
            name=parameter.name,
            kind=kind,
            help=_spoken(words.get(parameter.name, "")),
            default=None if required else parameter.default,
            required=required,
            flags=() if positional else (f"--{word}",),
            choices=choices,
            metavar=_PLACES.get(parameter.name),
        )
    return by_name


def _spoken(words: str) -> str:
    """Return what a docstring says of an argument as a command line has it, where nothing is None and lists have no brackets."""
    words = re.sub(r"^Whether to (\w)", lambda match: match[1].upper(), words)
    words = re.sub(r"\bNone is\b", "the default is", words)
    words = (
        re.sub(r"\bNone (?=[a-z])", "leaving it out ", words)
        .replace(". leaving", ". Leaving")
        .replace(". the", ". The")
    )
    return re.sub(r'\["([^"]+)"\]', r"\1", words)


def _kind(function: Callable[..., Any], name: str, annotation: str) -> tuple[str, tuple[str, ...] | None]:
    literal = re.match(r"Literal\[([^\]]+)\]", annotation)
    if literal:
        return "text", tuple(word.strip(" \"'") for word in literal[1].split(","))
    parts = annotation.split(" | ")
    if "Sequence[str]" in parts:
        return "texts", None  # of one or several, a line takes several
    for part in parts:
        written = part.replace("List[", "list[")
        if written in _KINDS:
            return _KINDS[written], None
        if written == "Bucket":
            from typing import get_args

            from fal.api._spans import Bucket

            return "text", get_args(Bucket)
        if written in _ENUMS:
            return "text", _members(_ENUMS[written])
    raise UnreadableSignature(f"{function.__qualname__}: no command line can give {name}: {annotation}")


def _members(enum: str) -> tuple[str, ...]:
    import fal.sdk

    return tuple(member.value for member in getattr(fal.sdk, enum) if member.value)


def values(parameters: Sequence[Parameter], parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call: what was given, and the defaults of what was not."""
    return {parameter.name: _value(parameter, parsed[parameter.name]) for parameter in parameters}


def _value(parameter: Parameter, given: Any) -> Any:
    if parameter.kind == "pairs" and given:
        return dict(given)
    # argparse gives an empty list for words that were left out, of a command to run, too, which has no default.
    return parameter.default if parameter.kind == "texts" and not given and not parameter.required else given
