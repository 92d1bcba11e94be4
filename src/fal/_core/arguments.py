"""Checks of arguments before anything is sent: each error names the argument, the fault and the fix.

The client, its namespaces, deploys and waiting all use these, so that one fault has one wording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from fal._core import names
from fal._gen.models import RunnerState
from fal._sentences import closest, shown
from fal.exceptions import InvalidInput, InvalidType

E = TypeVar("E", bound=Enum)

LONGEST = 1e9  # seconds, 31 years: what the system takes for a time ends not far above

_EVERY_STATE = "ALL"


def identifier(argument: str, value: object, example: str) -> str:
    """Return an id or a name; `example` says where a good one comes from."""
    if not isinstance(value, str):
        raise InvalidType(f"{argument} must be a str, not {_kind(value)}; pass {example}")
    if not value.strip():
        raise InvalidInput(f"{argument} is empty; pass {example}")
    if any(character.isspace() or not character.isprintable() for character in value):
        raise InvalidInput(f"{argument}={shown(value)} contains whitespace or control characters; pass {example}")
    return _plain(value)


def app(argument: str, value: object, environment_name: str | None) -> str:
    """Return the full alias of an app: its name, with the environment behind it outside of the main one."""
    return names.compose_alias(
        identifier(argument, value, 'the name of an app, e.g. "my-app", as client.apps.list() shows it'),
        environment_name,
    )


def environment(value: object, argument: str = "environment_name") -> str:
    """Return the name of an environment."""
    name = identifier(argument, value, 'the name of an environment, e.g. "staging"')
    if names.SEPARATOR in name:
        raise InvalidInput(
            f"{argument}={shown(name)} holds {names.SEPARATOR!r}, which separates app names from environments; leave it out"
        )
    return name


def optional_environment(value: object) -> str | None:
    """Return the name of an environment, or None for the main one."""
    return None if value is None else environment(value)


def environment_of(app_name: object, environment_name: object) -> str | None:
    """Return the name of the environment of an app, or None for the main one; without an app it would narrow nothing."""
    environment = optional_environment(environment_name)
    if app_name is None and environment is not None:
        raise InvalidInput("environment_name needs app_name; pass app_name as well")
    return environment


def text(argument: str, value: object) -> str:
    """Return free text, which may be empty. The error does not show the value: it may be a secret."""
    if not isinstance(value, str):
        raise InvalidType(f"{argument} must be a str, not {_kind(value)}")
    plain = _plain(value)
    try:
        plain.encode()
    except UnicodeEncodeError:
        raise InvalidInput(
            f"{argument} contains a lone surrogate, which is not a character; decode the text properly"
        ) from None
    return plain


def optional_text(argument: str, value: object) -> str | None:
    """Return free text, or None."""
    return None if value is None else text(argument, value)


def url(argument: str, value: object) -> str:
    """Return the address of something on the web. No error shows it, as it may grant access."""
    address = text(argument, value)
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or any(character.isspace() or not character.isprintable() for character in address):
        raise InvalidInput(f"{argument} is not an address; pass a URL that begins with https:// or http://")
    return address


def flag(argument: str, value: object) -> bool:
    """Return True or False; nothing else is accepted."""
    if not isinstance(value, bool):
        raise InvalidType(f"{argument} must be True or False, not {_kind(value)}")
    return value


def optional_flag(argument: str, value: object) -> bool | None:
    """Return True, False or None."""
    return None if value is None else flag(argument, value)


def seconds(argument: str, value: object) -> float:
    """Return how long something may take."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidType(f"{argument} must be a number of seconds, not {_kind(value)}; pass for instance 30")
    if not 0 < value <= LONGEST:
        raise InvalidInput(
            f"{argument}={shown(value)} is not a positive number of seconds up to {LONGEST:.0f}; pass for instance 30"
        )
    return float(value)


def optional_seconds(argument: str, value: object) -> float | None:
    """Return how long something may take; None sets no limit."""
    return None if value is None else seconds(argument, value)


def scaling(**given: object) -> dict[str, Any]:
    """Return the scale settings that are given, by their names on the wire; None keeps the current value."""
    from fal.app.settings import SCALE

    values: dict[str, Any] = {}
    for name, value in given.items():
        if value is not None:
            values[SCALE[name].wire] = checked = _checked(name, value, SCALE[name].check)
            if checked == []:
                raise InvalidInput(f"{name} is an empty list; there is no way to clear it, so name at least one")
    return values


def count(argument: str, value: object) -> int | None:
    """Return a whole number of at least 0, or None."""
    from fal.app.checks import integer

    return None if value is None else int(_checked(argument, value, integer(0)))


