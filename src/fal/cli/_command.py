"""Commands and their groups: what each is called, which SDK method it offers, and what it adds to that."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    Function = Callable[..., Any]


class Command:
    """One command.

    Args:
        names: Its name, then its aliases.
        function: What it does. It gets the session first.
        calls: The methods of the client that it calls, e.g. "apps.list". The parameters and the help of the first one are
            the command's, too.
        without: Parameters of that method that the command does not offer.
        flags: The flags of a parameter, where its name does not say them.
        choices: The values that a parameter takes, where its type does not say them.
        metavars: What stands for the value of a parameter in the help.
        exclusive: Parameters of which one at most may be given.
        examples: Lines of a shell for the help.
        destructive: Whether it loses something that cannot be restored; it then asks on a terminal.
        unattended: Whether a destructive command runs without `--yes` where nobody can be asked.
        connected: Whether it talks to the platform, and so takes `--team` and the like.
        remainder: The last positional parameter, when it takes the rest of the command line as it is.
    """

    def __init__(
        self,
        names: Sequence[str],
        function: Function,
        *,
        calls: Sequence[str] = (),
        without: Sequence[str] = (),
        flags: Mapping[str, Sequence[str]] | None = None,
        choices: Mapping[str, Sequence[str]] | None = None,
        metavars: Mapping[str, str] | None = None,
        exclusive: Sequence[Sequence[str]] = (),
        examples: Sequence[str] = (),
        destructive: bool = False,
        unattended: bool = False,
        connected: bool = True,
        remainder: str | None = None,
    ) -> None:
        self.names = tuple(names)
        self.function = function
        self.calls = tuple(calls)
        self.without = frozenset(without)
        self.flags = dict(flags or {})
        self.choices = dict(choices or {})
        self.metavars = dict(metavars or {})
        self.exclusive = tuple(tuple(each) for each in exclusive)
        self.examples = tuple(examples)
        self.destructive = destructive
        self.unattended = unattended
        self.connected = connected
        self.remainder = remainder

    @property
    def name(self) -> str:
        return self.names[0]


class Group:
    """Commands under one name. Their module is loaded when one of them is asked for.

    Args:
        names: Its name, then its aliases; none for commands of the top level.
        module: The module of its commands, below `fal.cli.commands`.
        more: Further modules with commands of the group.
        summary: Its line in the help.
    """

    def __init__(self, *names: str, module: str, summary: str, more: Sequence[str] = ()) -> None:
        self.names = names
        self.more = tuple(more)
        self.module = module
        self.summary = summary
        self._commands: list[Command] = []

    @property
    def name(self) -> str:
        return self.names[0]

    def command(self, *names: str, **options: Any) -> Callable[[Function], Function]:
        """Make a command of a function; see `Command` for the options."""

        def register(function: Function) -> Function:
            self._commands.append(Command(names, function, **options))
            return function

        return register

    @property
    def commands(self) -> list[Command]:
        for module in (self.module, *self.more):
            import_module(f"fal.cli.commands.{module}")
        return self._commands
