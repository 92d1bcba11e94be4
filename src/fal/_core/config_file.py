"""The configuration file: where it is, and how it is changed. What is in it beside the change stays, comments included."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fal._core.auth import write_private
from fal._core.locks import file_lock
from fal.exceptions import ConfigurationError, MissingExtra

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Table

INTERNAL = "__internal__"


def config_path(env: Mapping[str, str] | None = None) -> Path:
    """Return where the configuration file is; what begins with ~ stays so where there is no home directory."""
    path = Path((os.environ if env is None else env).get("FAL_CONFIG_PATH") or "~/.fal/config.toml")
    try:
        return path.expanduser()
    except RuntimeError:
        return path


@contextmanager
def changed(path: Path) -> Iterator[TOMLDocument]:
    """Yield the file as a document to change, then write it atomically, readable for its owner only.

    Raises:
        ConfigurationError: The file cannot be read or written, or is not valid TOML.
        MissingExtra: tomlkit is not installed.
    """
    try:
        import tomlkit
        from tomlkit.exceptions import TOMLKitError
    except ImportError:
        from fal._installation import install_command

        raise MissingExtra(
            "changing the configuration file needs the package tomlkit, which is not installed",
            hint=f"Install it with: {install_command('cli')}",
        ) from None
    if path.parts[:1] and path.parts[0].startswith("~"):
        raise ConfigurationError(
            f"the configuration file {path} cannot be changed: there is no home directory",
            hint="Set HOME, or FAL_CONFIG_PATH.",
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(path.with_name(".config-lock")):
            try:
                text = path.read_text(encoding="utf-8-sig")
            except FileNotFoundError:
                text = ""
            document = tomlkit.parse(text)
            yield document
            write_private(path, tomlkit.dumps(document))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the configuration file {path} cannot be changed: {error}") from None
    except TOMLKitError as error:
        raise ConfigurationError(
            f"the configuration file {path} is not valid TOML: {error}", hint="Correct it, or set FAL_CONFIG_PATH."
        ) from None


def table(document: TOMLDocument, name: str) -> Table:
    """Return a table of the file, made when it is not there.

    Raises:
        ConfigurationError: Something else has its name.
    """
    import tomlkit
    from tomlkit.items import Table

    section = document.get(name)
    if section is None:
        section = tomlkit.table()
        document[name] = section
    if not isinstance(section, Table):
        raise ConfigurationError(f"{name!r} is not a table of the configuration file", hint="Write it as [name].")
    return section


def set_team(nickname: str | None) -> None:
    """Store the team that clients act for; None removes it."""
    with changed(config_path()) as document:
        if nickname is not None:
            table(document, INTERNAL)["team"] = nickname
        elif INTERNAL in document:
            table(document, INTERNAL).pop("team", None)