def items(argument: str, value: object, *, empty: str) -> list[str] | None:
    """Return a list of names, or None; `empty` says why an empty list is refused."""
    from fal.app.checks import words

    if value is None:
        return None
    checked: list[str] = _checked(argument, value, words)
    if not checked:
        raise InvalidInput(f"{argument} is an empty list; {empty}")
    return checked


def member(argument: str, value: object, enum: type[E]) -> E:
    """Return a member of `enum`, given as a member or as its value in any case."""
    if isinstance(value, enum):
        return value
    if not isinstance(value, str):
        raise InvalidType(f"{argument} must be one of {_choices(enum)}, not {_kind(value)}")
    wanted = value.strip().casefold()
    for candidate in enum:
        if wanted in (str(candidate.value).casefold(), candidate.name.casefold()):
            return candidate
    raise InvalidInput(_unknown(argument, value, [str(each.value) for each in enum]))


def one_of(argument: str, value: object, known: Iterable[str]) -> str:
    """Return one of the known strings, given in any case, or as a member of an enum."""
    choices = list(known)
    given = getattr(value, "value", value)
    if not isinstance(given, str):
        raise InvalidType(f"{argument} must be one of {', '.join(map(repr, choices))}, not {_kind(value)}")
    plain = _plain(given)
    match = next((choice for choice in choices if choice.casefold() == plain.strip().casefold()), None)
    if match is None:
        raise InvalidInput(_unknown(argument, plain, choices))
    return match


def states(argument: str, value: object) -> frozenset[RunnerState] | None:
    """Return the wanted states, or None for all: None, an empty list and "all" mean every state."""
    if value is None:
        return None
    if isinstance(value, str):
        raise InvalidType(f"{argument} must be a list of states, not a str; write {argument}=[{str(value)!r}]")
    if isinstance(value, (bytes, Mapping)) or not isinstance(value, Iterable):
        raise InvalidType(f'{argument} must be a list of states, not {_kind(value)}; write {argument}=["running"]')
    wanted: set[RunnerState] = set()
    every = False
    for index, item in enumerate(value):
        if isinstance(item, str) and str(item).strip().upper() == _EVERY_STATE:
            every = True
        else:
            wanted.add(_state(f"{argument}[{index}]", item))
    if every or not wanted:
        return None
    if RunnerState.TERMINATED in wanted:
        # Both mean that the runner has ended; which of the two is sent depends on the age of the server.
        wanted.add(RunnerState.DEAD)
    return frozenset(wanted)


def moment(argument: str, value: object) -> datetime | None:
    """Return a time in UTC, or None. A naive time is local time, as from `datetime.now()`."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise InvalidType(
            f"{argument} must be a datetime, not {_kind(value)}; "
            f"write for instance {argument}=datetime.now() - timedelta(hours=1)"
        )
    aware = value.tzinfo is not None and value.utcoffset() is not None
    try:
        return (value if aware else value.replace(tzinfo=None)).astimezone(UTC)
    except (OverflowError, OSError, ValueError):
        raise InvalidInput(
            f"{argument}={value} is out of range when it is converted to UTC; pass a time well within the years 1 to 9999"
        ) from None


def _state(argument: str, value: object) -> RunnerState:
    if isinstance(value, RunnerState):
        return value
    if not isinstance(value, str):
        raise InvalidType(f'{argument} must be a state such as "running", not {_kind(value)}')
    match = next((state for state in RunnerState if state == value.strip()), None)
    if match is not None:
        return match
    known = [_EVERY_STATE.lower(), *(state.value.lower() for state in RunnerState)]
    raise InvalidInput(_unknown(argument, value, known))


def _unknown(argument: str, value: str, known: list[str]) -> str:
    spelled = {each.casefold(): each for each in known}
    near = closest(value.strip().casefold(), spelled)
    hint = f"; did you mean {spelled[near]!r}?" if near else ""
    return f"{argument}={shown(value)} is not known{hint}; use one of {', '.join(map(repr, known))}"


def _choices(enum: type[Enum]) -> str:
    return ", ".join(repr(str(each.value)) for each in enum)


def _kind(value: object) -> str:
    return type(value).__name__


def _plain(value: str) -> str:
    # The text itself, also of a member of a str enum and of a masked str, which `str()` would show otherwise.
    return str.__str__(value)


def _checked(name: str, value: object, check: Callable[[str, Any], Any]) -> Any:
    """Check a value with the check of a setting, and raise the errors of arguments."""
    from fal.app.checks import InvalidValue

    try:
        return check(name, value)
    except InvalidValue as error:
        raise (InvalidType if error.of_type else InvalidInput)(str(error)) from None
