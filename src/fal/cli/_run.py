"""One command line, from its words to its exit code."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager, nullcontext
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fal.cli import _errors, _parameters, _parser, _tree
from fal.cli._screen import Screen
from fal.cli._session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fal.cli._command import Command

_HELP = ("-h", "--help")


def run(words: list[str]) -> int:
    """Run one command line and return its exit code."""
    if sys.stdout is None:
        # Found out before anything is sent, as what it answers would be lost.
        if sys.stderr is not None:
            print("error: standard output is closed. Redirect it to /dev/null to discard the answer.", file=sys.stderr)
        return _errors.FAILURE
    if "_ARGCOMPLETE" in os.environ:
        from fal.cli._completion import complete

        complete()
    screen = Screen(json=_asks_for_json(words))
    try:
        code = _dispatch(words, screen)
        screen.out.flush()
    except KeyboardInterrupt as error:
        screen.message(f"Interrupted{'. ' + str(error) if str(error) else '.'}")
        code = _errors.INTERRUPTED
    except Exception as error:
        if _has_no_reader(error):
            _drop_output()
            return _errors.OUTPUT_CLOSED
        if "--pdb" in words:
            import pdb

            pdb.post_mortem(error.__traceback__)
        if "--debug" in words:
            raise
        code = _errors.exit_code(error)
        try:
            if screen.json:
                _errors.show(error, screen)
            screen.out.flush()
        except OSError:
            _drop_output()
            screen.json = False
        if not screen.json:
            _errors.show(error, screen)
    return code


def lost(error: OSError) -> int:
    """Say that an answer cannot be written, and return the exit code."""
    _drop_output()
    if _has_no_reader(error):
        return _errors.OUTPUT_CLOSED
    if sys.stderr is not None:
        print(f"error: the answer cannot be written: {error.strerror}.", file=sys.stderr)
    return _errors.FAILURE


def _has_no_reader(error: Exception) -> bool:
    """Return whether what reads the output has ended, which Windows tells otherwise."""
    gone = sys.platform == "win32" and isinstance(error, OSError) and error.errno == errno.EINVAL
    return gone or isinstance(error, BrokenPipeError)


def _asks_for_json(words: list[str]) -> bool:
    """Return whether the answer is to be JSON; it is asked for before the words are understood, as errors need it."""
    return "--json" in words or "--output=json" in words or ("--output", "json") in pairwise(words)


def _drop_output() -> None:
    """Give standard output another end, so that the interpreter does not fail when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(words: list[str], screen: Screen) -> int:
    if not words or words[0] in _HELP:
        screen.out.write(_parser.root_help())
        return 0 if words else _errors.USAGE
    group = _tree.group(words[0])
    if group is None:
        command = _tree.find(_tree.top_level(), words[0])
        if command is None:
            known = [name for each in _tree.GROUPS for name in each.names]
            known += [name for each in _tree.top_level() for name in each.names]
            raise _parser.unknown(words[0], known, "fal")
        return _execute(command, f"fal {command.name}", words[1:], screen)
    if len(words) == 1 or words[1] in _HELP:
        screen.out.write(_parser.group_help(group))
        return 0 if len(words) > 1 else _errors.USAGE
    command = _tree.find(group.commands, words[1])
    if command is None:
        known = [name for each in group.commands for name in each.names]
        raise _parser.unknown(words[1], known, f"fal {group.name}")
    return _execute(command, f"fal {group.name} {command.name}", words[2:], screen)


def _execute(command: Command, prog: str, words: list[str], screen: Screen) -> int:
    parser = _parser.command_parser(command, prog)
    if any(word in _HELP for word in _own(command, words)):
        screen.out.write(parser.format_help())
        return 0
    # Options may stand between arguments, which argparse does not know together with the words of another command.
    parsed = vars(parser.parse_intermixed_args(words) if command.remainder is None else parser.parse_args(words))
    screen.json = parsed["output"] == "json"
    screen.verbose = parsed["verbose"] or parsed["debug"]
    given = _parameters.values(_parameters.of(command), parsed)
    if command.destructive:
        _agree(command, prog, given, screen, yes=parsed["yes"])
    with Session(parsed, screen) as session, _profiled(screen) if parsed["cprofile"] else nullcontext():
        answer = command.function(session, **given)
        if isinstance(answer, int):
            return answer
        if answer is not None:
            answer.write(screen)
    return 0


@contextmanager
def _profiled(screen: Screen) -> Iterator[None]:
    """Say at the end of a block where its time went."""
    import cProfile
    import io
    import pstats

    text = io.StringIO()
    with cProfile.Profile() as profile:
        yield
    pstats.Stats(profile, stream=text).sort_stats("cumulative").print_stats(40)
    screen.message(text.getvalue())


def _own(command: Command, words: list[str]) -> list[str]:
    """Return the words that are the command's own: those before "--", or before the command that it is to run."""
    if "--" in words:
        return words[: words.index("--")]
    if command.remainder is None:
        return words
    return words[: sum(not parameter.flags for parameter in _parameters.of(command))]


def _agree(command: Command, prog: str, given: dict[str, Any], screen: Screen, *, yes: bool) -> None:
    """Return when a person agrees to what cannot be undone."""
    if command.unattended and not screen.can_ask():
        return
    what = " ".join([prog, *(str(value) for value in given.values() if isinstance(value, str))])
    screen.confirm(f"`{what}` cannot be undone. Continue?", yes=yes)
