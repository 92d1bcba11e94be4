"""`fal secrets`: what apps see as environment variables."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from fal._core.secret import MaskedStr
from fal.cli._output import Done, Output, Table
from fal.cli._tree import secrets
from fal.exceptions import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal.cli._session import Session

_COLUMNS = {"Name": "name", "Env": "environment_name", "Created": "created_at", "Exposed by default": "default_exposed"}


@secrets.command("list", calls=["secrets.list"], flags={"environment_name": ["--env"]})
def list_secrets(session: Session, *, environment_name: str | None = None) -> Output:
    """
    Args:
        environment_name: Only secrets of this environment; without it, those of all.
    """
    secrets = session.client.secrets.list(environment_name)
    return Table("secrets", secrets, _COLUMNS, renamed={"environment_name": "environment"})


@secrets.command(
    "set",
    calls=["secrets.set"],
    without=["name", "value", "default_exposed"],
    metavars={"secrets": "NAME=VALUE", "from_file": "FILE"},
    examples=[
        "fal secrets set HF_TOKEN=hf_0123",
        "fal secrets set --from-file .env",
        "vault read token | fal secrets set TOKEN=-",
    ],
)
def set_secrets(
    session: Session,
    secrets: Sequence[str] = (),
    *,
    from_file: str | None = None,
    not_exposed_by_default: bool = False,
    environment_name: str | None = None,
) -> Output:
    """Set one or more secrets.

    A value on the command line is seen by others on this machine and kept by the shell's history; "NAME=-" reads it from
    standard input.

    Args:
        secrets: Names and values. The value "-" is read from standard input.
        from_file: A file with a line NAME=VALUE for each secret; empty lines and those that begin with #, `export` before a
            name and quotes around a value are left out.
        not_exposed_by_default: Keep the secrets from apps that list no secrets of their own.
        environment_name: The environment; without it, the main one.
    """
    wanted = [*(_from_file(from_file) if from_file else ()), *map(_pair, secrets)]
    if not wanted:
        raise InvalidInput("no secret was given; give NAME=VALUE, or --from-file FILE")
    for name, value in wanted:
        session.client.secrets.set(name, value.reveal(), environment_name, not not_exposed_by_default)
    names = [name for name, _ in wanted]
    return Done(f"Set {', '.join(names)}.", names=names, environment=environment_name or "main")


def _pair(text: str) -> tuple[str, MaskedStr]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        # The text itself may be a secret, and is not shown.
        raise InvalidInput("a secret is not of the form NAME=VALUE")
    return name, _typed(name) if value == "-" else MaskedStr(value)


def _typed(name: str) -> MaskedStr:
    typed = MaskedStr(sys.stdin.read().rstrip("\n"))
    if not typed.reveal():
        raise InvalidInput(f"{name}=-: nothing is left on standard input; send the value there, or give {name}=VALUE")
    return typed


def _from_file(path: str) -> list[tuple[str, MaskedStr]]:
    try:
        with open(path, encoding="utf-8-sig") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"--from-file {path}: the file cannot be read: {error}") from None
    pairs = []
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ").strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InvalidInput(f"--from-file {path}: line {number} is not of the form NAME=VALUE")
        pairs.append((name.strip(), MaskedStr(_unquoted(value.strip()))))
    return pairs


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


@secrets.command("unset", calls=["secrets.unset"], metavars={"name": "SECRET"}, destructive=True)
def unset(session: Session, **options: Any) -> Output:
    session.client.secrets.unset(**options)
    return Done(f"Deleted secret {options['name']}.", name=options["name"])
